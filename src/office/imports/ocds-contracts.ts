import { showRaw } from '../../platform/phone-numbers/phone-number.js';
import {
  referencePattern,
  rowProblem,
  type ImportedContract,
  type RowProblem,
  type SourceStatus,
} from './import.types.js';
import { ocdsFinding } from './ocds.words.js';
import { listAt, objectAt, textAt, type JsonObject } from './json-value.js';
import type { CompiledRelease } from './ocds-merge.js';
import { occurrencesOf, type OcdsKind } from './ocds-occurrences.js';
import { awardOf, suppliersOf, type Report } from './ocds-parties.js';
import { dayAt, decimalOf } from './ocds-values.js';

export interface OcdsRules {
  allowFiction: boolean;
  /** Of the release in the file, for the report. */
  line: number;
}

/**
 * Every contract of a compiled release, and what is wrong with them. A process without contracts gives none.
 * `field` of a problem is the ocid and the path inside of the release.
 */
export function contractsOf(
  { ocid, release }: CompiledRelease,
  rules: OcdsRules,
): { contracts: ImportedContract[]; problems: RowProblem[] } {
  const contracts: ImportedContract[] = [];
  const problems: RowProblem[] = [];
  for (const [index, contract] of listAt(release, 'contracts').entries()) {
    const at = `${textAt({ ocid }, 'ocid', 80) ?? ''} contracts[${textAt(contract, 'id', 80) ?? index}]`;
    const found: RowProblem[] = [];
    const report: Report = (path, finding, weight, value = '') => {
      const field = path === '' ? at : `${at}.${path}`;
      found.push(rowProblem({ line: rules.line, field, value: showRaw(value) }, finding, weight));
    };
    const imported = contractOf(release, contract, rules, report);
    if (imported && !found.some((problem) => problem.fatal)) contracts.push(imported);
    problems.push(...found);
  }
  return { contracts, problems };
}

function contractOf(
  release: JsonObject,
  contract: JsonObject,
  { allowFiction, line }: OcdsRules,
  report: Report,
): ImportedContract | null {
  const reference = referenceOf(contract, report);
  const kind = kindOf(release, contract, report);
  if (reference === null || kind === null) return null;
  const tender = objectAt(release, 'tender');
  const award = awardOf(release, contract);
  return {
    source: 'ocds',
    reference,
    revision: null,
    kind,
    title: [contract, award, tender].map((o) => textAt(o, 'title', 500)).find((t) => t !== null) ?? reference,
    department: departmentOf(release),
    officer: null,
    signedOn: dayOrReport(contract, 'dateSigned', 'dateSigned', report),
    ...periodOf(contract, award, report),
    value: valueOf(contract, report),
    method: textAt(tender, 'procurementMethod', 100),
    status: statusOf(contract, report),
    counterparties: suppliersOf(release, contract, allowFiction, report),
    amendments: amendmentsOf(contract, report),
    occurrences: occurrencesOf(contract, kind, report),
    line,
  };
}

function referenceOf(contract: JsonObject, report: Report): string | null {
  const id = textAt(contract, 'id', 1000)?.normalize('NFKC') ?? null;
  if (id !== null && referencePattern.test(id)) return id;
  report(
    'id',
    ocdsFinding(id === null ? 'reference-missing.id' : 'reference-unusable.id'),
    'fatal',
    id ?? '',
  );
  return null;
}

const categories: Record<string, OcdsKind> = { goods: 'goods', works: 'works', services: 'service' };

/** By the tender's category; without one by the CPV of what is bought: 45 is works, up to 44 and 48 goods. */
function kindOf(release: JsonObject, contract: JsonObject, report: Report): OcdsKind | null {
  const tender = objectAt(release, 'tender');
  const category = textAt(tender, 'mainProcurementCategory') ?? '';
  const named = Object.hasOwn(categories, category) ? categories[category] : undefined;
  if (named) return named;
  const classified = [contract, awardOf(release, contract), tender]
    .flatMap((o) => listAt(o, 'items'))
    .flatMap(cpvOf);
  const divisions = classified.map((code) => Number(code.slice(0, 2)));
  const [first] = divisions;
  if (first === undefined) {
    report('', ocdsFinding('kind-unknown.ocds'), 'fatal', category);
    return null;
  }
  const kind = divisions.includes(45) ? 'works' : first < 45 || first === 48 ? 'goods' : 'service';
  report('items', ocdsFinding('kind-by-cpv', { kind }), 'information', classified[0] ?? '');
  return kind;
}

function cpvOf(item: JsonObject): string[] {
  const classification = objectAt(item, 'classification');
  if (!/^CPV/i.test(textAt(classification, 'scheme') ?? '')) return [];
  // Published by way of a spreadsheet, 03000000 comes without its zero and 45233130 as 45233130.0.
  const [digits] = /^\d{7,8}(?!\d)/.exec(textAt(classification, 'id') ?? '') ?? [];
  return digits === undefined ? [] : [digits.padStart(8, '0')];
}

function departmentOf(release: JsonObject): string | null {
  const buyer = objectAt(release, 'buyer');
  const named = listAt(release, 'parties').find(
    (p) => textAt(p, 'id') !== null && textAt(p, 'id') === textAt(buyer, 'id'),
  );
  const entity = objectAt(objectAt(release, 'tender'), 'procuringEntity');
  return textAt(buyer, 'name') ?? textAt(named ?? {}, 'name') ?? textAt(entity, 'name');
}

function periodOf(
  contract: JsonObject,
  award: JsonObject,
  report: Report,
): Pick<ImportedContract, 'startsOn' | 'endsOn'> {
  const own = objectAt(contract, 'period');
  const planned = objectAt(award, 'contractPeriod');
  const isOwn = Object.keys(own).length > 0;
  const period = isOwn ? own : planned;
  const startsOn = dayOrReport(period, 'startDate', 'period.startDate', report);
  const endsOn = dayOrReport(period, 'endDate', 'period.endDate', report);
  if (!isOwn && (startsOn ?? endsOn) !== null)
    report('period', ocdsFinding('period-of-award'), 'information');
  if (startsOn !== null && endsOn !== null && startsOn > endsOn)
    report('period', ocdsFinding('dates-out-of-order.period'), 'fatal', `${startsOn} – ${endsOn}`);
  return { startsOn, endsOn };
}

function valueOf(contract: JsonObject, report: Report): ImportedContract['value'] {
  const value = objectAt(contract, 'value');
  const amount = decimalOf(value['amount']);
  const currency = textAt(value, 'currency');
  if (amount !== null && currency !== null && /^[A-Z]{3}$/.test(currency)) return { amount, currency };
  if (value['amount'] !== undefined)
    report(
      'value',
      ocdsFinding('value-unusable'),
      'warning',
      `${textAt(value, 'amount') ?? ''} ${currency ?? ''}`,
    );
  return null;
}

const statuses: readonly SourceStatus[] = ['active', 'pending', 'cancelled', 'terminated'];

function statusOf(contract: JsonObject, report: Report): SourceStatus | null {
  const said = textAt(contract, 'status');
  const status = statuses.find((s) => s === said) ?? null;
  if (said !== null && status === null) report('status', ocdsFinding('status-unknown'), 'warning', said);
  return status;
}

function amendmentsOf(contract: JsonObject, report: Report): ImportedContract['amendments'] {
  // OCDS 1.0 has a single "amendment".
  const single = objectAt(contract, 'amendment');
  const amendments = [...listAt(contract, 'amendments'), ...(Object.keys(single).length > 0 ? [single] : [])];
  return amendments.flatMap((amendment, i) => {
    const date = dayOrReport(amendment, 'date', `amendments[${i}].date`, report);
    return date === null ? [] : [{ id: textAt(amendment, 'id') ?? date, date }];
  });
}

function dayOrReport(object: JsonObject, key: string, path: string, report: Report): string | null {
  const day = dayAt(object, key);
  const written = textAt(object, key, 60);
  if (day === null && written !== null) report(path, ocdsFinding('date-unreadable.ocds'), 'warning', written);
  return day;
}
