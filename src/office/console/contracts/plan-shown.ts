import { Injectable } from '@nestjs/common';
import { type Calendar } from '../../../core/calendar/calendar.js';
import { addDays, daysBetween, weekday } from '../../../core/calendar/local-date.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import type { PreviewView, TimelineEntry } from '../../../core/log/log.schema.js';
import { PreviewService } from '../../../core/log/preview.service.js';
import { alertReasonText, alertStatusText } from '../../../core/planning/planning.words.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { AppError } from '../../../platform/app-error.js';
import type { Locale, Words } from '../../../platform/words/words.js';
import { messageTones } from '../formats.js';
import type { Visit } from '../visit.js';

type Milestone = ContractView['milestones'][number];
type MessageEntry = Extract<TimelineEntry, { type: 'message' }>;
type AlertEntry = Extract<TimelineEntry, { type: 'alert' }>;
type Difference = NonNullable<ContractView['difference']>;

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
    const all = contract.milestones.filter((milestone) => milestone.dueAt !== null);
    const dated = all.slice(0, milestonesDrawn);
    const milestones = [];
    for (const milestone of dated)
      milestones.push({ ...milestone, text: await this.textOf(caller, contract, milestone) });
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

/** Counts the contacts that a change would text on the day that it is made. */
function textedOn(today: string, { difference }: ContractView): number {
  const changes = [...(difference?.added ?? []), ...(difference?.moved ?? [])];
  return new Set(
    changes
      .filter(({ to }) => to.status === 'planned' && to.dueAt.slice(0, 10) <= today)
      .map((change) => change.contactId),
  ).size;
}

export interface ShownDifference {
  rows: {
    how: keyof Difference;
    milestone: Words | null;
    code: string;
    who: string | null;
    from: string | null;
    to: string;
    status: Words;
    why: Words | null;
    cancelled: boolean;
  }[];
  /** Alerts that change and stand in no row. */
  more: number;
  unchanged: number;
  textedToday: number;
}

/** Shows what a change would do to the alerts, before it is saved. */
export function differenceShown(view: ContractView, today: string): ShownDifference {
  const names = new Map(view.milestones.map((milestone) => [milestone.code, milestone.name]));
  const people = new Map(
    view.counterparties.flatMap((party) =>
      party.contacts.map((contact) => [contact.id, contact.name ?? party.name] as const),
    ),
  );
  const difference = view.difference ?? { added: [], moved: [], cancelled: [], unchanged: [] };
  // What is cancelled comes first: it must not be hidden behind much that is added or moved.
  const changes = (['cancelled', 'moved', 'added'] as const).flatMap((how) =>
    difference[how].map((change) => ({ how, change })),
  );
  const rows = changes.slice(0, linesOfPage).map(({ how, change }) => ({
    how,
    code: change.milestone,
    milestone: names.get(change.milestone) ?? null,
    who: people.get(change.contactId) ?? null,
    from: change.from?.dueAt ?? null,
    to: change.to.dueAt,
    status: alertStatusText(change.to.status),
    why: alertReasonText({ reason: change.to.reason, failure: null }),
    cancelled: how === 'cancelled',
  }));
  const more = changes.length - rows.length;
  return { rows, more, unchanged: difference.unchanged.length, textedToday: textedOn(today, view) };
}

/** The looks of an alert by its status: `good`, `bad`, `wait` for what wants a look, `now` for what goes on. */
const alertTones: Record<string, string> = {
  planned: 'plan',
  messaged: 'now',
  held: 'wait',
  missed: 'bad',
  covered: '',
  history: '',
  cancelled: '',
};

interface ShownAlert {
  id: string;
  who: string | null;
  number: string | null;
  dueAt: string;
  status: Words;
  tone: string;
  why: Words | null;
  neutral: boolean;
  messageId: string | null;
  text: string | null;
}

/** Shows a contract's milestones in the order of their days, each with what became of its alerts. */
export function milestonesShown(contract: ContractView, timeline: TimelineEntry[]) {
  const messages = new Map(
    timeline.flatMap((entry) => (entry.type === 'message' ? [[entry.id, entry] as const] : [])),
  );
  const alerts = new Map(
    timeline.flatMap((entry) => (entry.type === 'alert' ? [[entry.id, entry] as const] : [])),
  );
  return contract.milestones
    .map((milestone) => {
      const shown = milestone.alerts.flatMap(({ id }) => alertShown(alerts.get(id), messages));
      return {
        ...milestone,
        alerts: shown,
        tone: toneOf(milestone, shown),
        sort: milestone.dueAt ?? `${milestone.expectedBy ?? '9999'}`,
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

function alertShown(alert: AlertEntry | undefined, messages: Map<string, MessageEntry>): ShownAlert[] {
  if (!alert) return [];
  const message = alert.messageId === null ? undefined : messages.get(alert.messageId);
  return [
    {
      id: alert.id,
      who: alert.contact.name,
      number: alert.contact.number,
      dueAt: alert.at,
      status: message ? message.statusText : alert.statusText,
      tone: (message ? messageTones[message.status] : alertTones[alert.status]) ?? '',
      why: message ? message.reasonText : alert.reasonText,
      neutral: alert.wording === 'neutral',
      messageId: alert.messageId,
      text: message?.text ?? null,
    },
  ];
}

/** Marks a milestone by the worst of what happened to its alerts. */
function toneOf(milestone: Milestone, alerts: ShownAlert[]): string {
  if (milestone.overdue) return 'bad';
  for (const tone of ['bad', 'wait', 'now', 'good', 'plan'])
    if (alerts.some((alert) => alert.tone === tone)) return tone;
  return '';
}

interface StripMark {
  /** The day of the alert. */
  day: string;
  label: string;
  neutral: boolean;
}

interface Strip {
  bands: { x: number; width: number; kind: 'closed' | 'holiday' }[];
  months: { x: number; label: string }[];
  marks: {
    x: number;
    y: number;
    label: string;
    number: number;
    neutral: boolean;
    anchor: 'start' | 'middle' | 'end';
  }[];
  today: number | null;
}

/** The drawing's width in its own units; labels take turns in so many rows. */
const width = 1000;
const rows = 4;

/** A drawing of more days has no bands: beyond two years a day is narrower than a hair. */
const mostDaysWithBands = 760;

/** Draws a contract's time as a strip of days, with weekends, holidays and its alerts. Null when there are no marks. */
function planStrip(marks: StripMark[], calendar: Calendar, today: string, locale: Locale): Strip | null {
  const days = marks.map((mark) => mark.day).sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  const start = addDays(first, -5);
  const length = Math.max(daysBetween(start, last) + 6, 21);
  const x = (day: string) => Math.round((daysBetween(start, day) / length) * width * 10) / 10;
  return {
    bands: length > mostDaysWithBands ? [] : bandsOf(start, length, calendar, x),
    months: monthsOf(start, length, x, locale),
    marks: marks.map((mark, i) => {
      const at = x(mark.day) + width / length / 2;
      return {
        x: at,
        y: 46 + (i % rows) * 18,
        label: mark.label,
        number: i + 1,
        neutral: mark.neutral,
        anchor: at > width - 140 ? 'end' : 'start',
      };
    }),
    today: today >= start && daysBetween(start, today) <= length ? x(today) : null,
  };
}

function bandsOf(
  start: string,
  length: number,
  calendar: Calendar,
  x: (day: string) => number,
): Strip['bands'] {
  const bands: Strip['bands'] = [];
  for (let n = 0; n < length; n += 1) {
    const day = addDays(start, n);
    if (calendar.isBusinessDay(day)) continue;
    const weekend = weekday(day) === 0 || weekday(day) === 6;
    bands.push({
      x: x(day),
      width: Math.round((width / length) * 10) / 10,
      kind: weekend ? 'closed' : 'holiday',
    });
  }
  return bands;
}

function monthsOf(
  start: string,
  length: number,
  x: (day: string) => number,
  locale: Locale,
): Strip['months'] {
  const form = new Intl.DateTimeFormat(locale === 'ko' ? 'ko-KR' : 'en-GB', {
    month: 'short',
    ...(length > 400 ? { year: '2-digit' as const } : {}),
    timeZone: 'UTC',
  });
  const months: Strip['months'] = [];
  const step = Math.max(1, Math.ceil(length / 30 / 14));
  for (let n = 0; n < length; n += 1) {
    const day = addDays(start, n);
    if (!day.endsWith('-01') || (Number(day.slice(5, 7)) - 1) % step !== 0) continue;
    months.push({ x: x(day), label: form.format(new Date(`${day}T00:00:00Z`)) });
  }
  return months;
}
