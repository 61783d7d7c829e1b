import { Injectable, Logger } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { notFound } from '../../platform/app-error.js';
import { earliestOf, ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Kept } from '../../platform/kept.js';
import { type Words, words } from '../../platform/words/words.js';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { SecondLook } from '../access/second-look.js';
import { departmentsBelow, DepartmentsService } from '../departments/departments.service.js';
import { Journal } from '../proof/journal.service.js';
import { Providers } from '../providers/providers.module.js';
import type { Failure } from '../providers/sms-provider.js';
import { SettingsService } from '../settings/settings.service.js';
import { Brake, type BrakeScope, Instance } from './sending.entities.js';
import { Routing, type RoutesNow } from './routing.js';
import { SendingWatch } from './sending-watch.js';
import { sendingProblems, type StopCode, stopWords } from './sending.words.js';

/** BrakesOn shows all that is paused now. */
export interface BrakesOn {
  everything: boolean;
  /** Whether everything is paused by a brake of which nobody can tell what it was to pause. */
  unreadable: boolean;
  instance: boolean;
  /** These are ids; departments below a braked one are among them. */
  departments: string[];
  senders: ReadonlySet<string>;
  templates: ReadonlySet<string>;
  routes: ReadonlySet<string>;
}

/** A brake may pause these: a message of these departments, by this template, to this country. */
export interface Pausable {
  sender: string;
  country: string | null;
  templateKey: string;
  departments: string[];
}

/** Tells whether a brake pauses a message that has not been called yet. */
export function isPaused(brakes: BrakesOn, { sender, country, templateKey, departments }: Pausable): boolean {
  return (
    brakes.senders.has(sender) ||
    brakes.routes.has(`${sender}/${country ?? ''}`) ||
    brakes.templates.has(templateKey) ||
    departments.some((id) => brakes.departments.includes(id))
  );
}

/** Unsettled counts what may have been sent before a restore, and was neither found at the provider nor proved absent. */
export interface Unsettled {
  alerts: number;
  attempts: number;
}

/** A brake as it is listed. One that is not readable pauses everything: the service has no such target, or no such scope. */
export type ListedBrake = Brake & { readable: boolean; reasonText: Words };

/** What whoever pulls a brake says. */
export type Pulled = Pick<Brake, 'scope' | 'target' | 'reason'>;

/** A brake that nobody approved is released for this reason. */
const notApproved: StopCode = 'brake-not-approved';

type ReadBrake = Omit<ListedBrake, 'reasonText'>;

/** What stops texts, as a home page shows it: a brake by its scope, one that is not readable, or jobs that fail. */
export interface Stop {
  scope: BrakeScope | 'unreadable' | 'failing';
  reason: Words | null;
}

/** Tells in SQL whether a sender is one of `$1`, or has sent before. */
const isSender = (sender: string) =>
  `(${sender} = ANY($1::text[]) OR EXISTS (SELECT 1 FROM pace WHERE pace.sender = ${sender}))`;

/** Tells in SQL whether a brake's target fits its scope and exists. `$1` holds the senders that are configured. */
const isReadable = `CASE scope
  WHEN 'agency' THEN target = 'all'
  WHEN 'instance' THEN target = 'all'
  WHEN 'department' THEN EXISTS (SELECT 1 FROM department WHERE department.id::text = lower(target))
  WHEN 'template' THEN EXISTS (SELECT 1 FROM template_version WHERE template_version.key = target)
  WHEN 'sender' THEN ${isSender('target')}
  WHEN 'route' THEN target ~ '/([A-Z]{2})?$' AND ${isSender("regexp_replace(target, '/[A-Z]*$', '')")}
  ELSE false END`;

/** SQL of the brakes that are on. `$1` holds the senders that are configured; departments below a braked one are paused, too. */
const brakesOn = `SELECT scope, target, ${isReadable} AS readable, ends_at,
  ARRAY(${departmentsBelow(`brake.scope = 'department' AND id::text = lower(brake.target)`)}) AS departments
  FROM brake WHERE released_at IS NULL`;

type BrakeRow = Pick<ListedBrake, 'scope' | 'target' | 'readable'> & { departments: string[] };

function brakesOf(rows: BrakeRow[]): BrakesOn {
  const unreadable = rows.some((row) => !row.readable);
  const on = (scope: BrakeScope) => rows.filter((row) => row.scope === scope && row.readable);
  const targets = (scope: BrakeScope) => new Set(on(scope).map(({ target }) => target));
  return {
    everything: unreadable || on('agency').length > 0,
    unreadable,
    instance: on('instance').length > 0,
    departments: on('department').flatMap(({ departments }) => departments),
    senders: targets('sender'),
    templates: targets('template'),
    routes: targets('route'),
  };
}

/** A brake that another process pulls stops what is not called yet within this time. */
const recentMs = 500;

/** BrakesService pauses sending and resumes it, and records who did and why. Nothing is lost by it: what is due waits. */
@Injectable()
export class BrakesService {
  private readonly logger = new Logger(BrakesService.name);
  private readonly recent = new Kept(recentMs, () => this.brakesOn());

  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly journal: Journal,
    private readonly providers: Providers,
    private readonly clock: ServiceClock,
    private readonly look: SecondLook,
  ) {}

  async brakesOn(): Promise<BrakesOn> {
    return brakesOf(await this.database.rows<BrakeRow>(brakesOn, [this.providers.senders]));
  }

  /** Shows what was paused half a second ago at the most, with what this process has changed since. */
  recentBrakes(): Promise<BrakesOn> {
    return this.recent.get();
  }

  /** Lists brakes that are on before those that were released, newest first. */
  async listBrakes(): Promise<ListedBrake[]> {
    const rows = await this.database.rows<ReadBrake>(
      `SELECT *, ${isReadable} AS readable FROM brake ORDER BY released_at IS NOT NULL, id DESC LIMIT 500`,
      [this.providers.senders],
    );
    return rows.map((row) => this.listed(row));
  }

  /** Lists what stops texts of the caller's departments. Only those who see the whole agency get the reasons. */
  async stopsFor(caller: Caller): Promise<Stop[]> {
    const stops: Stop[] = (await this.isFailing()) ? [{ scope: 'failing', reason: null }] : [];
    const seen = await this.departments.seenBy(caller);
    for (const brake of await this.listBrakes()) {
      if (brake.releasedAt !== null) continue;
      const scope = brake.readable ? brake.scope : 'unreadable';
      const below = scope === 'department' ? await this.departments.withThoseBelow(brake.target) : null;
      if (seen && below && !seen.some((id) => below.includes(id))) continue;
      stops.push({ scope, reason: seesAll(caller) ? brake.reasonText : null });
    }
    return stops;
  }

  private async isFailing(): Promise<boolean> {
    const failing = await this.database.rows(
      `SELECT 1 FROM instance WHERE failing_at > clock_timestamp() - interval '30 seconds'`,
    );
    return failing.length > 0;
  }

  /**
   * Pauses sending for a target, until `endsAt` where it is given. Throws when there is no such target; and when it is paused
   * already, unless the service itself pulls the brake.
   */
  async pullBrake(who: Caller | 'system', brake: Pulled, endsAt: Date | null = null): Promise<ListedBrake> {
    const actor = who === 'system' ? 'system' : actorOf(who);
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<ReadBrake>(
        `INSERT INTO brake (id, scope, target, reason, actor, ends_at) VALUES ($2, $3, $4, $5, $6, $7)
         ON CONFLICT (scope, target) WHERE released_at IS NULL DO NOTHING RETURNING *, ${isReadable} AS readable`,
        [this.providers.senders, newId(), brake.scope, brake.target, brake.reason, actor, endsAt],
      );
      if (!row) {
        if (who === 'system') return this.requirePulled(brake.scope, brake.target);
        throw sendingProblems.error('brake-already-on', { scope: brake.scope, target: brake.target });
      }
      // Undone by that. What the service itself pulls stands: should it not be readable, everything stops.
      if (!row.readable && who !== 'system') throw noSuchTarget(brake);
      await this.record(row, 'pulled', actor, brake.reason);
      return this.listed(row);
    });
  }

  /** Releases a brake. Throws when it is not on, or when a restored database is not settled yet. */
  releaseBrake(caller: Caller, id: string, reason: string): Promise<ListedBrake> {
    return this.database.inTransaction(async () => {
      const [row] = await this.release({ actor: actorOf(caller), reason, where: 'id = $4', value: id });
      if (!row) throw notFound('brake that is on');
      if (row.scope === 'instance') await this.requireSettled();
      return this.listed(row);
    });
  }

  /** Lets a brake stay that would end by itself. */
  async keepBrake(id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      const { affected } = await this.database
        .repository(Brake)
        .update({ id, releasedAt: IsNull() }, { endsAt: null });
      if (!affected) throw notFound('brake that is on');
      await this.journal.state('brake', [id]);
    });
  }

  /** Releases the brakes that end by now, by the service clock; of processes that find them at once, one does. */
  async releaseEnded(): Promise<void> {
    const value = await this.clock.now();
    await this.database.inTransaction(() =>
      this.release({ actor: 'system', reason: notApproved, where: 'ends_at <= $4', value }),
    );
  }

  private async release(how: {
    actor: string;
    reason: string;
    where: string;
    value: unknown;
  }): Promise<ReadBrake[]> {
    const { actor, reason, where, value } = how;
    // Whoever approves that a brake stays locks the proposal first, too.
    const ended = await this.database.rows<{ id: string }>(
      `SELECT id FROM brake WHERE released_at IS NULL AND ${where.replace('$4', '$1')}`,
      [value],
    );
    for (const { id } of ended) await this.look.takeBack(actor, { name: 'keepBrake', args: [id] });
    const rows = await this.database.rows<ReadBrake>(
      `UPDATE brake SET released_at = clock_timestamp(), released_by = $2, release_reason = $3
       WHERE released_at IS NULL AND ${where} RETURNING *, ${isReadable} AS readable`,
      [this.providers.senders, actor, reason, value],
    );
    for (const row of rows) await this.record(row, 'released', actor, reason);
    return rows;
  }

  /** Counts the planned alerts that fall due within so many days by the service clock, those that are due now among them. */
  async countDueWithin(days: number): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM alert WHERE status = 'planned' AND due_at <= $1::timestamptz + $2 * interval '1 day'`,
      [await this.clock.now(), days],
    );
    return row?.count ?? 0;
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
               WHERE alert.status = 'planned' AND alert.due_at <= instance.suspect_until) AS alerts,
              (SELECT count(*)::int FROM attempt WHERE status IN ('open', 'ambiguous')) AS attempts`,
    );
    return open ?? { alerts: 0, attempts: 0 };
  }

  /** Pauses a sender, because the provider refuses everything from it. */
  async stopLine(sender: string, failure: Failure): Promise<void> {
    this.logger.error({ sender, code: failure.code }, `sending is paused: ${failure.detail}`);
    const reason: StopCode = `line-refused-${failure.code}`;
    await this.pullBrake('system', { scope: 'sender', target: sender, reason });
  }

  /**
   * Pauses a sender because of a report on a text that was attempted at a time. A report of before the sender's last release is
   * late: whoever released the brake has put that right.
   */
  async stopLineSince(attemptedAt: Date, sender: string, failure: Failure): Promise<void> {
    const released = await this.database.rows(
      `SELECT 1 FROM brake WHERE scope = 'sender' AND target = $1 AND released_at > $2 LIMIT 1`,
      [sender, attemptedAt],
    );
    if (released.length === 0) await this.stopLine(sender, failure);
  }

  /** Pauses a country for a sender, because the provider does not reach it from there. */
  async holdRoute(sender: string, country: string | null, failure: Failure): Promise<void> {
    this.logger.error({ sender, country, code: failure.code }, `a route is held: ${failure.detail}`);
    const reason: StopCode = `route-refused-${failure.code}`;
    await this.pullBrake('system', { scope: 'route', target: `${sender}/${country ?? ''}`, reason });
  }

  private async requirePulled(scope: BrakeScope, target: string): Promise<ListedBrake> {
    const [row] = await this.database.rows<ReadBrake>(
      `SELECT *, ${isReadable} AS readable FROM brake WHERE scope = $2 AND target = $3 AND released_at IS NULL`,
      [this.providers.senders, scope, target],
    );
    if (!row) throw new Error('a brake was released while it was being pulled');
    return this.listed(row);
  }

  private listed(row: ReadBrake): ListedBrake {
    return { ...row, reasonText: stopWords(this.providers, row) ?? words(row.reason, row.reason) };
  }

  private async record(
    brake: Brake,
    what: 'pulled' | 'released',
    actor: string,
    reason: string,
  ): Promise<void> {
    this.database.afterCommit(async () => void (await this.recent.read()));
    await this.journal.state('brake', [brake.id]);
    await this.journal.record({
      subject: 'brake',
      subjectId: brake.id,
      what: `brake-${what}`,
      after: { scope: brake.scope, target: brake.target },
      actor,
      reason,
    });
  }
}

function noSuchTarget({ scope, target }: Pick<Brake, 'scope' | 'target'>) {
  const fields = [sendingProblems.field('target', 'brake-target-unknown', { scope, target })];
  return sendingProblems.error('brake-target-unknown', { scope, target }, { fields });
}

/** A Suspicion spans the time in which the database may have had another life, which sent what this one takes for unsent. */
export interface Suspicion {
  from: Date;
  until: Date;
}

/**
 * What falls due within so many milliseconds is frozen already, and called at its time: what a window takes to be committed
 * makes no text late. It is short, because what is changed of an alert meanwhile comes too late for its text.
 */
const frozenAheadMs = 250;

/** A Situation is what a drain goes by; it is read again for each window. */
export interface Situation {
  /** It is the time of the service clock, or the database's where that is behind it. */
  now: Date;
  /** The moment of the monotonic clock at which it was `now`, or a little later. */
  readAt: number;
  isClockStopped: boolean;
  /** What falls due within so many milliseconds is frozen already, unless the clock stands still. */
  aheadMs: number;
  /** Which provider new messages are frozen for. */
  routes: RoutesNow;
  brakes: BrakesOn;
  /** Null unless the database was restored or copied. */
  suspicion: Suspicion | null;
}

/** Situations decides whether anything may be sent now. */
@Injectable()
export class Situations {
  constructor(
    private readonly database: Database,
    private readonly routing: Routing,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly brakes: BrakesService,
    private readonly watch: SendingWatch,
  ) {}

  /**
   * Throws when this process sends nothing, or not all, and nobody decided that: a brake or a setting cannot be read
   * (`brake-unreadable`, `setting-unreadable`), or a job fails (`sending-fails`).
   */
  async requireSending(): Promise<void> {
    if (!this.watch.sends) return;
    if ((await this.brakes.brakesOn()).unreadable) throw sendingProblems.error('brake-unreadable');
    await this.settings.calendar();
    await this.settings.agency();
    await this.settings.reportingChannels();
    this.watch.requireSuccess();
  }

  /** Returns null while nothing may be sent: braked, or outside the sending window. One statement reads it, for each window. */
  async readSituation(): Promise<Situation | null> {
    const [[row], calendar] = await Promise.all([
      this.database.rows<
        Pick<Instance, 'suspectFrom' | 'suspectUntil'> & {
          now: Date;
          brakes: (BrakeRow & { ends_at: string | null })[];
        }
      >(
        `SELECT clock_timestamp() AS now, instance.suspect_from, instance.suspect_until,
                (SELECT coalesce(json_agg(b), '[]') FROM (${brakesOn}) AS b) AS brakes
         FROM (SELECT) AS one LEFT JOIN instance ON true`,
        [this.routing.senders],
        'kept',
      ),
      this.settings.calendar(),
    ]);
    if (!row) return null;
    const { suspectFrom: from, suspectUntil: until } = row;
    const suspicion = from && until ? { from, until } : null;
    if (await this.someEnded(row.brakes)) {
      await this.brakes.releaseEnded();
      return this.readSituation();
    }
    const brakes = brakesOf(row.brakes);
    if (brakes.everything || (brakes.instance && !suspicion)) return null;
    const { moments, isStopped: isClockStopped } = await this.clock.compareWith(row.now);
    const readAt = performance.now();
    const isOpen = moments.every((time) => calendar.nextOpening(time) <= time);
    // Asking the provider what it holds disturbs nobody, so a restored database settles at night too.
    if (!isOpen && !brakes.instance) return null;
    const now = earliestOf(moments);
    const routes = await this.routing.routesNow(brakes);
    return { now, readAt, isClockStopped, aheadMs: frozenAheadMs, routes, brakes, suspicion };
  }

  private async someEnded(brakes: { ends_at: string | null }[]): Promise<boolean> {
    const ends = brakes.flatMap(({ ends_at: end }) => (end === null ? [] : [new Date(end)]));
    if (ends.length === 0) return false;
    const now = await this.clock.now();
    return ends.some((end) => end <= now);
  }
}
