import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import {
  type AgencyChange,
  type AgencyChangeRow,
  type AgencyChangesQuery,
  agencySubjects,
} from './agency-changes.schema.js';
import { SettingsService } from './settings.service.js';

/** AgencyChanges show what was done to the whole agency, to its people and their access, and by whom; newest first. */
@Injectable()
export class AgencyChanges {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  async changesPage({ subject, cursor, limit }: AgencyChangesQuery): Promise<Page<AgencyChange>> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<AgencyChangeRow>(
      `SELECT id, at, actor, subject, subject_id, what, params, before, after, reason FROM change
       WHERE contract_id IS NULL AND subject IN (${agencySubjects.map((one) => `'${one}'`).join(', ')})
         AND ($1::text IS NULL OR subject = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [subject ?? null, idOfCursor(cursor), limit + 1],
    );
    const { items, nextCursor } = pageFrom(rows, limit);
    return { items: items.map((row) => ({ ...row, at: zonedIso(row.at, timeZone) })), nextCursor };
  }

  /** Counts what others than auditors themselves did to accounts and keys of auditors within so many days, by the service clock. */
  async countOfAccess(days: number): Promise<number> {
    const { now } = await this.settings.moment();
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM change
       WHERE contract_id IS NULL AND subject IN ('account', 'api-key') AND at > $1::timestamptz - make_interval(days => $2)
         AND 'auditor' IN (before ->> 'role', after ->> 'role') AND actor NOT LIKE 'auditor:%' AND actor <> 'set-up'`,
      [now, days],
    );
    return row?.count ?? 0;
  }
}
