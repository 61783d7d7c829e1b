import type { LocalDate } from '../../core/calendar/calendar.schema.js';
import { recordable } from '../../core/planning/milestones.js';
import type { Plan } from '../../core/settings/plan.schema.js';
import { FileProblem } from '../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../platform/sheets/sheet-limits.js';
import { importFinding } from '../imports/import-problems.words.js';
import { type RowProblem, rowProblem } from '../imports/import.types.js';
import { requiredFields, type SheetField } from '../imports/sheet/fields.js';
import { inSheet, type OpenSheet, requireReadable, type SheetFormat } from '../imports/sheet/open-sheet.js';
import { dataRows } from '../imports/sheet/reader.js';
import { readRow, type SheetRules } from '../imports/sheet/row.js';
import { plainWord } from '../imports/sheet/values.js';
import { listFinding } from './reference-lists.words.js';

/** A StatedPayment is a row of another system: what was paid or inspected of a contract, as it is called there, and when. */
export interface StatedPayment {
  line: number;
  reference: string;
  kind: string;
  paidOn: LocalDate | null;
  inspectedOn: LocalDate | null;
  /** What tells this payment from others of the contract, there; blank where the sheet has no such column. */
  number: string;
}

/** ReadPayment is what came of one row; without a payment its problems say why. */
export interface ReadPayment {
  payment: StatedPayment | null;
  problems: RowProblem[];
}

/** A treasury's headings, each by a field of an officers' sheet that reads the same kind of cell. */
const headings = {
  method: '지급구분|지급종류|대금구분|대가구분|지출구분|kind of payment|payment kind',
  startsOn: '지급일|지급일자|지출일|지출일자|paid on|payment date',
  endsOn: '검사일|검사일자|검수일|검수일자|준공검사일|기성검사일|inspected on|inspection date',
  title: '지급번호|지급결의번호|지출결의번호|결의번호|전표번호|payment number|voucher number',
} satisfies Partial<Record<SheetField, string>>;
const mapping = Object.fromEntries(
  Object.entries(headings).flatMap(([field, names]) =>
    names.split('|').map((name) => [plainWord(name), field]),
  ),
);
const expected = ['계약번호', '지급구분', '지급일', '검사일'];

/** Reads a sheet of payments and inspections as an officers' sheet is read, by the headings of a treasury. */
export async function* readPayments(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  rules: SheetRules,
): AsyncGenerator<ReadPayment> {
  try {
    yield* inSheet(format, bytes, mapping, (sheet) => paymentsOf(sheet, rules));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    yield { payment: null, problems: [rowProblem({ line: error.line }, error.finding, 'fatal')] };
  }
}

async function* paymentsOf(sheet: OpenSheet, rules: SheetRules): AsyncGenerator<ReadPayment> {
  const { columns, line, cells } = sheet.headings;
  const own = new Map(
    [...columns].filter(
      ([field, { heading }]) => field === 'reference' || mapping[plainWord(heading)] === field,
    ),
  );
  requireReadable(
    sheet.headings,
    requiredFields.filter((field) => field !== 'reference'),
  );
  if (!own.has('startsOn') && !own.has('endsOn')) {
    const found = cells.filter((cell) => cell.trim() !== '');
    const words = { missing: ['지급일'], found, expected, rows: sheetLimits.headRows };
    throw new FileProblem(line, importFinding('headings-missing', words));
  }
  const headingsRead = new Set([...own.values()].map(({ heading }) => heading));
  for await (const raw of dataRows(sheet)) {
    const { reference, facts, problems: found } = readRow(raw, own, rules, null);
    const problems = found.filter(({ field, fatal }) => fatal && headingsRead.has(field));
    const { method, startsOn: paidOn, endsOn: inspectedOn, title } = facts;
    if (problems.length === 0 && paidOn === null && inspectedOn === null)
      problems.push(rowProblem({ line: raw.line }, listFinding('payment-undated'), 'fatal'));
    const isRead = reference !== null && problems.length === 0;
    const payment = { line: raw.line, kind: method ?? '', paidOn, inspectedOn, number: title ?? '' };
    yield { payment: isRead ? { ...payment, reference } : null, problems };
  }
}

interface Sort {
  words: string[];
  paid: string[];
  inspected: string[];
  /** It is paid only after the inspection, which the payment shows where no day of it is given. */
  impliesInspection?: true;
}

/** What payments are called, and the milestones of the default plans that their two days belong to: the first that a plan has. */
const sorts = (
  [
    { words: ['선금', '선급금', 'advance', 'advance payment'], paid: ['advance-payment'], inspected: [] },
    {
      words: ['기성', '기성금', '기성대금', '기성고', 'progress', 'progress payment'],
      paid: [],
      inspected: ['progress-inspection'],
      impliesInspection: true,
    },
    {
      words: [
        '준공',
        '준공금',
        '준공대금',
        '완료',
        '완료대금',
        '잔금',
        '대가',
        '대금',
        'final',
        'final payment',
        'payment',
      ],
      paid: ['final-payment', 'payment'],
      inspected: ['completion-inspection', 'acceptance', 'inspection'],
    },
    { words: ['교부', '교부금', '보조금', 'disbursement'], paid: ['disbursement'], inspected: [] },
    { words: ['정산', '정산금', 'settlement'], paid: ['settlement'], inspected: [] },
  ] satisfies Sort[]
).map((sort: Sort) => ({ ...sort, words: sort.words.map(plainWord) }));

/**
 * Returns what happened of a contract's plan by a payment: also by a milestone's own name or code. Nothing where the plan has no such
 * milestone: a part payment is not taken for the payment at the end, whose neutral text it would replace.
 */
export function happenedBy(
  { milestones }: Pick<Plan, 'milestones'>,
  { kind, paidOn, inspectedOn }: Pick<StatedPayment, 'kind' | 'paidOn' | 'inspectedOn'>,
): { code: string; occurredOn: LocalDate }[] {
  const own = milestones.filter(({ anchor }) => recordable(anchor));
  const word = plainWord(kind);
  const named = own.find(({ code, name }) => [code, name.ko, name.en].some((one) => plainWord(one) === word));
  const sort = sorts.find(({ words, paid }) => words.includes(word) || paid.includes(named?.code ?? ''));
  const at = (codes: string[], occurredOn: LocalDate | null) => {
    const milestone = own.find(({ code }) => codes.includes(code));
    return milestone && occurredOn !== null ? [{ code: milestone.code, occurredOn }] : [];
  };
  if (!sort) return at(named ? [named.code] : [], inspectedOn ?? paidOn);
  return [
    ...at(sort.paid, paidOn),
    ...at(sort.inspected, sort.impliesInspection ? (inspectedOn ?? paidOn) : inspectedOn),
  ];
}
