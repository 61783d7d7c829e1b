import type { StreamableFile } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { ExportJournal } from '../../../core/log/export-journal.js';
import type { CountedTexts } from '../../../core/log/alert-days.service.js';
import { groupedBy } from '../../../platform/grouped-by.js';
import { pagesOf, tableFile } from '../../../platform/sheets/table-file.js';
import { amountOf, costOf, type MonthCosts, priceOf } from '../../reports/costs.js';
import { Reports } from '../../reports/reports.service.js';
import { ExportedFiles, type FileFormat } from '../exported-files.js';
import type { Visit } from '../visit.js';

/** Shows what counted texts cost; null where no price of any is known, and of months before it was counted. */
export function costShown(costs: MonthCosts | undefined, departmentId?: string) {
  if (!costs) return null;
  const { currency, prices } = costs;
  const counts = costs.counts.filter(
    (one) => departmentId === undefined || one.departmentId === departmentId,
  );
  const { texts, amount, unpriced } = costOf(counts, prices);
  return texts === unpriced ? null : { amount: String(amount), currency, unpriced };
}

/** Shows the texts of a month by provider and class, with what one costs and what all of them do. */
export function costLines({ counts, currency, prices }: MonthCosts, visit: Visit) {
  const money = (amount: number | null) => (amount === null ? null : { amount: String(amount), currency });
  const groups = groupedBy(counts, ({ provider, textClass }) => `${provider} ${textClass}`);
  return [...groups.values()].map((same) => {
    const [first] = same as [CountedTexts];
    const sumOf = (of: 'texts' | 'parts') => same.reduce((sum, count) => sum + count[of], 0);
    const sum = { ...first, texts: sumOf('texts'), parts: sumOf('parts') };
    return {
      provider: sum.provider,
      what: visit.t(`costs.class-${sum.textClass ?? 'unknown'}`),
      texts: sum.texts,
      parts: sum.textClass === 'elsewhere' ? sum.parts : null,
      price: money(priceOf(sum, prices)),
      amount: money(amountOf(sum, prices)),
    };
  });
}

type CostRow = CountedTexts & Pick<MonthCosts, 'currency' | 'prices'> & { month: string; department: string };

/** CostFiles write what the texts of the kept months cost: a line for each month, department, provider and class. */
@Injectable()
export class CostFiles {
  constructor(
    private readonly reports: Reports,
    private readonly files: ExportedFiles,
    private readonly journal: ExportJournal,
  ) {}

  async file(visit: Visit, departmentId: string | null, format: FileFormat): Promise<StreamableFile> {
    const { caller, locale } = visit;
    const kept = await this.reports.list(caller, departmentId);
    const items = kept.flatMap(({ month, figures: { costs, departments } }) => {
      const names = new Map(departments.map(({ department }) => [department.id, department.name[locale]]));
      return (costs?.counts ?? []).map((count): CostRow => {
        const { currency, prices } = costs as MonthCosts;
        return { ...count, month, currency, prices, department: names.get(count.departmentId) ?? '' };
      });
    });
    const title = { name: 'costs', title: visit.t('costs.title') };
    const file = await this.files.describe<CostRow>(
      visit,
      title,
      { format },
      {
        month: (row) => row.month,
        department: (row) => row.department,
        provider: (row) => row.provider,
        textClass: ({ textClass }) => visit.t(`costs.class-${textClass ?? 'unknown'}`),
        texts: (row) => row.texts,
        parts: (row) => row.parts,
        price: (row) => priceOf(row, row.prices),
        cost: (row) => amountOf(row, row.prices),
        currency: (row) => row.currency,
      },
    );
    await this.journal.recordExport(caller, 'statistics', { of: 'costs', departmentId, format });
    return tableFile(
      file,
      pagesOf(() => Promise.resolve({ items, nextCursor: null })),
    );
  }
}
