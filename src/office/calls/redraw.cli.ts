import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../../config/run-command.js';
import { NoteVerifier } from '../../platform/sealing/signed-note.js';
import { publishedView } from './calls.schema.js';
import { findingWords } from './calls.words.js';
import { digestOf } from './draw.js';
import { redraw } from './redraw.js';

const usage = `npm run redraw -- SOURCE MONTH --key KEY [--witness KEY]…

  SOURCE     the address of the service, such as https://notices.example.org, or a folder that its two files were kept in:
             MONTH.json and MONTH.list
  MONTH      the month whose calls are drawn again, such as 2026-05
  --key      the verifier key of the log, as the agency publishes it: name+id+base64
  --witness  the verifier key of a witness that has to have signed the checkpoint
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      witness: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [source, month] = positionals;
  if (values.help || source === undefined || month === undefined || !values.key) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const keys = {
    log: new NoteVerifier(values.key),
    witnesses: values.witness.map((key) => new NoteVerifier(key)),
  };
  const [published, list] = await filesOf(source, month);
  const found = await redraw(publishedView.parse(JSON.parse(published)), list, keys);
  if ('code' in found) {
    const { en, ko } = findingWords(found);
    process.stdout.write(`${found.code}: ${en}\n${ko}\n`);
    return 1;
  }
  process.stdout.write(`${found.map((entry) => `${entry}\n`).join('')}`);
  process.stdout.write(`The sample is drawn again: ${found.length} numbers of list ${digestOf(list)}.\n`);
  return 0;
}

async function filesOf(source: string, month: string): Promise<[published: string, list: string]> {
  if (!/^https?:/.test(source)) {
    const read = (ending: string) => readFileSync(join(source, `${month}.${ending}`), 'utf8');
    return [read('json'), read('list')];
  }
  const address = `${source.replace(/\/$/, '')}/api/v1/calls/${month}`;
  return Promise.all([textAt(address), textAt(`${address}/list`)]);
}

async function textAt(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer.text();
}

runCommand(main, 'The sample could not be drawn again.');
