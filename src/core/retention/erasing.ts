import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Journal } from '../proof/journal.service.js';

/** The ids of what is erased, by table. */
export type Erasable = Partial<Record<'contact' | 'message' | 'alert', string[]>>;

/** Why something is erased, as its leaves say it: by the agency's period of a class, or at a person's request. */
export type Because =
  | { why: 'period'; class: string; years: number }
  | { why: 'request'; request: string; actor: string; approvedBy: string };

/** These keep personal data from being erased, by the database's view `kept_from_erasing`. */
export const keptBy = ['audit', 'proposal', 'to-send', 'still-contact'] as const;
export type KeptBy = (typeof keptBy)[number];

/**
 * Erasing destroys what is sealed of people, with its blind indexes and the salts of its commitments. What the log holds stays whole: a leaf
 * of each row tells that it was erased, and why.
 */
@Injectable()
export class Erasing {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** Erases in the running transaction. The database refuses what something keeps. */
  async erase(rows: Erasable, because: Because): Promise<void> {
    const named = Object.entries(rows).flatMap(([table, ids]) => ids.map((id) => ({ table, id })));
    await this.journal.leaves(
      named.map(({ table, id }) => ({ kind: 'erased', subjectId: id, body: { table, ...because } })),
    );
    await this.database.run(`SELECT erase_personal_data($1)`, [named.map(({ id }) => id)]);
    // Undoing an import would bring back what it had before; whoever has a form open reads the contract again.
    await this.database.run(
      `UPDATE contract SET version = version + 1 WHERE id IN (SELECT contract_id FROM contact WHERE id = ANY($1))`,
      [rows.contact ?? []],
    );
  }
}
