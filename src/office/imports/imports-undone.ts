import { Injectable } from '@nestjs/common';
import type { UndoCounts } from './import.schema.js';
import { Database } from '../../platform/database/database.js';

/** An import that was taken back, as the auditor looks at it. */
export interface UndoneImport {
  id: string;
  fileName: string;
  departmentId: string | null;
  broughtBy: string;
  undoneBy: string;
  undoneAt: Date;
  reason: string;
  counts: UndoCounts;
  /** Contracts that it had created and that are still drafts: nobody is told of them. */
  stillDraft: number;
}

/** Imports that were undone: a way to keep somebody from being told, and so for the auditor to see. */
@Injectable()
export class ImportsUndone {
  constructor(private readonly database: Database) {}

  /** Newest first. `departmentIds` null: of all; `since`: by the database's clock. */
  async list({
    departmentIds,
    since = null,
    limit = 100,
  }: {
    departmentIds: string[] | null;
    since?: Date | null;
    limit?: number;
  }): Promise<UndoneImport[]> {
    return this.database.rows<UndoneImport>(
      `SELECT i.id, i.file_name, i.department_id, i.actor AS brought_by,
              i.undone_by, i.undone_at, i.undo_reason AS reason, i.undo_counts AS counts,
              (SELECT count(DISTINCT c.id)::int FROM import_effect e JOIN contract c ON c.id = e.contract_id
               WHERE e.import_id = i.id AND e.applied AND e.result = 'created' AND c.state = 'draft') AS still_draft
       FROM import i
       WHERE i.undone_at IS NOT NULL AND ($1::uuid[] IS NULL OR i.department_id = ANY($1))
         AND ($2::timestamptz IS NULL OR i.undone_at >= $2)
       ORDER BY i.undone_at DESC LIMIT $3`,
      [departmentIds, since, limit],
    );
  }
}
