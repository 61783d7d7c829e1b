import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { addDays, addMonths } from '../../../core/calendar/local-date.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { type Locale, translate } from '../../../platform/words/words.js';
import {
  type Dimension,
  dimensions,
  type Figures,
  type StatisticsRequest,
  type StatisticsRow,
  statisticsSchema,
} from '../../coverage/coverage.schema.js';
import { outcomes, reasons, reasonWords } from '../../coverage/coverage.words.js';
import { CoverageService } from '../../coverage/coverage.service.js';
import { FormChoices } from '../choices.js';
import { addressOf } from '../form.js';
import { monthText, numberText } from '../formats.js';
import type { Visit } from '../visit.js';
import '../console.words.js';
import './coverage.words.js';

/** The address of the page says this. */
export const coveragePageQuery = statisticsSchema.omit({ below: true, format: true }).extend({
  groupBy: z.enum(dimensions).default('department'),
  rollUp: z.literal('on').optional(),
  file: z.enum(['table', 'heat']).optional(),
  format: z.enum(['csv', 'xlsx']).default('csv'),
});

/** This is the same with its period settled. */
export type CoverageAsked = Omit<z.infer<typeof coveragePageQuery>, 'file' | 'format'> & Period;

interface Period {
  from: string;
  to: string;
}

type Filter = Record<string, string | undefined>;

/** Shown is how a page shows figures: in a language, with addresses of the milestones behind them, for those who may read these. */
interface Shown {
  locale: Locale;
  to: (more: Filter) => string | null;
}

type Department = NonNullable<StatisticsRow['department']>;

/** CoverageShown is coverage as pages show it: in words, as a table, and as a map of departments and months. */
@Injectable()
export class CoverageShown {
  constructor(
    private readonly coverage: CoverageService,
    private readonly settings: SettingsService,
    private readonly choices: FormChoices,
  ) {}

  /** Returns the month of the service clock and the eleven before it; or so many months in all. */
  async period(months = 12): Promise<Period> {
    const to = await this.settings.today();
    return { from: addMonths(`${to.slice(0, 7)}-01`, 1 - months), to };
  }

  /** Writes one sentence for the home, and the way to the rest. */
  async headline({ caller, locale }: Visit, months: number) {
    const period = await this.period(months);
    const { total } = await this.coverage.statistics(caller, {
      ...period,
      groupBy: [],
      rollUp: false,
    });
    return { ...headlineOf(total, locale), ...period, href: addressOf('/console/coverage', { ...period }) };
  }

  async inFull(visit: Visit, asked: CoverageAsked) {
    const { caller, locale } = visit;
    const { from, to, departmentId, kind, officerId } = asked;
    const filter = { from, to, departmentId, kind, officerId };
    const shown: Shown = {
      locale,
      to: (more) =>
        caller.role === 'monitor' ? null : addressOf('/console/coverage/milestones', { ...filter, ...more }),
    };
    const table = await this.coverage.statistics(caller, requestOf(asked, [asked.groupBy]));
    const heat = await this.coverage.statistics(caller, requestOf(asked, ['department', 'month']));
    const { reasons: why, ...headline } = headlineOf(table.total, locale);
    return {
      asOf: table.asOf,
      headline: {
        ...headline,
        reasons: why.map((one) => ({ ...one, href: shown.to({ reason: one.reason }) })),
        neutralHref: shown.to({ only: 'neutral' }),
      },
      heat: heatMapOf(heat.rows, locale, (id, month) =>
        shown.to({ departmentId: id, ...ownOnly(asked), ...daysOf(month, asked) }),
      ),
      rows: inOrder(await this.choices.withOfficers(visit, table.rows), locale).map((row) =>
        rowOf(row.figures, keyName(row, asked.groupBy, locale), keyOf(row, asked), shown),
      ),
      total: rowOf(table.total, translate(locale, 'coverage.total'), {}, shown),
      milestones: shown.to({}),
    };
  }
}

export function requestOf(asked: CoverageAsked, groupBy: Dimension[]): Omit<StatisticsRequest, 'format'> {
  const { rollUp, groupBy: _groupBy, ...filters } = asked;
  return { ...filters, groupBy, rollUp: rollUp === 'on' };
}

/** Leads a row that does not hold those below it to its own milestones alone. */
function ownOnly({ rollUp }: CoverageAsked): Filter {
  return rollUp === 'on' ? {} : { below: 'no' };
}

/** Orders departments by their code, as the map does, and officers by name; months and kinds stay as they are. */
function inOrder(rows: StatisticsRow[], locale: Locale): StatisticsRow[] {
  const word = ({ department, officer }: StatisticsRow) => department?.code ?? officer?.name ?? '';
  return rows.toSorted((a, b) => word(a).localeCompare(word(b), locale));
}

/** Returns the part of the filters that a row narrows. */
function keyOf({ department, kind, officer, month }: StatisticsRow, asked: CoverageAsked): Filter {
  if (department) return { departmentId: department.id, ...ownOnly(asked) };
  if (month) return { ...daysOf(month, asked) };
  return kind ? { kind } : { officerId: officer?.id ?? 'none' };
}

export function keyName(
  { department, kind, officer, month }: StatisticsRow,
  by: Dimension,
  locale: Locale,
): string {
  if (by === 'department') return department?.name[locale] ?? '';
  if (by === 'kind') return translate(locale, `kinds.${kind ?? ''}`);
  if (by === 'month') return monthText(month ?? '', locale);
  return officer?.name ?? translate(locale, 'coverage.nobodyNamed');
}

function rowOf(figures: Figures, name: string, key: Filter, { locale, to }: Shown) {
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

/** Writes the share that was notified; an empty period has none. */
export function shareText(figures: Figures, locale: Locale): string | null {
  const percent = percentOf(figures);
  return percent === null ? null : `${numberText(percent, locale)}%`;
}

/** Computes the notified of those that called for it, in per cent, to one place: rounded down, so that 100 means all of them. */
export function percentOf({ called, delivered, alerted }: Figures): number | null {
  return called === 0 ? null : Math.floor(((delivered + alerted) * 1000) / called) / 10;
}

/** Says in a sentence what the figures mean. */
export function headlineOf(figures: Figures, locale: Locale) {
  const { called, delivered, alerted, partly, neutral, toCome } = figures;
  const told = delivered + alerted;
  const counts = { called, told, untold: called - told, partly };
  const written = Object.entries(counts).map(([name, count]) => [name, numberText(count, locale)] as const);
  const params: Record<string, string> = Object.fromEntries(written);
  return {
    share: shareText(figures, locale),
    text: translate(locale, `coverage.${headlineKey(counts)}`, params),
    reasons: reasonsOf(figures, locale),
    neutral,
    toCome,
  };
}

function headlineKey({ called, untold, partly }: { called: number; untold: number; partly: number }): string {
  if (called === 0) return 'headlineNone';
  if (untold === 0) return 'headlineAll';
  return partly > 0 ? 'headlinePartly' : 'headline';
}

/** Adds up the reasons of the missed and the partly notified together, the most frequent first. */
export function reasonsOf({ missedBecause, partlyBecause }: Figures, locale: Locale) {
  return reasons
    .map((reason) => ({
      reason,
      text: reasonWords[reason][locale],
      count: (missedBecause[reason] ?? 0) + (partlyBecause[reason] ?? 0),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/** Sets departments against months; a month between others in which nothing was called for is shown as well. */
export function heatMapOf(
  rows: StatisticsRow[],
  locale: Locale,
  hrefOf: (departmentId: string, month: string) => string | null,
) {
  const departments = new Map<string, Department>();
  const figuresOf = new Map<string, Figures>();
  for (const { department, month = '', figures } of rows) {
    if (!department || figures.called === 0) continue;
    departments.set(department.id, department);
    figuresOf.set(`${month} ${department.id}`, figures);
  }
  const months = monthsBetween([...figuresOf.keys()].map((key) => key.slice(0, 7)).sort());
  const sorted = [...departments.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  return {
    months: months.map((month) => ({ month, text: monthText(month, locale) })),
    rows: sorted.map((department) => ({
      department: department.name[locale],
      cells: months.map((month) => {
        const figures = figuresOf.get(`${month} ${department.id}`);
        if (!figures) return null;
        return { ...cellOf(figures, department, month, locale), href: hrefOf(department.id, month) };
      }),
    })),
  };
}

/** Grades a share from 3, for all of them, down to 0; the page's legend says the same. */
export function heatOf(percent: number): number {
  return [80, 95, 100].filter((limit) => percent >= limit).length;
}

function cellOf(figures: Figures, department: Department, month: string, locale: Locale) {
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
  };
}

/** Returns every month from the first of these to the last. */
function monthsBetween(sorted: string[]): string[] {
  const months: string[] = [];
  const [first, last = ''] = [sorted[0], sorted.at(-1)];
  for (let month = first; month !== undefined && month <= last; month = monthAfter(month)) months.push(month);
  return months;
}

function monthAfter(month: string): string {
  return addMonths(`${month}-01`, 1).slice(0, 7);
}

/** Returns the first and the last day of a month, as far as they are within a period. */
export function daysOf(month: string, { from, to }: Period): Period {
  const [first, last] = [`${month}-01`, addDays(`${monthAfter(month)}-01`, -1)];
  return { from: from > first ? from : first, to: to < last ? to : last };
}
