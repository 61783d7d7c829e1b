import { Injectable, Logger } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { Journal } from '../proof/journal.service.js';
import type { Failure } from '../providers/sms-provider.js';
import { Brake, type BrakeScope } from './brake.entity.js';
import { sendingProblems } from './sending.words.js';

/** What is paused now, as one picture for a drain. */
export interface BrakesOn {
  everything: boolean;
  instance: boolean;
  /** Ids, those below a braked department included. */
  departments: string[];
  senders: ReadonlySet<string>;
  templates: ReadonlySet<string>;
  routes: ReadonlySet<string>;
}

/** After a restore: what may have been sent before it and has neither been found at the provider nor proved absent. */
export interface Unsettled {
  alerts: number;
  attempts: number;
}

/** BrakesService pauses sending and resumes it, and records who did and why. Nothing is lost by it: what is due waits. */
@Injectable()
export class BrakesService {
  private readonly logger = new Logger(BrakesService.name);

  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly journal: Journal,
  ) {}

  async brakesOn(): Promise<BrakesOn> {
    const rows = await this.database.rows<{ scope: BrakeScope; target: string }>(
      `SELECT scope, target FROM brake WHERE released_at IS NULL`,
    );
    const targets = (scope: BrakeScope) => rows.filter((row) => row.scope === scope).map((row) => row.target);
    const departments = await Promise.all(
      targets('department').map((id) => this.departments.withThoseBelow(id)),
    );
    return {
      everything: targets('agency').length > 0,
      instance: targets('instance').length > 0,
      departments: departments.flat(),
      senders: new Set(targets('sender')),
      templates: new Set(targets('template')),
      routes: new Set(targets('route')),
    };
  }

  /** Lists brakes that are on before those that were released, newest first. */
  async listBrakes(): Promise<Brake[]> {
    return this.database.rows<Brake>(
      `SELECT * FROM brake ORDER BY released_at IS NOT NULL, id DESC LIMIT 500`,
    );
  }

  /** Lists brakes that stop texts of the caller's. The reasons are for those who look after the whole agency. */
  async brakesFor(caller: Caller): Promise<{ scope: BrakeScope; reason: string | null }[]> {
    const on = (await this.listBrakes()).filter((brake) => brake.releasedAt === null);
    if (seesAll(caller)) return on.map(({ scope, reason }) => ({ scope, reason }));
    const seen = (await this.departments.seenBy(caller)) ?? [];
    const mine: { scope: BrakeScope; reason: null }[] = [];
    for (const { scope, target } of on) {
      const below = scope === 'department' ? await this.departments.withThoseBelow(target) : null;
      if (!below || seen.some((id) => below.includes(id))) mine.push({ scope, reason: null });
    }
    return mine;
  }

  /** Pauses sending for a target. Throws when it is paused already, unless the service itself pulls the brake. */
  async pullBrake(who: Caller | 'system', brake: Pick<Brake, 'scope' | 'target' | 'reason'>): Promise<Brake> {
    const actor = who === 'system' ? 'system' : actorOf(who);
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<Brake>(
        `INSERT INTO brake (id, scope, target, reason, actor) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, target) WHERE released_at IS NULL DO NOTHING RETURNING *`,
        [newId(), brake.scope, brake.target, brake.reason, actor],
      );
      if (!row) {
        if (who === 'system') return this.requirePulled(brake.scope, brake.target);
        throw sendingProblems.error('brake-already-on', { scope: brake.scope, target: brake.target });
      }
      await this.record(row, 'pulled', actor, brake.reason);
      return row;
    });
  }

  /** Resumes sending. Throws when the brake is not on, or a restored database is not settled yet. */
  async releaseBrake(caller: Caller, id: string, reason: string): Promise<Brake> {
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<Brake>(
        `UPDATE brake SET released_at = clock_timestamp(), released_by = $2, release_reason = $3
         WHERE id = $1 AND released_at IS NULL RETURNING *`,
        [id, actorOf(caller), reason],
      );
      if (!row) throw notFound('brake that is on');
      if (row.scope === 'instance') await this.requireSettled();
      await this.record(row, 'released', actorOf(caller), reason);
      return row;
    });
  }

  private async requireSettled(): Promise<void> {
    const open = await this.unsettled();
    const count = open.alerts + open.attempts;
    if (count > 0) throw sendingProblems.error('not-settled', { count });
  }

  /** Counts what the provider has to be asked about before a restored database may be resumed. */
  async unsettled(): Promise<Unsettled> {
    const [open] = await this.database.rows<Unsettled>(
      `SELECT (SELECT count(*)::int FROM alert, instance
               WHERE alert.status IN ('planned', 'claimed') AND alert.due_at <= instance.suspect_until) AS alerts,
              (SELECT count(*)::int FROM attempt WHERE status IN ('open', 'ambiguous')) AS attempts`,
    );
    return open ?? { alerts: 0, attempts: 0 };
  }

  /** Pauses a sender, because the provider refuses everything from it. */
  async stopLine(sender: string, failure: Failure): Promise<void> {
    this.logger.error({ sender, code: failure.code }, `sending is paused: ${failure.detail}`);
    const reason = `The provider refuses everything (${failure.code}): ${failure.detail}`;
    await this.pullBrake('system', { scope: 'sender', target: sender, reason });
  }

  /** Pauses a country for a sender, because the provider does not reach it from there. */
  async holdRoute(sender: string, country: string | null, failure: Failure): Promise<void> {
    this.logger.error({ sender, country, code: failure.code }, `a route is held: ${failure.detail}`);
    const reason = `The provider does not reach this country from this sender (${failure.code}): ${failure.detail}`;
    await this.pullBrake('system', { scope: 'route', target: `${sender}/${country ?? ''}`, reason });
  }

  private async requirePulled(scope: BrakeScope, target: string): Promise<Brake> {
    const [row] = await this.database.rows<Brake>(
      `SELECT * FROM brake WHERE scope = $1 AND target = $2 AND released_at IS NULL`,
      [scope, target],
    );
    if (!row) throw new Error('a brake was released while it was being pulled');
    return row;
  }

  private record(brake: Brake, what: 'pulled' | 'released', actor: string, reason: string): Promise<void> {
    return this.journal.record({
      subject: 'brake',
      subjectId: brake.id,
      what: `brake-${what}`,
      before: null,
      after: { scope: brake.scope, target: brake.target },
      actor,
      reason,
    });
  }
}
