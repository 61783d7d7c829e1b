import type { LocalDate } from '../../core/calendar/calendar.schema.js';
import type { Finding } from '../../platform/findings.js';
import type { ImportedContract } from './import.types.js';
import { ocdsFinding } from './ocds.words.js';
import { listAt, objectAt, textAt, type JsonObject } from './json-value.js';
import { centsOf, dayAt, decimalOf } from './ocds-values.js';
import type { Report } from './ocds-parties.js';

type Occurrence = ImportedContract['occurrences'][number];
/** The kinds that OCDS has categories for. */
export type OcdsKind = 'works' | 'service' | 'goods';

/** The codes of the default plans that are dated by an occurrence. */
const codes: Record<OcdsKind, readonly string[]> = {
  works: ['advance-payment', 'progress-inspection', 'completion-inspection', 'final-payment'],
  service: ['interim', 'acceptance', 'payment'],
  goods: ['inspection', 'payment'],
};

/**
 * What a publisher's milestone is to us, by words of its code, title or type; the first row that fits counts,
 * and null means that we have no such milestone. Works that are merely finished are not inspected yet.
 */
const meanings: { words: RegExp; codes: Record<OcdsKind, string | null> }[] = [
  {
    words: /advance.?payment|prepayment|down.?payment|선금/i,
    codes: { works: 'advance-payment', service: null, goods: null },
  },
  {
    words: /(progress|interim|partial|stage).?payment|기성금/i,
    codes: { works: null, service: null, goods: null },
  },
  {
    words: /(progress|interim|partial).?(inspection|report|review)|기성검사|중간보고/i,
    codes: { works: 'progress-inspection', service: 'interim', goods: null },
  },
  {
    words: /(final|balance|full).?payment|준공금|잔금|대가 ?지급|대금 ?지급/i,
    codes: { works: 'final-payment', service: 'payment', goods: 'payment' },
  },
  {
    words:
      /accept|(final|completion|delivery).?(inspection|certificate)|hand.?over|taking.?over|준공검사|검수|검사/i,
    codes: { works: 'completion-inspection', service: 'acceptance', goods: 'inspection' },
  },
];

/** Milestones that were met, and the payment that completes the contract's value. */
export function occurrencesOf(contract: JsonObject, kind: OcdsKind, report: Report): Occurrence[] {
  const implementation = objectAt(contract, 'implementation');
  const milestones = [...listAt(implementation, 'milestones'), ...listAt(contract, 'milestones')];
  const met = milestones.flatMap((milestone) => metMilestone(milestone, kind, report) ?? []);
  const paid = finalPayment(contract, kind, report);
  // A publisher may tell of the last payment as a milestone and as a transaction.
  return paid && !met.some((o) => o.code === paid.code) ? [...met, paid] : met;
}

function metMilestone(milestone: JsonObject, kind: OcdsKind, report: Report): Occurrence | null {
  if (milestone['status'] !== 'met') return null;
  const id = textAt(milestone, 'id') ?? '?';
  const path = `milestones[${id}]`;
  const code = codeOf(milestone, kind);
  const title = textAt(milestone, 'title', 60) ?? '';
  if (code === null) {
    report(path, ocdsFinding('milestone-unknown'), 'warning', title);
    return null;
  }
  const occurredOn = dayAt(milestone, 'dateMet');
  if (occurredOn === null) {
    report(
      `${path}.dateMet`,
      ocdsFinding('milestone-undated'),
      'warning',
      textAt(milestone, 'dateMet', 40) ?? '',
    );
    return null;
  }
  return { code, occurredOn, externalId: `milestone:${id}` };
}

function codeOf(milestone: JsonObject, kind: OcdsKind): string | null {
  const named = textAt(milestone, 'code');
  if (named !== null && codes[kind].includes(named)) return named;
  const words = ['code', 'title', 'type'].map((key) => textAt(milestone, key) ?? '').join(' · ');
  return meanings.find((meaning) => meaning.words.test(words))?.codes[kind] ?? null;
}

/** The payment with which the running total reaches the contract's value; earlier ones are only counted. */
function finalPayment(contract: JsonObject, kind: OcdsKind, report: Report): Occurrence | null {
  const value = objectAt(contract, 'value');
  const currency = textAt(value, 'currency');
  const whole = centsOf(decimalOf(value['amount']) ?? '0');
  const payments = paymentsOf(contract, currency, report);
  const code = kind === 'works' ? 'final-payment' : 'payment';
  let total = 0n;
  for (const { cents, on, id } of payments) {
    total += cents;
    if (whole > 0n && total >= whole) return { code, occurredOn: on, externalId: `transaction:${id}` };
  }
  if (payments.length > 0)
    report('transactions', partlyPaid(payments.length, total, whole, currency), 'information');
  return null;
}

function paymentsOf(
  contract: JsonObject,
  currency: string | null,
  report: Report,
): { cents: bigint; on: LocalDate; id: string }[] {
  const transactions = listAt(objectAt(contract, 'implementation'), 'transactions');
  const payments = transactions.flatMap((transaction) => {
    const id = textAt(transaction, 'id') ?? '?';
    // OCDS 1.0 calls the value "amount".
    const value = { ...objectAt(transaction, 'amount'), ...objectAt(transaction, 'value') };
    const amount = decimalOf(value['amount']);
    const on = dayAt(transaction, 'date');
    if (amount !== null && on !== null && textAt(value, 'currency') === currency)
      return { cents: centsOf(amount), on, id };
    report(`transactions[${id}]`, ocdsFinding('payment-unusable'), 'warning');
    return [];
  });
  return payments.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

function partlyPaid(count: number, total: bigint, whole: bigint, currency: string | null): Finding {
  const shown = (cents: bigint) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
  return ocdsFinding('partly-paid', {
    count,
    total: shown(total),
    whole: shown(whole),
    currency: currency ?? '',
  });
}
