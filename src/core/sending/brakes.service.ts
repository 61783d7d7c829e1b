import { Injectable, Logger } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { Journal } from '../proof/journal.service.js';
import { Providers } from '../providers/providers.module.js';
import type { Failure, SmsProvider } from '../providers/sms-provider.js';
import { SettingsService } from '../settings/settings.service.js';
import { Brake, type BrakeScope, Instance } from './sending.entities.js';
import { sendingProblems } from './sending.words.js';

/** BrakesOn shows all that is paused now. */
export interface BrakesOn {
  everything: boolean;
  instance: boolean;
  /** These are ids; departments below a braked one are among them. */
  departments: string[];
  senders: ReadonlySet<string>;
  templates: ReadonlySet<string>;
  routes: ReadonlySet<string>;
}

/** Unsettled counts what may have been sent before a restore, and was neither found at the provider nor proved absent. */
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

  /** Lists brakes that stop texts of the caller's departments. Only those who see the whole agency get the reasons. */
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

  /** Releases a brake. Throws when it is not on, or when a restored database is not settled yet. */
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

/** A Suspicion spans the time in which the database may have had another life, which sent what this one takes for unsent. */
interface Suspicion {
  from: Date;
  until: Date;
}

/** A Situation is what a drain goes by; it is read again for each claim. */
export interface Situation {
  /** It is the time of the service clock. */
  now: Date;
  /** The provider that new messages are frozen for. */
  provider: SmsProvider;
  brakes: BrakesOn;
  /** Null unless the database was restored or copied. */
  suspicion: Suspicion | null;
}

/** Situations decides whether anything may be sent now. */
@Injectable()
export class Situations {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly brakes: BrakesService,
  ) {}

  /** Returns null while nothing may be sent: braked, or outside the sending window. */
  async readSituation(): Promise<Situation | null> {
    const brakes = await this.brakes.brakesOn();
    const suspicion = await this.readSuspicion();
    if (brakes.everything || (brakes.instance && !suspicion)) return null;
    const now = await this.clock.now();
    const isOpen = (await this.settings.calendar()).nextOpening(now) <= now;
    // Asking the provider what it holds disturbs nobody, so a restored database settles at night too.
    return isOpen || brakes.instance ? { now, provider: this.providers.forSending, brakes, suspicion } : null;
  }

  private async readSuspicion(): Promise<Suspicion | null> {
    const row = await this.database.repository(Instance).findOneBy({ singleton: true });
    return row?.suspectFrom && row.suspectUntil ? { from: row.suspectFrom, until: row.suspectUntil } : null;
  }
}
