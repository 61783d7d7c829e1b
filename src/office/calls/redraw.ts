import { entryOf } from '../../core/proof/leaf.js';
import { hashOfEntry, rootOfProof } from '../../core/transparency/merkle-tree.js';
import { type NoteVerifier, partsOfNote } from '../../platform/sealing/signed-note.js';
import type { PublishedSample } from './calls.schema.js';
import type { RedrawFinding } from './calls.words.js';
import { candidatesOf, countOf, digestOf, drawn } from './draw.js';

/** The keys that whoever draws again trusts: the log's, and those of witnesses, all of which have to have signed. */
export interface TrustedKeys {
  log: NoteVerifier;
  witnesses: NoteVerifier[];
}

/**
 * Draws a sample again from what is published, and believes nothing of that but what the signed checkpoint holds. Returns the
 * sample, or the first thing that does not fit.
 */
export async function redraw(
  { commitment, drawn: published }: PublishedSample,
  list: string,
  keys: TrustedKeys,
): Promise<string[] | RedrawFinding> {
  if (!published) return finding('not-drawn');
  const { share, list: digest } = commitment.body;
  if (digestOf(list) !== digest) return finding('list-altered');
  const checkpoint = checkpointOf(published.checkpoint, keys);
  if ('code' in checkpoint) return checkpoint;
  const { size, root } = checkpoint;
  const entry = entryOf(
    { ...commitment, subjectId: commitment.subject },
    Buffer.from(commitment.salt, 'hex'),
  );
  const proof = published.proof.map((hash) => Buffer.from(hash, 'base64'));
  const held = rootOfProof({ hash: hashOfEntry(entry), index: published.index, size, proof });
  if (!held?.equals(root)) return finding('commitment-altered');
  const candidates = candidatesOf(list);
  const sample = await drawn(root, candidates, countOf(candidates.length, share));
  const length = Math.max(sample.length, published.sample.length);
  const place = Array.from({ length }, (_, n) => n).find((n) => sample[n] !== published.sample[n]);
  return place === undefined ? sample : finding('sample-altered', { place: place + 1 });
}

function checkpointOf(
  note: string,
  { log, witnesses }: TrustedKeys,
): { size: number; root: Buffer } | RedrawFinding {
  const { text, signatures } = partsOfNote(note);
  const [origin, size = '', root = ''] = text.split('\n');
  const isSigned = log.signaturesOf(text, signatures).length > 0;
  if (!isSigned || origin !== log.name || !/^\d{1,15}$/.test(size)) return finding('checkpoint-altered');
  const missing = witnesses.find((witness) => witness.signaturesOf(text, signatures).length === 0);
  if (missing) return finding('checkpoint-unwitnessed', { witness: missing.name });
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

function finding(code: RedrawFinding['code'], params: RedrawFinding['params'] = {}): RedrawFinding {
  return { code, params };
}
