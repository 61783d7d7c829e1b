import { createHash } from 'node:crypto';
import { entryOf } from '../../core/proof/leaf.js';
import { hashOfEntry, inclusionProof, rootAt } from '../../core/transparency/merkle-tree.js';
import { NoteSigner, NoteVerifier } from '../../platform/sealing/signed-note.js';
import type { CallRules, PublishedSample } from './calls.schema.js';
import { countOf, digestOf, drawn, listOf, weights } from './draw.js';
import { redraw } from './redraw.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const signer = (name: string) => new NoteSigner(name, sha256(name));
const log = signer('notices.example/log');
const keys = { log: new NoteVerifier(log.verifierKey), witnesses: [] };

const candidates = Array.from({ length: 40 }, (_, n) => ({
  entry: sha256(`number ${n}`).toString('hex'),
  weight: n % 4 === 0 ? 3 : 1,
}));
const list = listOf(candidates);

/** A sample of four of forty, whose commitment is entry 5 of a log of nine. */
async function published(signedBy = log): Promise<PublishedSample> {
  const body: CallRules = {
    month: '2026-03',
    share: 10,
    weights,
    candidates: 40,
    count: 4,
    list: digestOf(list),
  };
  const leaf = {
    id: '01996f3e-0000-7000-8000-000000000001',
    kind: 'calls-committed',
    subjectId: '2026-03',
    body,
  };
  const entries = Array.from({ length: 9 }, (_, n) => hashOfEntry(sha256(`leaf ${n}`)));
  entries[5] = hashOfEntry(entryOf({ ...leaf, body: { ...body } }, Buffer.alloc(16, 1)));
  const read = (_level: number, from: number, to: number) => Promise.resolve(entries.slice(from, to));
  const root = await rootAt(9, read);
  const { subjectId: subject, ...rest } = leaf;
  return {
    month: '2026-03',
    commitment: { ...rest, subject, salt: '01'.repeat(16) },
    drawn: {
      index: 5,
      proof: (await inclusionProof(5, 9, read)).map((hash) => hash.toString('base64')),
      checkpoint: signedBy.sign(`${log.name}\n9\n${root.toString('base64')}\n`),
      sample: await drawn(root, candidates, countOf(40, 10)),
    },
  };
}

const shorter = list.slice(list.indexOf('\n') + 1);
type Drawn = NonNullable<PublishedSample['drawn']>;

describe('a sample that is drawn again', () => {
  it('is the published one', async () => {
    const json = await published();
    expect(json.drawn?.sample).toHaveLength(4);
    expect(await redraw(json, list, keys)).toEqual(json.drawn?.sample);
  });

  it.each<[string, string, string, (json: PublishedSample, of: Drawn) => void]>([
    ['list-altered', 'a candidate was left out', shorter, () => undefined],
    ['list-altered', 'a number was given more tickets', list.replace(' 3\n', ' 9\n'), () => undefined],
    [
      'commitment-altered',
      'the leaf was altered with the list',
      shorter,
      ({ commitment }) => void (commitment.body.list = digestOf(shorter)),
    ],
    ['commitment-altered', 'the share was', list, ({ commitment }) => void (commitment.body.share = 20)],
    ['commitment-altered', 'the leaf stands elsewhere', list, (_json, of) => void (of.index = 4)],
    ['commitment-altered', 'the leaf came after the checkpoint', list, (_json, of) => void (of.index = 9)],
    [
      'checkpoint-altered',
      'another root was put in',
      list,
      (_json, of) => void (of.checkpoint = of.checkpoint.replace(/\n9\n.+\n/, `\n9\n${'A'.repeat(43)}=\n`)),
    ],
    ['sample-altered', 'two were exchanged', list, (_json, of) => void of.sample.reverse()],
    ['sample-altered', 'one was left out', list, (_json, of) => void of.sample.pop()],
    ['sample-altered', 'one was put in', list, (_json, of) => void of.sample.push('a'.repeat(64))],
    ['not-drawn', 'it waits', list, (json) => void (json.drawn = null)],
  ])('is refused with %s where %s', async (code, _where, text, alter) => {
    const json = await published();
    alter(json, json.drawn as Drawn);
    expect(await redraw(json, text, keys)).toMatchObject({ code });
  });

  it('is refused where another key has signed, under the log’s name', async () => {
    const impostor = new NoteSigner(log.name, sha256('another seed'));
    expect(await redraw(await published(impostor), list, keys)).toMatchObject({ code: 'checkpoint-altered' });
  });

  it('is refused where a trusted witness has not signed', async () => {
    const witness = new NoteVerifier(signer('witness.example').verifierKey);
    expect(await redraw(await published(), list, { ...keys, witnesses: [witness] })).toEqual({
      code: 'checkpoint-unwitnessed',
      params: { witness: 'witness.example' },
    });
  });
});
