import { createHash, createHmac } from 'node:crypto';
import { mapInTurns } from '../../platform/breathe.js';

/** A Candidate is a number that may be drawn. Its entry is a commitment, which tells nobody whose it is. */
export interface Candidate {
  /** 64 hexadecimal digits. */
  entry: string;
  /** How many tickets it has: a whole number, 1 or more. */
  weight: number;
}

/** Grounds make a number more likely to be drawn; see `CallRules`. */
export interface Grounds {
  isNew: boolean;
  isUnmatched: boolean;
}

/** Weights say by how much each ground multiplies the tickets of a number. */
export interface Weights {
  new: number;
  unmatched: number;
}

export const weights: Weights = { new: 3, unmatched: 2 };

export function weightOf({ isNew, isUnmatched }: Grounds): number {
  return (isNew ? weights.new : 1) * (isUnmatched ? weights.unmatched : 1);
}

/** Returns how many of the candidates are drawn, by a share in percent: at least one where there are any. */
export function countOf(candidates: number, share: number): number {
  return Math.ceil((candidates * share) / 100);
}

/** Writes the list of candidates as it is published: a line for each, its entry and its weight, in the order of entries. */
export function listOf(candidates: readonly Candidate[]): string {
  return candidates
    .map(({ entry, weight }) => `${entry} ${weight}\n`)
    .toSorted()
    .join('');
}

/** Reads a published list. Throws at a line that is none of one. */
export function candidatesOf(list: string): Candidate[] {
  return list
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, entry, weight] = /^([0-9a-f]{64}) ([1-9]\d{0,3})$/.exec(line) ?? [];
      if (entry === undefined) throw new Error(`"${line.slice(0, 80)}" is no line of a list of candidates`);
      return { entry, weight: Number(weight) };
    });
}

export function digestOf(list: string): string {
  return createHash('sha256').update(list, 'utf8').digest('hex');
}

/**
 * Draws candidates by lot, in the order in which they are called. Each has as many tickets as its weight; ticket k is HMAC-SHA-256
 * of "<entry> <k>" under the seed, k counted from 0, and those with the lowest tickets are drawn. So the chance to come next is in
 * proportion to the weight, nothing is rounded, and anybody can draw again with a shell.
 */
export async function drawn(
  seed: Buffer,
  candidates: readonly Candidate[],
  count: number,
): Promise<string[]> {
  const placed = await mapInTurns(candidates, (one) => ({ entry: one.entry, ticket: lowest(seed, one) }));
  return placed
    .toSorted((one, other) => Buffer.compare(one.ticket, other.ticket))
    .slice(0, count)
    .map(({ entry }) => entry);
}

function lowest(seed: Buffer, { entry, weight }: Candidate): Buffer {
  const tickets = Array.from({ length: weight }, (_, k) =>
    createHmac('sha256', seed).update(`${entry} ${k}`).digest(),
  );
  return tickets.reduce((least, ticket) => (Buffer.compare(ticket, least) < 0 ? ticket : least));
}
