import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { kindSchema } from '../../../core/settings/plan.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { type Locale, translate } from '../../../platform/words/words.js';
import {
  type Dimension,
  dimensions,
  type Figures,
  type StatisticsRequest,
  type StatisticsRow,
} from '../../coverage/coverage.schema.js';
import { outcomes, type Reason, reasons, reasonWords } from '../../coverage/coverage.words.js';
import { CoverageService } from '../../coverage/coverage.service.js';
import { addressOf } from '../form.js';
import { monthText } from '../formats.js';
import type { Visit } from '../visit.js';
import '../console.words.js';
import './coverage.words.js';

/** What the address of the page says. */
export const coveragePageQuery = z.strictObject({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  departmentId: z.uuid().optional(),
  kind: kindSchema.optional(),
  officerId: z.union([z.uuid(), z.literal('none')]).optional(),
  groupBy: z.enum(dimensions).default('department'),
  rollUp: z.literal('on').optional(),
  csv: z.enum(['table', 'heat']).optional(),
});

/** With its period settled. */
export type CoverageAsked = Omit<z.infer<typeof coveragePageQuery>, 'csv'> & { from: string; to: string };

const milestonesPath = '/console/coverage/milestones';
type Filter = Record<string, string | undefined>;

/** Coverage as pages show it: in words, as a table, and as a map of departments and months. */
@Injectable()
export class CoverageShown {
  constructor(
    private readonly coverage: CoverageService,
    private readonly settings: SettingsService,
  ) {}

  /** The month of the service clock and the eleven before it; or that month alone. */
  async period(months = 12): Promise<{ from: string; to: string }> {
    const to = await this.settings.today();
    const [year = 0, month = 0] = to.split('-').map(Number);
    return { from: new Date(Date.UTC(year, month - months, 1)).toISOString().slice(0, 10), to };
  }

  /** For the home: one sentence, and the way to the rest. */
  async headline({ caller, locale }: Visit, months: number) {
    const period = await this.period(months);
    const { total } = await this.coverage.statistics(caller, {
      ...period,
      groupBy: [],
      rollUp: false,
      format: 'json',
    });
    return { ...headlineOf(total, locale), ...period, href: addressOf('/console/coverage', period) };
  }

  async inFull({ caller, locale }: Visit, asked: CoverageAsked) {
    const drill = caller.role !== 'monitor';
    const table = await this.coverage.statistics(caller, requestOf(asked, [asked.groupBy]));
    const heat = await this.coverage.statistics(caller, requestOf(asked, ['department', 'month']));
    const to = (more: Filter) => (drill ? addressOf(milestonesPath, { ...filterOf(asked), ...more }) : null);
    const headline = headlineOf(table.total, locale);
    const total = rowOf({ figures: table.total }, translate(locale, 'coverage.total'), {}, to, locale);
    return {
      asOf: table.asOf,
      headline: {
        ...headline,
        reasons: headline.reasons.map((one) => ({ ...one, href: to({ reason: one.reason }) })),
        neutralHref: to({ only: 'neutral' }),
      },
      heat: heatMapOf(heat.rows, locale, (departmentId, month) =>
        to({ departmentId, ...ownOnly(asked), ...daysOf(month, asked) }),
      ),
      rows: inOrder(table.rows, locale).map((row) =>
        rowOf(row, nameOf(row, asked.groupBy, locale), keyOf(row, asked), to, locale),
      ),
      total,
      milestones: to({}),
    };
  }
}

export function requestOf(asked: CoverageAsked, groupBy: Dimension[]): StatisticsRequest {
  const { rollUp, groupBy: _groupBy, ...filters } = asked;
  return { ...filters, groupBy, rollUp: rollUp === 'on', format: 'json' };
}

function filterOf({ from, to, departmentId, kind, officerId }: CoverageAsked): Filter {
  return { from, to, departmentId, kind, officerId };
}

/** A row without those below it leads to its own milestones alone. */
function ownOnly({ rollUp }: CoverageAsked): Filter {
  return rollUp === 'on' ? {} : { below: 'no' };
}

/** As the map has them: departments by their code; officers by name, months and kinds as they come. */
function inOrder(rows: StatisticsRow[], locale: Locale): StatisticsRow[] {
  const word = ({ department, officer }: StatisticsRow) => department?.code ?? officer?.name ?? '';
  return rows.toSorted((a, b) => word(a).localeCompare(word(b), locale));
}

/** What of the address a row narrows. */
function keyOf({ department, kind, officer, month }: StatisticsRow, asked: CoverageAsked): Filter {
  if (department) return { departmentId: department.id, ...ownOnly(asked) };
  if (month) return daysOf(month, asked);
  return kind ? { kind } : { officerId: officer?.id ?? 'none' };
}

function nameOf({ department, kind, officer, month }: StatisticsRow, by: Dimension, locale: Locale): string {
  if (by === 'department') return department?.name[locale] ?? '';
  if (by === 'kind') return translate(locale, `kinds.${kind ?? ''}`);
  if (by === 'month') return monthText(month ?? '', locale);
  return officer?.name ?? translate(locale, 'coverage.nobodyNamed');
}

function rowOf(
  { figures }: Pick<StatisticsRow, 'figures'>,
  name: string,
  key: Filter,
  to: (more: Filter) => string | null,
  locale: Locale,
) {
  return {
    name,
    href: to(key),
    called: figures.called,
    outcomes: outcomes.map((outcome) => ({
      outcome,
      count: figures[outcome],
      href: figures[outcome] > 0 ? to({ ...key, outcome }) : null,
    })),
    share: shareText(figures, locale),
    reasons: reasonsOf(figures, locale).map((one) => ({ ...one, href: to({ ...key, reason: one.reason }) })),
  };
}

export interface ShownReason {
  reason: Reason;
  text: string;
  count: number;
}

/** Of an empty period there is no share. */
export function shareText(figures: Figures, locale: Locale): string | null {
  const percent = percentOf(figures);
  if (percent === null) return null;
  const form = new Intl.NumberFormat(locale === 'ko' ? 'ko-KR' : 'en-GB', { maximumFractionDigits: 1 });
  return `${form.format(percent)}%`;
}

/** Told of those that called for it, in per cent, to one place: rounded down, so that 100 means all of them. */
export function percentOf({ called, delivered, alerted }: Figures): number | null {
  return called === 0 ? null : Math.floor(((delivered + alerted) * 1000) / called) / 10;
}

/** What a figure says in a sentence. */
export function headlineOf(figures: Figures, locale: Locale) {
  const told = figures.delivered + figures.alerted;
  const untold = figures.called - told;
  const key =
    figures.called === 0
      ? 'headlineNone'
      : untold === 0
        ? 'headlineAll'
        : figures.partly > 0
          ? 'headlinePartly'
          : 'headline';
  const written = (count: number) => count.toLocaleString(locale === 'ko' ? 'ko-KR' : 'en-GB');
  return {
    share: shareText(figures, locale),
    text: translate(locale, `coverage.${key}`, {
      called: written(figures.called),
      told: written(told),
      untold: written(untold),
      partly: written(figures.partly),
    }),
    reasons: reasonsOf(figures, locale),
    neutral: figures.neutral,
    toCome: figures.toCome,
  };
}

/** Of the missed and the partly told together, the most frequent first. */
export function reasonsOf({ missedBecause, partlyBecause }: Figures, locale: Locale): ShownReason[] {
  return reasons
    .map((reason) => ({
      reason,
      text: reasonWords[reason][locale],
      count: (missedBecause[reason] ?? 0) + (partlyBecause[reason] ?? 0),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

type Department = NonNullable<StatisticsRow['department']>;

export interface HeatCell {
  share: string | null;
  heat: string;
  called: number;
  label: string;
  href: string | null;
}

export interface HeatMap {
  months: { month: string; text: string }[];
  rows: { department: string; cells: (HeatCell | null)[] }[];
}

/** Departments by months; a month between others in which nothing was called for is shown as well. */
export function heatMapOf(
  rows: StatisticsRow[],
  locale: Locale,
  hrefOf: (departmentId: string, month: string) => string | null,
): HeatMap {
  const months = monthsOf(rows.flatMap(({ month, figures }) => (month && figures.called > 0 ? [month] : [])));
  const departments = new Map<string, { department: Department; byMonth: Map<string, Figures> }>();
  for (const { department, month, figures } of rows) {
    if (!department || !month || figures.called === 0) continue;
    const row = departments.get(department.id) ?? { department, byMonth: new Map<string, Figures>() };
    departments.set(department.id, row);
    row.byMonth.set(month, figures);
  }
  const sorted = [...departments.values()].sort((a, b) => (a.department.code < b.department.code ? -1 : 1));
  return {
    months: months.map((month) => ({ month, text: monthText(month, locale) })),
    rows: sorted.map(({ department, byMonth }) => ({
      department: department.name[locale],
      cells: months.map((month) => {
        const figures = byMonth.get(month);
        return figures ? cellOf(figures, department, month, locale, hrefOf(department.id, month)) : null;
      }),
    })),
  };
}

/** 3: all were told, down to 0; the page's legend says the same. */
export function heatOf(percent: number): number {
  return percent >= 100 ? 3 : percent >= 95 ? 2 : percent >= 80 ? 1 : 0;
}

function cellOf(
  figures: Figures,
  department: Department,
  month: string,
  locale: Locale,
  href: string | null,
): HeatCell {
  return {
    share: shareText(figures, locale),
    heat: `heat-${heatOf(percentOf(figures) ?? 0)}`,
    called: figures.called,
    label: translate(locale, 'coverage.heatCell', {
      department: department.name[locale],
      month: monthText(month, locale),
      told: figures.delivered + figures.alerted,
      called: figures.called,
    }),
    href,
  };
}

function monthsOf(found: string[]): string[] {
  const [first, last] = [found.toSorted()[0], found.toSorted().at(-1)];
  if (first === undefined || last === undefined) return [];
  const months: string[] = [];
  for (let month = first; month <= last; month = monthAfter(month)) months.push(month);
  return months;
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

/** The first and the last day of a month, as far as they are within a period. */
export function daysOf(
  month: string,
  { from, to }: { from: string; to: string },
): { from: string; to: string } {
  const last = new Date(Date.parse(`${monthAfter(month)}-01T00:00:00Z`) - 86_400_000)
    .toISOString()
    .slice(0, 10);
  return { from: from > `${month}-01` ? from : `${month}-01`, to: to < last ? to : last };
}
