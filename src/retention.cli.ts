import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { parseConfig } from './config/config.js';
import { runCommand } from './config/run-command.js';
import { providers } from './core/providers/providers.js';
import { type Erased, Retention } from './core/retention/retention.service.js';
import { createApp } from './create-app.js';
import { loadSecrets, startDatabase } from './start-database.js';

const usage = `npm run retention -- [--dry-run] [--rows N]

  Erases the personal data whose period is over, as the service does each night. It may be broken off at any moment, and goes on where
  it was when it is called again.

  --dry-run  only counts by class what would be erased, and what keeps the rest
  --rows     so many contracts, or messages, are erased in one transaction (200)
`;

const keptWords: Record<string, string> = {
  audit: 'held by the audit',
  proposal: 'with a change that waits for a second person',
  'to-send': 'with something still to be sent',
  'still-contact': 'of contacts who are still texted',
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      rows: { type: 'string', default: '200' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const rows = Number(values.rows);
  if (values.help || !Number.isInteger(rows) || rows < 1) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env, CHORONG_ROLE: 'api' }, providers);
  const database = await startDatabase(config, 'the retention command', { join: true });
  const app = await createApp({ config, databaseUrl: database.url, keys: loadSecrets(config).keys });
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (isStopped = true));
  try {
    for await (const so of app.get(Retention).eraseOver({ dryRun: values['dry-run'], rows })) {
      process.stdout.write(`${lineOf(so, values['dry-run'])}\n`);
      if (isStopped) {
        process.stdout.write('Broken off. To go on, call npm run retention again.\n');
        return 2;
      }
    }
    return 0;
  } finally {
    await app.close();
    await database.stop();
  }
}

function lineOf({ class: name, rows, kept }: Erased, dryRun: boolean): string {
  const others = Object.entries(kept).map(([why, count]) => `${count} ${keptWords[why] ?? why}`);
  const rest = others.length > 0 ? `; kept: ${others.join(', ')}` : '';
  return `${name}: ${rows} ${dryRun ? 'to be erased' : 'erased'}${rest}`;
}

runCommand(main, 'The erasing stopped.');
