import { Readable } from 'node:stream';
import { Get } from '@nestjs/common';
import { z } from 'zod';
import { Public } from '../../core/access/rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Kept } from '../../platform/kept.js';
import { plainTable, tableFile } from '../../platform/sheets/table-file.js';
import type { Locale } from '../../platform/words/words.js';
import { reasons, reasonWords } from '../coverage/coverage.words.js';
import { type Cell, leastShown, type PublishedMonth } from '../reports/published.js';
import { Reports } from '../reports/reports.service.js';
import { ConsolePage } from './console-page.js';
import { page, Visit, Visiting } from './visit.js';
import './performance.words.js';

const performanceQuery = z.object({ format: z.enum(['csv']).optional() });

/** PerformancePages show anybody what was promised and what was kept, by month, from figures that they may add up again. */
@ConsolePage('performance')
@Public()
export class PerformancePages {
  /** Strangers, however many, cost one reading in ten seconds. */
  private readonly months: Kept<PublishedMonth[]>;

  constructor(
    reports: Reports,
    private readonly settings: SettingsService,
  ) {
    this.months = new Kept(10_000, () => reports.published());
  }

  @Get()
  async show(@Visiting() visit: Visit) {
    const months = await this.months.get();
    if (visit.query(performanceQuery).format === 'csv')
      return tableFile(figuresTable, Readable.from([months.flatMap(figuresOf)]));
    const { value: agency } = await this.settings.agency();
    return page('performance', 'performance.title', {
      agencyName: agency.name[visit.locale],
      leastShown,
      months: months.map(({ called, told, because, texts, ...rest }) => ({
        ...rest,
        called,
        told,
        share: called === null ? null : `${((told / called) * 100).toFixed(1)}%`,
        because: because.map((cell) => ({ ...cell, text: reasonText(cell, visit.locale) })),
        texts: texts.map((cell) => ({ ...cell, text: visit.t(`performance.texts-${cell.key}`) })),
      })),
    });
  }
}

function reasonText({ key }: Cell, locale: Locale): string {
  const reason = reasons.find((one) => one === key);
  return reason ? reasonWords[reason][locale] : locale === 'ko' ? '그 밖' : 'others';
}

interface FigureRow {
  month: string;
  figure: string;
  key: string | null;
  count: number | string;
}

/** One figure a row, so that a reason that is new needs no new column. */
const figuresTable = plainTable<FigureRow>('performance', {
  month: ({ month }) => month,
  figure: ({ figure }) => figure,
  key: ({ key }) => key,
  count: ({ count }) => count,
});

function figuresOf({ month, called, told, untold, because, texts }: PublishedMonth): FigureRow[] {
  const row = (figure: string, count: number | string, key: string | null = null) => ({
    month,
    figure,
    key,
    count,
  });
  if (called === null) return [row('called', `<${leastShown}`)];
  return [
    row('called', called),
    row('told', told),
    row('untold', untold),
    ...because.map(({ key, count }) => row('untold-because', count, key)),
    ...texts.map(({ key, count }) => row('texts', count, key)),
  ];
}
