import { Injectable } from '@nestjs/common';
import { mapInTurns } from '../../platform/breathe.js';
import { newId } from '../../platform/ids.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import type { CanonicalValue } from './canonical-json.js';
import { Change, Leaf } from './change.entity.js';
import './core-facts.js';
import { factsObject, factTableOf } from './facts.js';
import { entryOf, newSalt } from './leaf.js';

/**
 * ChangeEntry is a change to be recorded. Personal data stands in it masked, with a salted commitment beside it. Something
 * new has no `before`, and what is left out is null.
 */
export type ChangeEntry = Pick<Change, 'subject' | 'subjectId' | 'what' | 'actor'> &
  Partial<Pick<Change, 'before' | 'after' | 'reason' | 'contractId' | 'params'>>;

/** What a change has where its entry does not say otherwise. */
const blank = { contractId: null, params: {}, before: null, after: null, reason: null };

export interface LeafEntry {
  kind: string;
  subjectId: string;
  body: Record<string, unknown>;
}

/** Journal records once, for good, what was changed and what was sent, in the transaction of what it records. */
@Injectable()
export class Journal {
  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
  ) {}

  async record(...entries: ChangeEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const at = await this.clock.now();
    const rows = entries.map((entry) => ({ id: newId(), ...blank, ...entry, at }));
    await this.database.insert(Change, rows);
    await this.leaves(
      rows.map((row) => ({ kind: 'change', subjectId: row.subjectId, body: changeBody(row) })),
    );
  }

  /** Writes a leaf of what a table shows of each of these rows, in the transaction that has changed them. */
  async state(table: string, keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    const { from, key, keyType, facts } = factTableOf(table);
    const rows = await this.database.rows<{ key: string; body: LeafEntry['body'] }>(
      `SELECT ${key} AS key, ${factsObject(facts)} AS body FROM ${from} WHERE ${key} = ANY($1::${keyType}[])`,
      [keys],
    );
    await this.leaves(rows.map(({ key: subjectId, body }) => ({ kind: table, subjectId, body })));
  }

  /** Returns the ids of the leaves, in the order of the entries. */
  async leaves(entries: LeafEntry[]): Promise<string[]> {
    const leaves = await mapInTurns(entries, (entry) => {
      const { kind, subjectId } = entry;
      const content = { id: newId(), kind, subjectId, body: leafValue(entry.body) };
      const salt = newSalt();
      return { ...content, salt, hash: entryOf(content, salt) };
    });
    await this.database.insert(Leaf, leaves);
    return leaves.map(({ id }) => id);
  }
}

/** Writes a value as a leaf holds it: what is hashed is what a reader of the row can hash again. */
export function leafValue(value: unknown): CanonicalValue {
  return JSON.parse(JSON.stringify(value, fractionsAsText)) as CanonicalValue;
}

/** The canonical form has whole numbers only: two languages write the same fraction differently. */
function fractionsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? String(value) : value;
}

/** Writes what the log keeps of a change. Its hash covers these names, so they stay as they are. */
function changeBody({ subjectId, contractId, at, ...rest }: Omit<Change, 'recordedAt'>) {
  return { ...rest, subject_id: subjectId, contract_id: contractId, at: at.toISOString() };
}
