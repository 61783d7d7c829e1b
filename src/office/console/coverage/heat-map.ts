import type { Figures } from '../../coverage/coverage-figures.js';
import type { StatisticsRow } from '../../coverage/coverage.schema.js';
import { monthText } from '../formats.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';
import { percentOf, shareText } from './headline.js';

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
