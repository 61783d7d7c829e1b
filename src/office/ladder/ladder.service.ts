import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Labels } from '../../core/departments/labels.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { type Page, pageFrom, placeOfCursor } from '../../platform/paging.js';
import { wordsOf } from '../../platform/words/words.js';
import { AccountRecords } from '../accounts/account-records.js';
import { everydayLists } from '../work/work-lists.js';
import { type WorkList, WorkQuery } from '../work/work-query.js';
import { LadderStep } from './ladder.entity.js';
import type { LadderQuery, LadderStepName, LadderStepView } from './ladder.schema.js';
import { ladderProblems } from './ladder.words.js';

/** Which step follows which; a step that somebody took note of climbs no further. */
const climbs = [
  ['responsible', 'audit'],
  ['audit', 'head'],
] as const;

/** Steps in a state satisfy this SQL. */
const standing: Record<LadderQuery['state'], string> = {
  open: 's.resolved_at IS NULL AND s.acknowledged_at IS NULL',
  acknowledged: 's.resolved_at IS NULL AND s.acknowledged_at IS NOT NULL',
  resolved: 's.resolved_at IS NOT NULL',
};

type OfAll = Awaited<ReturnType<WorkQuery['ofAll']>>;

/** What came further since, as the same work, satisfies this SQL. */
const ofSameWork =
  'f.list = s.list AND f.row_id = s.row_id AND f.resolved_at IS NOT DISTINCT FROM s.resolved_at';
const cameFurther = `SELECT FROM ladder_step f WHERE ${ofSameWork} AND f.step = 'head' AND s.step <> 'head'`;

type StepRow = LadderStep & {
  reference: string | null;
  title: string | null;
  climbed: LadderStepView['climbed'];
};

/** LadderNames show steps with the names of what and whom they are of. */
@Injectable()
export class LadderNames {
  constructor(
    private readonly labels: Labels,
    private readonly records: AccountRecords,
    private readonly settings: SettingsService,
  ) {}

  async views(rows: StepRow[]): Promise<LadderStepView[]> {
    const departments = await this.labels.departments(rows.map(({ departmentId }) => departmentId));
    const actors = await this.records.namesOfActors(
      rows.flatMap(({ acknowledgedBy }) => acknowledgedBy ?? []),
    );
    const { timeZone } = (await this.settings.calendar()).setting;
    return rows.map((row) => ({
      id: row.id,
      list: row.list,
      name: wordsOf(`workLists.${row.list}.name`),
      step: row.step,
      day: row.day,
      waitingSince: row.climbed[0]?.day ?? row.day,
      climbed: row.climbed,
      contract:
        row.contractId === null
          ? null
          : { id: row.contractId, reference: row.reference ?? '', title: row.title ?? '' },
      department: departments.get(row.departmentId ?? '') ?? null,
      acknowledged:
        row.acknowledgedAt && row.acknowledgedBy !== null
          ? {
              at: zonedIso(row.acknowledgedAt, timeZone),
              by: actors.get(row.acknowledgedBy) ?? row.acknowledgedBy,
              note: row.note ?? '',
            }
          : null,
      resolvedAt: row.resolvedAt && zonedIso(row.resolvedAt, timeZone),
    }));
  }
}

/**
 * Ladder takes what waits in the work lists up to those who oversee it (after the Korean Cheongbaek-e systems): to the officer
 * and the manager at once, to the auditors when it still waits after the days that the agency has set for its kind of
 * work, and to the head of audit last. That somebody responsible knows of it holds nothing back.
 */
@Injectable()
export class Ladder {
  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly work: WorkQuery,
    private readonly departments: DepartmentsService,
    private readonly names: LadderNames,
  ) {}

  /** Takes each thing to the step that it has come to by a business day, and notes what waits no more. */
  async climb(day: string): Promise<void> {
    const calendar = await this.settings.calendar();
    const { days } = await this.settings.ladder();
    const now = await this.clock.now();
    const ofAll = await this.work.ofAll();
    await this.database.inTurn('ladder', async () => {
      for (const list of everydayLists) {
        await this.noteResolved(list, ofAll, now);
        await this.begin(list, ofAll, day, now);
        for (const [from, to] of climbs) {
          const wait = days[list.code]?.[to] ?? null;
          if (wait !== null)
            await this.climbFrom(
              { from, to, list: list.code, since: calendar.addBusinessDays(day, -wait) },
              day,
              now,
            );
        }
      }
    });
  }

  /** Lists what auditors and the head of audit learned of, each thing once, at the furthest step that it came to. */
  async stepsPage(caller: Caller, query: LadderQuery): Promise<Page<LadderStepView>> {
    const where = new Conditions();
    where.add(query.step === undefined ? `s.step <> 'responsible'` : `s.step = ${where.place(query.step)}`);
    where.add(standing[query.state]);
    where.add(`NOT EXISTS (${cameFurther})`);
    const seen = await this.departments.seenWithin(caller, query.departmentId);
    if (seen) where.add(`s.department_id = ANY(${where.place(seen)}::uuid[])`);
    const behind = placeOfCursor(query.cursor ?? '');
    if (behind && z.iso.date().safeParse(behind.value).success)
      where.addBehind(behind, { value: 's.day', type: 'date', id: 's.id' });
    const rows = await this.database.rows<StepRow>(
      `SELECT s.*, c.reference, c.title, (SELECT json_agg(json_build_object('step', f.step, 'day', f.day) ORDER BY f.day, f.id)
         FROM ladder_step f WHERE ${ofSameWork}) AS climbed
       FROM ladder_step s LEFT JOIN contract c ON c.id = s.contract_id
       WHERE ${where.sql} ORDER BY s.day, s.id LIMIT ${query.limit + 1}`,
      where.parameters,
    );
    const { items, nextCursor } = pageFrom(rows, query.limit, (row) => row.day);
    return { items: await this.names.views(items), nextCursor };
  }

  /** Counts what came to a step on a day or after it, and still waits. */
  async countSince(step: LadderStepName, day: string): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM ladder_step
       WHERE step = $1 AND day >= $2 AND resolved_at IS NULL AND acknowledged_at IS NULL`,
      [step, day],
    );
    return row?.count ?? 0;
  }

  /** Takes note of a step, with what is done about it: it climbs no further. Throws when somebody has, or it waits no more. */
  async acknowledge(caller: Caller, id: string, note: string): Promise<void> {
    const step = await this.database.repository(LadderStep).findOneBy({ id });
    if (!step || step.step === 'responsible') throw notFound('row of the ladder');
    const taken = await this.database.run(
      `UPDATE ladder_step SET acknowledged_at = $2, acknowledged_by = $3, note = $4
       WHERE id = $1 AND acknowledged_at IS NULL AND resolved_at IS NULL`,
      [id, await this.clock.now(), actorOf(caller), note],
    );
    if (taken === 0) throw ladderProblems.error('ladder-step-over');
  }

  /** Notes which things wait no more; one that comes back begins at the foot again. */
  private async noteResolved(
    { code, sql }: WorkList,
    { given, parameters }: OfAll,
    now: Date,
  ): Promise<void> {
    await this.database.run(
      `${given} UPDATE ladder_step s SET resolved_at = $8 WHERE s.list = $7 AND s.resolved_at IS NULL
         AND NOT EXISTS (SELECT FROM (${sql}) l WHERE l.id = s.row_id)`,
      [...parameters, code, now],
    );
  }

  private async begin(
    { code, sql }: WorkList,
    { given, parameters }: OfAll,
    day: string,
    now: Date,
  ): Promise<void> {
    await this.database.run(
      `${given} INSERT INTO ladder_step (list, row_id, contract_id, department_id, step, day, at)
       SELECT $7, l.id, l.contract_id, l.department_id, 'responsible', $8, $9 FROM (${sql}) l
       ON CONFLICT (list, row_id, step) WHERE resolved_at IS NULL DO NOTHING`,
      [...parameters, code, day, now],
    );
  }

  private async climbFrom(
    { from, to, list, since }: { from: LadderStepName; to: LadderStepName; list: string; since: string },
    day: string,
    now: Date,
  ): Promise<void> {
    await this.database.run(
      `INSERT INTO ladder_step (list, row_id, contract_id, department_id, step, day, at)
       SELECT s.list, s.row_id, s.contract_id, s.department_id, $2, $5, $6 FROM ladder_step s
       WHERE s.list = $3 AND s.step = $1 AND s.day <= $4 AND s.resolved_at IS NULL AND s.acknowledged_at IS NULL
       ON CONFLICT (list, row_id, step) WHERE resolved_at IS NULL DO NOTHING`,
      [from, to, list, since, day, now],
    );
  }
}
