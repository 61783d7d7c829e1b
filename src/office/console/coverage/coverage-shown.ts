import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import type { Dimension } from '../../coverage/coverage-figures.js';
import { outcomes } from '../../coverage/coverage-rules.js';
import type { StatisticsRequest, StatisticsRow } from '../../coverage/coverage.schema.js';
import { CoverageService } from '../../coverage/coverage.service.js';
import { addressOf } from '../choices.js';
import { Today } from '../contracts/today.js';
import { monthText } from '../formats.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';
import type { CoverageAsked } from './coverage-page.schema.js';
import { daysOf, heatMapOf } from './heat-map.js';
import { headlineOf, reasonsOf, shareText } from './headline.js';

const milestonesPath = '/console/coverage/milestones';
type Filter = Record<string, string | undefined>;

/** Coverage as pages show it: in words, as a table, and as a map of departments and months. */
@Injectable()
export class CoverageShown {
  constructor(
    private readonly coverage: CoverageService,
    private readonly day: Today,
  ) {}

  /** The month of the service clock and the eleven before it; or that month alone. */
  async period(months = 12): Promise<{ from: string; to: string }> {
    const to = await this.day.today();
    const [year = 0, month = 0] = to.split('-').map(Number);
    return { from: new Date(Date.UTC(year, month - months, 1)).toISOString().slice(0, 10), to };
  }

  /** For the home: one sentence, and the way to the rest. */
  async headline(caller: Caller, months: number, locale: Locale) {
    const period = await this.period(months);
    const { total } = await this.coverage.statistics(caller, {
      ...period,
      groupBy: [],
      rollUp: false,
      format: 'json',
    });
    return { ...headlineOf(total, locale), ...period, href: addressOf('/console/coverage', period) };
  }

  async of(caller: Caller, asked: CoverageAsked, locale: Locale) {
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
