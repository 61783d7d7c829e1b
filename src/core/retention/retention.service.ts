import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ServiceClock, earliestOf } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { Timers } from '../../platform/timers.js';
import type { RetentionSetting } from '../settings/retention.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { type Erasable, Erasing, type KeptBy } from './erasing.js';

const everyMs = 600_000;

/** From this hour of the agency's time on what is over is erased: after the night's check of the log. */
const hourOfErasing = 3;

/** One transaction erases so many contracts, or messages. */
const atOnce = 200;

/** Of one class: rows erased, or to be erased, and contracts, or messages, that something keeps though their period is over. */
export interface Erased {
  class: string;
  rows: number;
  kept: Partial<Record<KeptBy, number>>;
}

interface Found {
  id: string;
  erasable: string[];
  kept: KeptBy[];
}

/**
 * It is true of a contract `c` whose last obligation ended more than so many years before a day. One that nobody has ended goes
 * on.
 */
const isOver = `c.state IN ('completed', 'terminated')
  AND greatest(c.completed_on, c.terminated_on, c.ends_on, c.liability_ends_on,
    (SELECT max(a.due_at)::date FROM alert a WHERE a.contract_id = c.id AND a.status = 'messaged')) < $2::date - make_interval(years => $3)`;

const whyKept = (contracts: string) =>
  `ARRAY(SELECT DISTINCT k.why FROM kept_from_erasing k WHERE k.contract_id ${contracts} ORDER BY 1)`;

/**
 * What the agency's periods are about, each with what is over of it: `id` in the order of which it is gone through, and the rows to erase. A
 * text that stands for several contracts stays as long as any of them.
 */
const classes = [
  {
    name: 'contacts',
    table: 'contact',
    years: ({ contactYears }: RetentionSetting) => contactYears,
    over: `SELECT c.id, ARRAY(SELECT p.id FROM contact p WHERE p.contract_id = c.id AND p.salt IS NOT NULL) AS erasable,
        ${whyKept('= c.id')} AS kept
      FROM contract c WHERE c.id > $1 AND ${isOver}
        AND EXISTS (SELECT FROM contact p WHERE p.contract_id = c.id AND p.salt IS NOT NULL) ORDER BY c.id LIMIT $4`,
  },
  {
    name: 'messages',
    table: 'message',
    years: ({ messageYears }: RetentionSetting) => messageYears,
    over: `SELECT m.id, ARRAY[m.id] AS erasable,
        ${whyKept('IN (SELECT contract_id FROM alert WHERE message_id = m.id)')} AS kept
      FROM message m
      WHERE m.id > $1 AND m.salt IS NOT NULL AND m.service_time < $2::date - make_interval(years => $3)
        AND EXISTS (SELECT FROM alert WHERE message_id = m.id)
        AND NOT EXISTS (SELECT FROM alert l JOIN contract c ON c.id = l.contract_id WHERE l.message_id = m.id AND NOT (${isOver}))
      ORDER BY m.id LIMIT $4`,
  },
] as const;

/** Retention erases what the agency's periods end, each night and by a command, a batch in a transaction. */
@Injectable()
export class Retention implements OnApplicationBootstrap {
  private doneOn: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly erasing: Erasing,
    private readonly timers: Timers,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the erasing of what is over', () => this.eraseIfDue());
  }

  /** Erases once a day. A process that ends leaves the rest to the next. */
  async eraseIfDue(): Promise<void> {
    const { now, today, calendar } = await this.moment();
    if (this.doneOn === today || now < calendar.instantOf(today, `0${hourOfErasing}:00`)) return;
    for await (const _ of this.eraseOver()) if (this.timers.stopping.aborted) return;
    this.doneOn = today;
  }

  /** Erases what is over, or only counts it, and yields after each batch what it has come to. Whoever stops listening stops it. */
  async *eraseOver({ dryRun = false, rows = atOnce } = {}): AsyncGenerator<Erased> {
    const setting = await this.settings.retention();
    const { today } = await this.moment();
    for (const one of classes) {
      const so: Erased = { class: one.name, rows: 0, kept: {} };
      let after: string | null = '00000000-0000-0000-0000-000000000000';
      while (after !== null) {
        const over = [after, today, one.years(setting), rows];
        const found: Found[] = await this.database.inTurn('retention', () => this.batch(one, over, dryRun));
        for (const { erasable, kept } of found) {
          if (kept.length === 0) so.rows += erasable.length;
          for (const why of kept) so.kept[why] = (so.kept[why] ?? 0) + 1;
        }
        after = found.at(-1)?.id ?? null;
        yield { ...so, kept: { ...so.kept } };
      }
    }
  }

  private async batch(
    { name, table, over, years }: (typeof classes)[number],
    parameters: unknown[],
    dryRun: boolean,
  ): Promise<Found[]> {
    const found = await this.database.rows<Found>(over, parameters);
    const ids = found.flatMap(({ erasable, kept }) => (kept.length === 0 ? erasable : []));
    const rows: Erasable = { [table]: ids };
    if (!dryRun && ids.length > 0)
      await this.erasing.erase(rows, {
        why: 'period',
        class: name,
        years: years(await this.settings.retention()),
      });
    return found;
  }

  /** The earliest of all clocks: one that is years ahead destroys nothing. */
  private async moment() {
    const [row] = await this.database.rows<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    const now = earliestOf((await this.clock.compareWith(row?.now ?? new Date())).moments);
    const calendar = await this.settings.calendar();
    return { now, today: calendar.localDateOf(now), calendar };
  }
}
