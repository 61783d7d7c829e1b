import { Injectable } from '@nestjs/common';
import { type Calendar } from '../../../core/calendar/calendar.js';
import { addDays, daysBetween, isWeekend } from '../../../core/calendar/local-date.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import type { PreviewView, TimelineEntry } from '../../../core/log/log.schema.js';
import { PreviewService } from '../../../core/log/preview.service.js';
import { alertReasonText, alertStatusText } from '../../../core/planning/planning.words.js';
import type { LossShown } from '../../../core/proposals/proposal.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { AppError } from '../../../platform/app-error.js';
import type { Locale } from '../../../platform/words/words.js';
import { toneOf, worstOf } from '../tones.js';
import type { Visit } from '../visit.js';

type Milestone = ContractView['milestones'][number];

/** Milestones, alerts or changes that one page shows. */
const linesOfPage = 500;

/** Milestones that a plan is drawn of, each with its text, which takes several statements. */
const milestonesDrawn = 100;

/** PlanShown draws a plan as people look at it: its days on a strip, and each text behind its milestone. */
@Injectable()
export class PlanShown {
  constructor(
    private readonly previews: PreviewService,
    private readonly settings: SettingsService,
  ) {}

  async shown({ caller, locale }: Visit, contract: ContractView) {
    const today = await this.settings.today();
    const over = await this.over();
    const all = contract.milestones.filter((milestone) => milestone.dueAt !== null);
    const dated = all.slice(0, milestonesDrawn);
    const milestones = [];
    for (const milestone of dated)
      milestones.push({
        ...milestone,
        isPast: new Date(milestone.dueAt ?? '') < over,
        text: await this.textOf(caller, contract, milestone),
      });
    const marks = dated.map((milestone) => ({
      day: (milestone.dueAt ?? '').slice(0, 10),
      label: milestone.name?.[locale] ?? milestone.code,
      neutral: milestone.date === null,
    }));
    return {
      milestones,
      strip: planStrip(marks, await this.settings.calendar(), today, locale),
      more: all.length - dated.length,
      textedToday: textedOn(today, contract),
      hasContacts: contract.counterparties.some((party) => party.contacts.length > 0),
    };
  }

  /** Returns the moment before which what was due is not sent any more. */
  private async over(): Promise<Date> {
    const [{ now }, { value: agency }] = await Promise.all([this.settings.moment(), this.settings.agency()]);
    return new Date(now.getTime() - agency.graceHours * 3_600_000);
  }

  private async textOf(
    caller: Visit['caller'],
    { id, counterparties }: ContractView,
    { code, occurrence }: Milestone,
  ): Promise<PreviewView | null> {
    const contacts = counterparties.flatMap((party) => party.contacts);
    const locale = contacts.find((contact) => !contact.removedAt)?.locale;
    try {
      return await this.previews.preview(caller, { contractId: id, milestone: code, occurrence, locale });
    } catch (error) {
      // A template may want what the contract does not have yet: the plan is shown without it.
      if (error instanceof AppError) return null;
      throw error;
    }
  }
}

/** Counts the contacts that a change would text on the day that it is made, `renumbered` among them by its other number. */
function textedOn(today: string, { difference, milestones }: ContractView, renumbered?: string): number {
  const changes = [...(difference?.added ?? []), ...(difference?.moved ?? [])];
  const standing = milestones.flatMap(({ alerts }) => alerts.filter((one) => one.contactId === renumbered));
  return new Set(
    [...changes.map(({ contactId, to }) => ({ contactId, ...to })), ...standing]
      .filter(({ status, dueAt }) => status === 'planned' && dueAt.slice(0, 10) <= today)
      .map(({ contactId }) => contactId),
  ).size;
}

/** So many texts that somebody loses are named, beside how many people lose one. */
const lostNamed = 20;

/** Shows whom something keeps from being told of what; `counts` where `lost` is only the first of it. */
export function lostShown(
  view: ContractView,
  lost: LossShown[],
  counts = { lostCount: lost.length, lostPeople: new Set(lost.map(({ contactId }) => contactId)).size },
) {
  const { names, people } = namesIn(view);
  return {
    people: counts.lostPeople,
    rows: lost.slice(0, lostNamed).map(({ milestone: code, contactId, how, dueAt }) => ({
      code,
      milestone: names.get(code) ?? null,
      who: people.get(contactId) ?? null,
      how,
      dueAt,
    })),
    more: Math.max(0, counts.lostCount - lostNamed),
  };
}

/** Returns what milestones are called by their codes, and contacts by their ids. */
function namesIn({ milestones, counterparties }: ContractView) {
  return {
    names: new Map(milestones.map((milestone) => [milestone.code, milestone.name])),
    people: new Map(
      counterparties.flatMap((party) =>
        party.contacts.map((contact) => [contact.id, contact.name ?? party.name] as const),
      ),
    ),
  };
}

function alertKey(one: { milestone: string; occurrence: number; contactId: string }): string {
  return `${one.milestone} ${one.occurrence} ${one.contactId}`;
}

/** Shows what a change would do to the alerts, before it is saved; `more` are alerts that change and stand in no row. */
export function differenceShown(view: ContractView, today: string, renumbered?: string) {
  const { names, people } = namesIn(view);
  const difference = view.difference ?? { added: [], moved: [], cancelled: [], unchanged: [], lost: [] };
  // What is cancelled comes first: it must not be hidden behind much that is added or moved.
  const changes = (['cancelled', 'moved', 'added'] as const).flatMap((how) =>
    difference[how].map((change) => ({ how, change })),
  );
  const rows = changes.slice(0, linesOfPage).map(({ how, change }) => {
    // An alert of which another status or wording is planned stays at its time, and is not shown as moved.
    const isAltered = how === 'moved' && change.from?.dueAt === change.to.dueAt;
    return {
      how: isAltered ? 'altered' : how,
      code: change.milestone,
      milestone: names.get(change.milestone) ?? null,
      who: people.get(change.contactId) ?? null,
      from: isAltered ? null : (change.from?.dueAt ?? null),
      to: change.to.dueAt,
      status: alertStatusText(change.to.status),
      why: alertReasonText({ reason: change.to.reason, failure: null }),
      cancelled: how === 'cancelled',
    };
  });
  const textedToday = textedOn(today, view, renumbered);
  const { lost } = difference;
  // One that goes to another number at its time is lost to who had it.
  const lostAt = new Set(lost.map(alertKey));
  return {
    lost: lostShown(view, lost),
    rows,
    more: changes.length - rows.length,
    unchanged: difference.unchanged.filter((one) => !lostAt.has(alertKey(one))).length,
    textedToday,
    // What texts somebody today, or takes a text from somebody, is looked at before it is saved.
    isFelt: textedToday > 0 || lost.length > 0,
  };
}

/** Shows a contract's milestones in the order of their days, each with what became of its alerts. */
export function milestonesShown(contract: ContractView, timeline: TimelineEntry[]) {
  const entries = new Map(timeline.flatMap((entry) => ('id' in entry ? [[entry.id, entry] as const] : [])));
  const people = contract.counterparties.flatMap(({ contacts }) => contacts);
  const removed = new Set(people.filter(({ removedAt }) => removedAt !== null).map(({ id }) => id));
  return contract.milestones
    .map((milestone) => {
      const shown = milestone.alerts
        // Who came later and has gone since was never there for it.
        .filter(({ reason, contactId }) => reason !== 'contact-added-late' || !removed.has(contactId))
        .flatMap(({ id }) => alertShown(entries.get(id), entries));
      return {
        ...milestone,
        alerts: shown,
        // A milestone is marked by the worst of what happened to its alerts.
        tone: milestone.overdue ? 'bad' : worstOf(shown.map((alert) => alert.tone)),
        sort: milestone.dueAt ?? milestone.expectedBy ?? '9999',
      };
    })
    .sort((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0));
}

/** Cuts a page of milestones from the `from`-th on, by the lines that they take with their alerts; it has one at least. */
export function milestonesPage<T extends { alerts: unknown[] }>(
  milestones: T[],
  from: number,
): { items: T[]; nextCursor: string | null } {
  let [end, lines] = [from, 0];
  for (const { alerts } of milestones.slice(from)) {
    lines += 1 + alerts.length;
    if (end > from && lines > linesOfPage) break;
    end += 1;
  }
  const nextCursor = end < milestones.length ? String(end) : null;
  return { items: milestones.slice(from, end), nextCursor };
}

/** Shows an alert by its message, once there is one. */
function alertShown(alert: TimelineEntry | undefined, entries: ReadonlyMap<string, TimelineEntry>) {
  if (alert?.type !== 'alert') return [];
  const found = entries.get(alert.messageId ?? '');
  const message = found?.type === 'message' ? found : null;
  const { status, statusText, reasonText } = message ?? alert;
  return [
    {
      id: alert.id,
      who: alert.contact.name,
      number: alert.contact.number,
      dueAt: alert.at,
      status: statusText,
      // Who joined later was not there to be told: others were, and the milestone is marked by what became of them.
      tone: alert.reason === 'contact-added-late' ? '' : toneOf(status),
      why: reasonText,
      neutral: alert.wording === 'neutral',
      messageId: alert.messageId,
      text: message?.text ?? null,
    },
  ];
}

/** StripMark is an alert on the strip: its day, and what it is called. */
interface StripMark {
  day: string;
  label: string;
  neutral: boolean;
}

/** The drawing's width in its own units; labels take turns in so many rows. */
const width = 1000;
const rows = 4;

/** A drawing of more days has no bands: beyond two years a day is narrower than a hair. */
const mostDaysWithBands = 760;

/** Draws a contract's time as a strip of days, with weekends, holidays and its alerts. Null when there are no marks. */
export function planStrip(marks: StripMark[], calendar: Calendar, today: string, locale: Locale) {
  const marked = marks.map((mark) => mark.day).sort();
  const [first, last] = [marked[0], marked.at(-1)];
  if (first === undefined || last === undefined) return null;
  const start = addDays(first, -5);
  const length = Math.max(daysBetween(start, last) + 6, 21);
  const days = Array.from({ length }, (_, n) => addDays(start, n));
  const units = (count: number) => Math.round((count / length) * width * 10) / 10;
  const x = (day: string) => units(daysBetween(start, day));
  const closed = length > mostDaysWithBands ? [] : days.filter((day) => !calendar.isBusinessDay(day));
  const month = monthFormat(length, locale);
  return {
    bands: closed.map((day) => ({
      x: x(day),
      width: units(1),
      kind: isWeekend(day) ? 'closed' : 'holiday',
    })),
    months: monthsAmong(days).map((day) => ({
      x: x(day),
      label: month.format(new Date(`${day}T00:00:00Z`)),
    })),
    marks: marks.map(({ day, label, neutral }, i) => {
      const at = x(day) + width / length / 2;
      const y = 46 + (i % rows) * 18;
      return { x: at, y, label, neutral, anchor: at > width - 140 ? 'end' : 'start' };
    }),
    today: today >= start && daysBetween(start, today) <= length ? x(today) : null,
  };
}

/** Returns the first days of months, of as many months as have room for their names. */
function monthsAmong(days: string[]): string[] {
  const step = Math.max(1, Math.ceil(days.length / 30 / 14));
  return days.filter((day) => day.endsWith('-01') && (Number(day.slice(5, 7)) - 1) % step === 0);
}

function monthFormat(days: number, locale: Locale): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale === 'ko' ? 'ko-KR' : 'en-GB', {
    month: 'short',
    ...(days > 400 ? { year: '2-digit' as const } : {}),
    timeZone: 'UTC',
  });
}
