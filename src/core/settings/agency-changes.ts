import { Controller, Get, Injectable, Query } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import { Answers, pageOf } from '../../platform/http/answers.js';
import { cursorSchema, pageLimit } from '../../platform/http/query.schema.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { Allow } from '../access/rules.js';
import type { Change } from '../proof/change.entity.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { SettingsService } from './settings.service.js';

/** What is of the whole agency. An index finds the changes of just these. */
// prettier-ignore
export const agencySubjects = ['account', 'api-key', 'brake', 'department', 'officer', 'proposal', 'setting', 'template'] as const;

export const agencyChangesQuery = z.strictObject({
  /** Of one kind of thing alone. */
  subject: z.enum(agencySubjects).optional(),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
type AgencyChangesQuery = z.infer<typeof agencyChangesQuery>;

const agencyChange = z
  .object({
    id: z.uuid(),
    at: z.string(),
    actor: z.string(),
    subject: z.enum(agencySubjects),
    subjectId: z.string(),
    what: z.string(),
    params: z.unknown(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'AgencyChange' });

type Row = Pick<
  Change,
  'id' | 'at' | 'actor' | 'subject' | 'subjectId' | 'what' | 'params' | 'before' | 'after' | 'reason'
>;
export type AgencyChange = Omit<Row, 'at'> & { at: string };

/** AgencyChanges show what was done to the whole agency, to its people and their access, and by whom; newest first. */
@Injectable()
export class AgencyChanges {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  async changesPage({ subject, cursor, limit }: AgencyChangesQuery): Promise<Page<AgencyChange>> {
    const { timeZone } = await this.settings.moment();
    const rows = await this.database.rows<Row>(
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

@Controller('agency/changes')
@Allow('admin', 'auditor')
export class AgencyChangesController {
  constructor(private readonly changes: AgencyChanges) {}

  @Get()
  @Answers(200, pageOf(agencyChange), 'What was done to the whole agency, its people and their access')
  list(@Query({ schema: agencyChangesQuery }) query: AgencyChangesQuery) {
    return this.changes.changesPage(query);
  }
}
