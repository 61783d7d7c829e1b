import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { addDays } from '../../core/calendar/local-date.js';
import { FlagInbox } from '../../core/flags/flag-inbox.js';
import { AlertDays } from '../../core/log/alert-days.service.js';
import type { AlertOfDayView } from '../../core/log/log.schema.js';
import { ProposalReader } from '../../core/proposals/proposal-reader.js';
import { LogStandings } from '../../core/transparency/log-standings.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { Timers } from '../../platform/timers.js';
import { type Locale, translate } from '../../platform/words/words.js';
import { AccountRecords, type Addressee } from '../accounts/account-records.js';
import { Mails } from '../mail/mails.service.js';
import { WorkService } from '../work/work.service.js';

const everyMs = 60_000;

/** A mail names so many alerts; the page that it leads to has all of them. */
const linesOfMail = 20;

/** A round covers the days from the one before on which there was a round until yesterday, but no more than these. */
const mostDays = 31;

/** The days that a round tells of, `from` to `to`, and the day on which it does. */
export interface DaysOfRound {
  from: string;
  to: string;
  today: string;
  /** When the round before was made, by the service clock: what came about since then is new. */
  since: Date;
}

/** A PartOfRounds is a part of the service that has something to say on a morning. */
export interface PartOfRounds {
  /** Is done once, before anybody is written to. */
  prepare?(today: string): Promise<void>;
  /** Returns the paragraphs of somebody's mail: none, where there is nothing to say. */
  paragraphsFor(addressee: Addressee, days: DaysOfRound): Promise<string[]>;
}

/** MorningMail says what was sent, what waits, and, to auditors, which flags are new. */
@Injectable()
export class MorningMail implements PartOfRounds {
  constructor(
    private readonly alertDays: AlertDays,
    private readonly proposals: ProposalReader,
    private readonly inbox: FlagInbox,
    private readonly work: WorkService,
    private readonly mails: Mails,
    private readonly log: LogStandings,
  ) {}

  prepare(): Promise<void> {
    return this.mails.forgetOld();
  }

  async paragraphsFor({ caller, locale }: Addressee, { from, to, since }: DaysOfRound): Promise<string[]> {
    if (caller.role === 'monitor') return [];
    const paragraphs =
      caller.role === 'auditor'
        ? await this.ofAuditor(locale, since)
        : await this.ofAlerts(caller, locale, from, to);
    const toDecide = (await this.proposals.toDecide(caller)).length;
    if (toDecide > 0)
      paragraphs.push(
        `${translate(locale, 'mails.decide', { count: toDecide })}\n${this.mails.addressOf('/console/proposals')}`,
      );
    return caller.role === 'officer' || caller.role === 'manager'
      ? [...paragraphs, ...(await this.ofWork(caller, locale))]
      : paragraphs;
  }

  /** Tells officers and managers that their companies were told: what studies found to work best on those who tell. */
  private async ofAlerts(caller: Caller, locale: Locale, from: string, to: string): Promise<string[]> {
    if (caller.role === 'admin') return [];
    const officerId = caller.role === 'officer' ? caller.officerId : undefined;
    if (officerId === null) return [];
    const { items } = await this.alertDays.listed(caller, { from, to, officerId, limit: 1000 });
    return (['sent', 'failed'] as const).flatMap((standing) => {
      const found = items.filter((item) => item.standing === standing);
      if (found.length === 0) return [];
      const head = translate(locale, `mails.${standing === 'sent' ? 'told' : 'failed'}`, {
        count: found.length,
      });
      const address = this.mails.addressOf(`/console/outgoing?day=${to}`);
      return [[head, ...linesOf(found, locale), address].join('\n')];
    });
  }

  private async ofAuditor(locale: Locale, since: Date): Promise<string[]> {
    const count = await this.inbox.countSince(since);
    const flags =
      count === 0
        ? []
        : [`${translate(locale, 'mails.flags', { count })}\n${this.mails.addressOf('/console/flags')}`];
    const { misfit } = await this.log.standing();
    return misfit ? [translate(locale, 'mails.log', { what: misfit[locale] }), ...flags] : flags;
  }

  private async ofWork(caller: Caller, locale: Locale): Promise<string[]> {
    const { items } = await this.work.overview(
      caller,
      caller.role === 'officer' && caller.officerId !== null ? { officerId: caller.officerId } : {},
    );
    const lines = items
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => translate(locale, 'mails.line', { what: name[locale], count }));
    if (lines.length === 0) return [];
    return [[translate(locale, 'mails.work'), ...lines, this.mails.addressOf('/console/work')].join('\n')];
  }
}

function linesOf(alerts: AlertOfDayView[], locale: Locale): string[] {
  const lines = alerts.slice(0, linesOfMail).map(({ contract, milestone }) =>
    translate(locale, 'mails.alertLine', {
      reference: contract.reference,
      title: contract.title,
      milestone: milestone.name?.[locale] ?? milestone.code,
    }),
  );
  const more = alerts.length - lines.length;
  return more > 0 ? [...lines, translate(locale, 'mails.more', { count: more })] : lines;
}

/**
 * Rounds do what is due on the morning of each business day, when texts begin to go out, and write each person one mail where
 * mail is written. A round that was interrupted is made again: whoever has their mail of the day gets no second one.
 */
@Injectable()
export class Rounds implements OnApplicationBootstrap {
  private readonly parts: PartOfRounds[];

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly records: AccountRecords,
    morning: MorningMail,
  ) {
    this.parts = [morning];
  }

  /** Lets another part of the service say something, after those before it. */
  join(part: PartOfRounds): void {
    this.parts.push(part);
  }

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the mail of the morning', () => this.makeDue());
  }

  /** Makes the round of today, if it is time for it and nobody has. Returns how many people were written to. */
  async makeDue(): Promise<number> {
    const calendar = await this.settings.calendar();
    const now = await this.clock.now();
    const today = calendar.localDateOf(now);
    const begins = calendar.instantOf(today, calendar.setting.window.from);
    if (!calendar.isBusinessDay(today) || now < begins) return 0;
    const last = await this.lastRound();
    if (last?.day === today) return 0;
    const isRecent = last !== null && last.day >= addDays(today, -mostDays);
    const from = isRecent ? last.day : addDays(today, -1);
    const days = { from, to: addDays(today, -1), today };
    const since = isRecent ? last.at : calendar.instantOf(from, '00:00');
    for (const part of this.parts) await part.prepare?.(today);
    const written = this.records.writesMail ? await this.writeAll({ ...days, since }) : 0;
    await this.database.run(`INSERT INTO mail_round (day, at) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING`, [
      today,
      now,
    ]);
    return written;
  }

  private async writeAll(days: DaysOfRound): Promise<number> {
    let written = 0;
    for (const addressee of await this.records.addressees())
      if (await this.write(addressee, days)) written += 1;
    return written;
  }

  private async write(addressee: Addressee, days: DaysOfRound): Promise<boolean> {
    const paragraphs: string[] = [];
    for (const part of this.parts) paragraphs.push(...(await part.paragraphsFor(addressee, days)));
    if (paragraphs.length === 0) return false;
    await this.records.mailTo(addressee, {
      kind: 'morning',
      key: `morning:${days.today}`,
      params: { day: days.today },
      paragraphs,
    });
    return true;
  }

  private async lastRound(): Promise<{ day: string; at: Date } | null> {
    const [row] = await this.database.rows<{ day: string; at: Date }>(
      `SELECT day::text AS day, at FROM mail_round ORDER BY mail_round.day DESC LIMIT 1`,
    );
    return row ?? null;
  }
}
