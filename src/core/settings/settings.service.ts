import { defaultLadder, type LadderSetting } from './ladder.schema.js';
import { defaultRetention, type RetentionSetting } from './retention.schema.js';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { compareAmounts } from '../../platform/amounts.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { validationFailed } from '../../platform/http/schema.pipe.js';
import { isCallable } from '../../platform/phone-numbers/phone-number.js';
import type { Words } from '../../platform/words/words.js';
import { actorOf, type Caller } from '../access/roles.js';
import { calendarProblems } from '../calendar/calendar.words.js';
import { type Calendar, calendarOf, regionsOf } from '../calendar/calendar.js';
import { addDays } from '../calendar/local-date.js';
import type { CalendarSetting, LocalDate } from '../calendar/calendar.schema.js';
import { Journal } from '../proof/journal.service.js';
import { type Beginning, type Standing, standingOf } from './beginnings.js';
import { requireNearPlan } from './plan-reach.js';
import { type Kind, kinds, numberChanged, type Plan } from './plan.schema.js';
import type { Setting } from './setting.entity.js';
import {
  type Agency,
  readStored,
  type ReportingChannels,
  schemasOf,
  type SettingName,
} from './settings.schema.js';
import { numberChangedName, settingProblems } from './settings.words.js';

/** Versioned is one version of a setting, its value parsed. */
export interface Versioned<T> extends Omit<Setting, 'value' | 'reason'> {
  value: T;
}

/** A Begun is a version of a setting by its number, without its value. */
type Begun = Pick<Setting, 'version' | 'fromOn'>;

/** Replaced is a version that another one takes the place of; `value` is undefined where it cannot be read. */
export interface Replaced extends Begun {
  value: unknown;
}

export interface PlansInForce {
  plain: Versioned<Plan>;
  dense: Versioned<Plan> | null;
}

/** Returns the plan for a new contract: the denser one when its value reaches the threshold. */
export function planFor({ plain, dense }: PlansInForce, amount: string | null): Versioned<Plan> {
  const threshold = dense?.value.fromAmount ?? null;
  return dense && threshold !== null && amount !== null && compareAmounts(amount, threshold) >= 0
    ? dense
    : plain;
}

const nothing: Replaced = { version: 0, fromOn: null, value: null };

/** A version may be put so many days ahead. */
const furthestBeginning = 366;

/** SettingsService keeps settings as versions that are never rewritten; see `standingOf` for which is in force. */
@Injectable()
export class SettingsService {
  /** Parsed versions by `name@version`; they never change. */
  private readonly parsed = new Map<string, Versioned<unknown>>();
  private readonly uncommitted = new Set<string>();
  private calendarOfVersion: { version: number; calendar: Calendar } | null = null;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
  ) {}

  agency(): Promise<Versioned<Agency>> {
    return this.inForce<Agency>('agency');
  }

  reportingChannels(): Promise<Versioned<ReportingChannels>> {
    return this.inForce<ReportingChannels>('reporting-channels');
  }

  /** Returns the calendar in force, which is built once for a version. */
  async calendar(): Promise<Calendar> {
    const setting = await this.inForce<CalendarSetting>('calendar');
    if (this.calendarOfVersion?.version !== setting.version) {
      this.calendarOfVersion = { version: setting.version, calendar: calendarOf(setting.value) };
    }
    return this.calendarOfVersion.calendar;
  }

  /** Returns the service clock's day in the agency's zone. */
  async today(): Promise<LocalDate> {
    return (await this.calendar()).localDateOf(await this.clock.now());
  }

  /** Returns what a list of what waits is read by: the service clock's instant, and the agency's zone. */
  async moment(): Promise<{ now: Date; timeZone: string }> {
    return { now: await this.clock.now(), timeZone: (await this.calendar()).setting.timeZone };
  }

  /** Returns by how many days what waits climbs, as the agency has set it, or as it is by default. */
  async ladder(): Promise<LadderSetting> {
    return (await this.find<LadderSetting>('ladder'))?.value ?? defaultLadder;
  }

  async retention(): Promise<RetentionSetting> {
    return (await this.find<RetentionSetting>('retention'))?.value ?? defaultRetention;
  }

  /** Returns the plans of a kind that are in force: for any value, and from a value on. */
  async plansFor(kind: Kind): Promise<PlansInForce> {
    return {
      plain: await this.inForce<Plan>(`plan:${kind}`),
      dense: await this.find<Plan>(`plan:${kind}:dense`),
    };
  }

  /** Returns all plans that are in force, those of each kind together. */
  async plansInForce(): Promise<Versioned<Plan>[]> {
    const ofKinds = await Promise.all(kinds.map((kind) => this.plansFor(kind)));
    return ofKinds.flatMap(({ plain, dense }) => (dense ? [plain, dense] : [plain]));
  }

  plan(name: string, version: number): Promise<Versioned<Plan>> {
    return this.version<Plan>(name, version);
  }

  /** Returns the name that a contract's own version of its plan gives a milestone; null when that version has none. */
  async milestoneName(of: { planName: string; planVersion: number; code: string }): Promise<Words | null> {
    if (of.code === numberChanged) return numberChangedName;
    const { value: plan } = await this.plan(of.planName, of.planVersion);
    return plan.milestones.find(({ code }) => code === of.code)?.name ?? null;
  }

  async inForce<T>(name: SettingName): Promise<Versioned<T>> {
    const found = await this.find<T>(name);
    if (!found) throw settingProblems.error('setting-missing', { name });
    return found;
  }

  /** Returns what another version of a setting takes the place of: what is in force, of version 0 where nothing is, and what is to come. */
  async replaced(name: SettingName): Promise<[inForce: Replaced, ...toCome: Replaced[]]> {
    const { inForce, toCome } = await this.standing(name);
    const [now, ...later] = await Promise.all(
      [...(inForce ? [inForce] : []), ...toCome].map((one) => this.asReplaced(name, one)),
    );
    return inForce && now ? [now, ...later] : [nothing, ...(now ? [now] : []), ...later];
  }

  /**
   * Returns every version, newest first, of the settings whose name is or starts with `prefix`. One that cannot be read
   * is shown as it was stored, so that people see what to put in its place.
   */
  async versions(prefix: string): Promise<Versioned<unknown>[]> {
    const rows = await this.database.rows<Setting>(
      `SELECT * FROM setting WHERE name = $1 OR starts_with(name, $1 || ':') ORDER BY name, version DESC`,
      [prefix],
    );
    return rows.map(({ reason: _reason, ...row }) => ({
      ...row,
      value: readStored(row.name, row.value),
    }));
  }

  /** Adds the next version of a setting. */
  async put(
    caller: Caller | 'set-up',
    name: SettingName,
    value: unknown,
    reason: string | null = null,
    { fromOn: day = null, approvedBy = null }: Partial<Beginning> = {},
  ): Promise<Versioned<unknown>> {
    const wanted = await this.requirePuttable(name, value);
    const actor = caller === 'set-up' ? 'set-up' : actorOf(caller);
    const fromOn = await this.dayToCome(day);
    return this.database.inTransaction(async () => {
      const before = (await this.newestOfEachDay(name))[0]?.version ?? null;
      const version = (before ?? 0) + 1;
      const [row] = await this.database.rows<Setting>(
        `INSERT INTO setting (name, version, value, actor, reason, from_on, approved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING RETURNING *`,
        [name, version, JSON.stringify(wanted), actor, reason, fromOn, approvedBy],
      );
      if (!row) throw settingProblems.error('setting-changed', { name });
      this.database.readAgain('settings');
      const key = `${name}@${version}`;
      this.uncommitted.add(key);
      this.database.afterCommit(() => void this.uncommitted.delete(key));
      await this.journal.state('setting', [key]);
      await this.journal.record({
        subject: 'setting',
        subjectId: name,
        what: 'setting-version-added',
        params: { version },
        before: before === null ? null : { version: before },
        after: { version, value: row.value, ...(fromOn && { fromOn }) },
        actor,
        reason,
      });
      return this.parse(row);
    });
  }

  /** Returns the day from which a version is to hold; null when it holds at once. Throws for one that has passed, is closed or too far. */
  async requireBeginning(fromOn: LocalDate | null): Promise<LocalDate | null> {
    if (fromOn === null) return null;
    const calendar = await this.calendar();
    const today = await this.today();
    const furthest = addDays(today, furthestBeginning);
    await calendar.prepareYears(today, addDays(furthest, 30));
    const isNear = fromOn > today && fromOn <= furthest;
    const next = isNear ? calendar.nextBusinessDay(fromOn) : fromOn;
    const flaws = [
      fromOn < today && settingProblems.rule('begins-past', { today }),
      fromOn > furthest && settingProblems.rule('begins-far', { furthest }),
      next !== fromOn && settingProblems.rule('begins-closed', { next }),
    ];
    const flaw = flaws.find((one) => one !== false);
    if (flaw) throw validationFailed([{ path: ['fromOn'], ...flaw }]);
    return this.dayToCome(fromOn);
  }

  /** Returns a day while it is to come, and null from then on: what is put on it holds at once. */
  async dayToCome(day: LocalDate | null): Promise<LocalDate | null> {
    return day !== null && day > (await this.today()) ? day : null;
  }

  /** Returns a value as it would be put. Throws what `put` throws of the value itself. */
  async requirePuttable(name: SettingName, value: unknown): Promise<unknown> {
    const schema = schemasOf(name)?.put;
    if (!schema) throw settingProblems.error('setting-unknown', { name });
    const wanted = schema.parse(value);
    await this.requireUsable(name, wanted);
    return wanted;
  }

  /**
   * Throws for what a schema alone cannot tell: `validation-failed` for a region that the country does not have, a time
   * zone that PostgreSQL does not know and a number that nobody in the country can call, and what `requireNearPlan` throws for a plan.
   */
  private async requireUsable(name: SettingName, value: unknown): Promise<void> {
    if (name === 'calendar') {
      const { timeZone, country, region } = value as CalendarSetting;
      const regions = regionsOf(country).map(({ code }) => code);
      if (region !== undefined && !regions.includes(region)) {
        const known = regions.join(', ') || '–';
        throw validationFailed([{ path: ['region'], ...calendarProblems.rule('region-unknown', { known }) }]);
      }
      const sql = `SELECT 1 FROM pg_timezone_names WHERE lower(name) = lower($1)`;
      const known = (await this.database.rows(sql, [timeZone])).length > 0;
      if (!known)
        throw validationFailed([{ path: ['timeZone'], ...calendarProblems.rule('time-zone-unknown') }]);
    }
    if (name.startsWith('plan:')) {
      const place = (value as Plan).milestones.findIndex(({ code }) => code === numberChanged);
      if (place !== -1) {
        const path = ['milestones', place, 'code'];
        throw validationFailed([{ path, ...settingProblems.rule('milestone-code-taken') }]);
      }
      requireNearPlan(value as Plan);
    }
    if (name !== 'reporting-channels') return;
    const country = (await this.find<CalendarSetting>('calendar'))?.value.country ?? '';
    const issues = (value as ReportingChannels).channels.flatMap(({ kind, address }, place) =>
      kind === 'telephone' && !isCallable(address, country)
        ? [{ path: ['channels', place, 'address'], ...settingProblems.rule('channel-number') }]
        : [],
    );
    if (issues.length > 0) throw validationFailed(issues);
  }

  private async find<T>(name: SettingName): Promise<Versioned<T> | null> {
    const { inForce } = await this.standing(name);
    return inForce && this.version<T>(name, inForce.version);
  }

  private async standing(name: SettingName): Promise<Standing<Begun>> {
    const versions = await this.newestOfEachDay(name);
    // The day is read from the calendar, which itself has none to come.
    const isDated = versions.some(({ fromOn }) => fromOn !== null);
    return standingOf(versions, isDated ? await this.today() : '');
  }

  /** Returns the newest version that holds since it was made and the newest from each day, newest first: no others can be in force. */
  private async newestOfEachDay(name: SettingName): Promise<Begun[]> {
    const byName = await this.database.readOnce('settings', async () => {
      const rows = await this.database.rows<Pick<Setting, 'name'> & Begun>(
        `SELECT name, max(version) AS version, from_on FROM setting GROUP BY name, from_on ORDER BY version DESC`,
        [],
        'kept',
      );
      return groupedBy(rows, (row) => row.name);
    });
    return byName.get(name) ?? [];
  }

  private async asReplaced(name: SettingName, { version, fromOn }: Begun): Promise<Replaced> {
    try {
      return { version, fromOn, value: (await this.version(name, version)).value };
    } catch (error) {
      if (error instanceof AppError && error.code === 'setting-unreadable')
        return { version, fromOn, value: undefined };
      throw error;
    }
  }

  private async version<T>(name: string, version: number): Promise<Versioned<T>> {
    const key = `${name}@${version}`;
    const kept = this.parsed.get(key);
    if (kept) return kept as Versioned<T>;
    const [row] = await this.database.rows<Setting>(
      `SELECT * FROM setting WHERE name = $1 AND version = $2`,
      [name, version],
    );
    if (!row) throw settingProblems.error('setting-missing.version', { name, version });
    const parsed = this.parse(row);
    // A version that may yet be rolled back could be given again with another value.
    if (!this.uncommitted.has(key)) this.parsed.set(key, parsed);
    return parsed as Versioned<T>;
  }

  private parse({ reason: _reason, ...row }: Setting): Versioned<unknown> {
    const { name, version } = row;
    const { data: value, error: cause } = schemasOf(name)?.stored.safeParse(row.value) ?? { data: row.value };
    if (cause) throw settingProblems.error('setting-unreadable', { name, version }, { cause });
    return { ...row, value };
  }
}
