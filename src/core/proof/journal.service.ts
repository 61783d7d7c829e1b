import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { insertRows } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import type { CanonicalValue } from './canonical-json.js';
import { leafHash } from './leaf.js';

/** Plain values only: personal data stands here masked, with a salted commitment beside it. */
export type JournalValue = Record<string, unknown> | null;

export interface ChangeEntry {
  subject: string;
  subjectId: string;
  contractId?: string | null;
  what: string;
  before: JournalValue;
  after: JournalValue;
  actor: string;
  reason: string | null;
}

export interface LeafEntry {
  kind: string;
  subjectId: string;
  body: Record<string, unknown>;
}

/** Says once, for good, what was changed and what was sent, in the transaction of what it tells. */
@Injectable()
export class Journal {
  constructor(private readonly clock: ServiceClock) {}

  async record(manager: EntityManager, ...entries: ChangeEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const at = (await this.clock.now()).toISOString();
    const rows = entries.map((entry) => ({
      id: newId(),
      subject: entry.subject,
      subject_id: entry.subjectId,
      contract_id: entry.contractId ?? null,
      what: entry.what,
      before: entry.before,
      after: entry.after,
      actor: entry.actor,
      reason: entry.reason,
      at,
    }));
    await insertRows(manager, 'change', rows);
    await this.leaves(
      manager,
      rows.map((row) => ({ kind: 'change', subjectId: row.subject_id, body: { ...row } })),
    );
  }

  async leaves(manager: EntityManager, entries: LeafEntry[]): Promise<void> {
    await insertRows(
      manager,
      'leaf',
      entries.map((entry) => {
        // A round trip through JSON, so that what is hashed is what a reader of the row can hash again.
        const body = JSON.parse(JSON.stringify(entry.body, fractionsAsText)) as CanonicalValue;
        return {
          id: newId(),
          kind: entry.kind,
          subject_id: entry.subjectId,
          body,
          hash: leafHash(body),
        };
      }),
    );
  }
}

/** The canonical form has whole numbers only: two languages write the same fraction differently. */
function fractionsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? String(value) : value;
}
