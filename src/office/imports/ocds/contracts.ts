import type { LocalDate } from '../../../core/calendar/calendar.schema.js';
import type { Finding } from '../../../platform/findings.js';
import { countryOf } from '../../../platform/phone-numbers/country.js';
import { maskRaw, parsePhoneNumber, showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { phoneFinding } from '../../../platform/phone-numbers/phone-numbers.words.js';
import {
  type ImportedContact,
  type ImportedContract,
  type ImportedCounterparty,
  referencePattern,
  rowProblem,
  type RowProblem,
  type Weight,
} from '../import.types.js';
import { amountOf, dayAt, type JsonObject, listAt, objectAt, textAt } from './json.js';
import { ocdsFinding } from './ocds.words.js';
import type { CompiledRelease } from './releases.js';

interface OcdsRules {
  allowFiction: boolean;
  /** The line on which the release begins, for the report. */
  line: number;
}

/** Reports a finding at a path inside the contract; `value` is shown as it is, and so has to be masked. */
type Report = (path: string, finding: Finding, value?: string | null, weight?: Weight) => void;

/**
 * Returns every contract of a compiled release, and what is wrong with them. A process without contracts gives none.
 * `field` of a problem is the ocid and the path inside of the release.
 */
export function contractsOf(
  { ocid, release }: CompiledRelease,
  { allowFiction, line }: OcdsRules,
): { contracts: ImportedContract[]; problems: RowProblem[] } {
  const contracts: ImportedContract[] = [];
  const problems: RowProblem[] = [];
  for (const [index, contract] of listAt(release, 'contracts').entries()) {
    const at = `${textAt({ ocid }, 'ocid', 80) ?? ''} contracts[${textAt(contract, 'id', 80) ?? index}]`;
    const found: RowProblem[] = [];
    const report: Report = (path, finding, value, weight = 'warning') => {
      const place = { line, field: path === '' ? at : `${at}.${path}`, value: showRaw(value ?? '') };
      found.push(rowProblem(place, finding, weight));
    };
    const imported = new ContractReading(release, contract, allowFiction, report).contractOn(line);
    if (imported && !found.some((problem) => problem.fatal)) contracts.push(imported);
    problems.push(...found);
  }
  return { contracts, problems };
}

/** The kinds that OCDS has categories for. */
type OcdsKind = 'works' | 'service' | 'goods';

const categories: Record<string, OcdsKind> = { goods: 'goods', works: 'works', services: 'service' };

const statuses = ['active', 'pending', 'cancelled', 'terminated'] as const;

/** ContractReading reads one contract of a release, and reports what is wrong with it. */
class ContractReading {
  private readonly tender: JsonObject;
  /** The award that the contract follows from; the only one, when the contract names none. */
  private readonly award: JsonObject;

  constructor(
    private readonly release: JsonObject,
    private readonly contract: JsonObject,
    private readonly allowFiction: boolean,
    private readonly report: Report,
  ) {
    this.tender = objectAt(release, 'tender');
    const awards = listAt(release, 'awards');
    const id = textAt(contract, 'awardID');
    const follows = awards.find((award) => (id === null ? awards.length === 1 : textAt(award, 'id') === id));
    this.award = follows ?? {};
  }

  contractOn(line: number): ImportedContract | null {
    const { contract, award, tender } = this;
    const reference = this.reference();
    const kind = this.kind();
    if (reference === null || kind === null) return null;
    const titles = [contract, award, tender].map((object) => textAt(object, 'title', 500));
    return {
      source: 'ocds',
      reference,
      revision: null,
      kind,
      title: titles.find((title) => title !== null) ?? reference,
      department: this.department(),
      officer: null,
      signedOn: this.day(contract, 'dateSigned', 'dateSigned'),
      ...this.period(),
      value: this.value(),
      method: textAt(tender, 'procurementMethod', 100),
      status: this.status(),
      counterparties: this.suppliers(),
      amendments: this.amendments(),
      occurrences: occurrencesOf(contract, kind, this.report),
      line,
    };
  }

  private reference(): string | null {
    const id = textAt(this.contract, 'id', 1000)?.normalize('NFKC') ?? null;
    if (id !== null && referencePattern.test(id)) return id;
    const finding = ocdsFinding(id === null ? 'reference-missing.id' : 'reference-unusable.id');
    this.report('id', finding, id, 'fatal');
    return null;
  }

  /** Goes by the tender's category; without one by the CPV of what is bought: 45 is works, up to 44 and 48 goods. */
  private kind(): OcdsKind | null {
    const category = textAt(this.tender, 'mainProcurementCategory') ?? '';
    const named = Object.hasOwn(categories, category) ? categories[category] : undefined;
    if (named) return named;
    const items = [this.contract, this.award, this.tender].flatMap((object) => listAt(object, 'items'));
    const classified = items.flatMap(cpvOf);
    const divisions = classified.map((code) => Number(code.slice(0, 2)));
    const [first] = divisions;
    if (first === undefined) {
      this.report('', ocdsFinding('kind-unknown.ocds'), category, 'fatal');
      return null;
    }
    const kind = divisions.includes(45) ? 'works' : first < 45 || first === 48 ? 'goods' : 'service';
    this.report('items', ocdsFinding('kind-by-cpv', { kind }), classified[0], 'information');
    return kind;
  }

  private department(): string | null {
    const buyer = objectAt(this.release, 'buyer');
    const id = textAt(buyer, 'id');
    const party = listAt(this.release, 'parties').find((one) => id !== null && textAt(one, 'id') === id);
    const entity = objectAt(this.tender, 'procuringEntity');
    return textAt(buyer, 'name') ?? textAt(party ?? {}, 'name') ?? textAt(entity, 'name');
  }

  private period(): Pick<ImportedContract, 'startsOn' | 'endsOn'> {
    const own = objectAt(this.contract, 'period');
    const isOwn = Object.keys(own).length > 0;
    const period = isOwn ? own : objectAt(this.award, 'contractPeriod');
    const startsOn = this.day(period, 'startDate', 'period.startDate');
    const endsOn = this.day(period, 'endDate', 'period.endDate');
    if (!isOwn && (startsOn ?? endsOn) !== null)
      this.report('period', ocdsFinding('period-of-award'), '', 'information');
    if (startsOn !== null && endsOn !== null && startsOn > endsOn)
      this.report('period', ocdsFinding('dates-out-of-order.period'), `${startsOn} – ${endsOn}`, 'fatal');
    return { startsOn, endsOn };
  }

  private value(): ImportedContract['value'] {
    const value = objectAt(this.contract, 'value');
    const amount = amountOf(value);
    const currency = textAt(value, 'currency');
    if (amount !== null && currency !== null && /^[A-Z]{3}$/.test(currency)) return { amount, currency };
    const written = `${textAt(value, 'amount') ?? ''} ${currency ?? ''}`;
    if (value['amount'] !== undefined) this.report('value', ocdsFinding('value-unusable'), written);
    return null;
  }

  private status(): ImportedContract['status'] {
    const given = textAt(this.contract, 'status');
    const status = statuses.find((known) => known === given) ?? null;
    if (given !== null && status === null) this.report('status', ocdsFinding('status-unknown'), given);
    return status;
  }

  private amendments(): ImportedContract['amendments'] {
    // OCDS 1.0 has a single "amendment".
    const single = objectAt(this.contract, 'amendment');
    const listed = listAt(this.contract, 'amendments');
    const amendments = Object.keys(single).length > 0 ? [...listed, single] : listed;
    return amendments.flatMap((amendment, i) => {
      const date = this.day(amendment, 'date', `amendments[${i}].date`);
      return date === null ? [] : [{ id: textAt(amendment, 'id') ?? date, date }];
    });
  }

  private day(object: JsonObject, key: string, path: string): LocalDate | null {
    const day = dayAt(object, key);
    const written = textAt(object, key, 60);
    if (day === null && written !== null) this.report(path, ocdsFinding('date-unreadable.ocds'), written);
    return day;
  }

  /**
   * Returns the suppliers of the contract: those of its award, each with what `parties` has of it (OCDS 1.1), or with
   * what the award itself has (1.0 keeps address and contact point there).
   */
  private suppliers(): ImportedCounterparty[] {
    const suppliers = [...listAt(this.award, 'suppliers'), ...listAt(this.contract, 'suppliers')];
    if (suppliers.length === 0)
      this.report('awardID', ocdsFinding('suppliers-missing'), textAt(this.contract, 'awardID'));
    const found = suppliers.map((supplier) => this.counterparty(supplier, this.partyOf(supplier)));
    return found.filter((party, i) => found.findIndex((other) => isSame(other, party)) === i);
  }

  private partyOf(supplier: JsonObject): JsonObject {
    const key = textAt(supplier, 'id') === null ? 'name' : 'id';
    const wanted = textAt(supplier, key);
    const parties = listAt(this.release, 'parties');
    return parties.find((party) => wanted !== null && textAt(party, key) === wanted) ?? {};
  }

  private counterparty(supplier: JsonObject, party: JsonObject): ImportedCounterparty {
    const partOf = (key: string) =>
      [party, supplier].map((one) => objectAt(one, key)).find((part) => Object.keys(part).length > 0) ?? {};
    const identifier = partOf('identifier');
    const address = partOf('address');
    const points = [partOf('contactPoint'), ...listAt(party, 'additionalContactPoints')];
    const id = textAt(supplier, 'id') ?? textAt(party, 'id');
    const names = [textAt(supplier, 'name'), textAt(party, 'name'), textAt(identifier, 'legalName'), id];
    const path = `suppliers[${id ?? '?'}]`;
    const countryName = textAt(address, 'countryName', 60);
    const country = countryOf(textAt(address, 'country') ?? textAt(address, 'countryName') ?? '');
    if (country === null) this.report(`${path}.address`, ocdsFinding('country-unknown.address'), countryName);
    return {
      externalId: id,
      name: names.find((name) => name !== null) ?? '?',
      registrationNumber: textAt(identifier, 'id', 40),
      role: 'supplier',
      share: null,
      country,
      contacts: points.map((point, i) => {
        const at = i === 0 ? 'contactPoint' : `additionalContactPoints[${i - 1}]`;
        return this.contact(point, country, `${path}.${at}`);
      }),
    };
  }

  /** A supplier without any contact point still gets a contact, without a number, so that coverage shows the gap. */
  private contact(point: JsonObject, country: string | null, path: string): ImportedContact {
    const raw = textAt(point, 'telephone') ?? '';
    const parsed = parsePhoneNumber(raw, country, { allowFiction: this.allowFiction });
    const name = textAt(point, 'name', 100);
    const person = { name, role: null, locale: null, legalBasis: null, legalBasisOn: null };
    if (parsed.ok) return { ...person, phone: parsed.e164, phoneCountry: parsed.country, phoneProblem: null };
    const { code } = parsed;
    const masked = maskRaw(raw);
    this.report(`${path}.telephone`, phoneFinding(code), masked);
    return { ...person, phone: null, phoneCountry: null, phoneProblem: { code, masked } };
  }
}

function cpvOf(item: JsonObject): string[] {
  const classification = objectAt(item, 'classification');
  if (!/^CPV/i.test(textAt(classification, 'scheme') ?? '')) return [];
  // Published by way of a spreadsheet, 03000000 comes without its zero and 45233130 as 45233130.0.
  const [digits] = /^\d{7,8}(?!\d)/.exec(textAt(classification, 'id') ?? '') ?? [];
  return digits === undefined ? [] : [digits.padStart(8, '0')];
}

function isSame(a: ImportedCounterparty, b: ImportedCounterparty): boolean {
  return a.externalId !== null || b.externalId !== null ? a.externalId === b.externalId : a.name === b.name;
}

type Occurrence = ImportedContract['occurrences'][number];

/** The codes of the default plans that are dated by an occurrence. */
const codes: Record<OcdsKind, readonly string[]> = {
  works: ['advance-payment', 'progress-inspection', 'completion-inspection', 'final-payment'],
  service: ['interim', 'acceptance', 'payment'],
  goods: ['inspection', 'payment'],
};

/**
 * A publisher's milestone is one of ours by words of its code, title or type. The first row that fits counts; a kind
 * that it does not name has no such milestone. Works that are merely finished are not inspected yet.
 */
const meanings: { words: RegExp; codes: Partial<Record<OcdsKind, string>> }[] = [
  { words: /advance.?payment|prepayment|down.?payment|선금/i, codes: { works: 'advance-payment' } },
  { words: /(progress|interim|partial|stage).?payment|기성금/i, codes: {} },
  {
    words: /(progress|interim|partial).?(inspection|report|review)|기성검사|중간보고/i,
    codes: { works: 'progress-inspection', service: 'interim' },
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

/** Returns the milestones that were met, and the payment that completes the contract's value. */
function occurrencesOf(contract: JsonObject, kind: OcdsKind, report: Report): Occurrence[] {
  const implementation = objectAt(contract, 'implementation');
  const milestones = [...listAt(implementation, 'milestones'), ...listAt(contract, 'milestones')];
  const met = milestones
    .filter(({ status }) => status === 'met')
    .flatMap((milestone) => metMilestone(milestone, kind, report) ?? []);
  const paid = finalPayment(contract, kind, report);
  // A publisher may report the last payment as a milestone and as a transaction.
  return paid && !met.some((one) => one.code === paid.code) ? [...met, paid] : met;
}

function metMilestone(milestone: JsonObject, kind: OcdsKind, report: Report): Occurrence | null {
  const id = textAt(milestone, 'id') ?? '?';
  const path = `milestones[${id}]`;
  const code = codeOf(milestone, kind);
  const occurredOn = dayAt(milestone, 'dateMet');
  if (code === null) report(path, ocdsFinding('milestone-unknown'), textAt(milestone, 'title', 60));
  else if (occurredOn === null)
    report(`${path}.dateMet`, ocdsFinding('milestone-undated'), textAt(milestone, 'dateMet', 40));
  else return { code, occurredOn, externalId: `milestone:${id}` };
  return null;
}

function codeOf(milestone: JsonObject, kind: OcdsKind): string | null {
  const named = textAt(milestone, 'code');
  if (named !== null && codes[kind].includes(named)) return named;
  const words = ['code', 'title', 'type'].map((key) => textAt(milestone, key) ?? '').join(' · ');
  return meanings.find((meaning) => meaning.words.test(words))?.codes[kind] ?? null;
}

/** Returns the payment with which the running total reaches the contract's value; earlier ones are only counted. */
function finalPayment(contract: JsonObject, kind: OcdsKind, report: Report): Occurrence | null {
  const value = objectAt(contract, 'value');
  const currency = textAt(value, 'currency');
  const whole = centsOf(amountOf(value) ?? '0');
  const payments = paymentsOf(contract, currency, report);
  const code = kind === 'works' ? 'final-payment' : 'payment';
  let total = 0n;
  for (const { cents, on, id } of payments) {
    total += cents;
    if (whole > 0n && total >= whole) return { code, occurredOn: on, externalId: `transaction:${id}` };
  }
  const shown = (cents: bigint) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
  const paid = { count: payments.length, total: shown(total), whole: shown(whole), currency: currency ?? '' };
  if (payments.length > 0) report('transactions', ocdsFinding('partly-paid', paid), '', 'information');
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
    const amount = amountOf(value);
    const on = dayAt(transaction, 'date');
    if (amount !== null && on !== null && textAt(value, 'currency') === currency)
      return { cents: centsOf(amount), on, id };
    report(`transactions[${id}]`, ocdsFinding('payment-unusable'));
    return [];
  });
  return payments.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

function centsOf(decimal: string): bigint {
  const [whole = '0', places = ''] = decimal.split('.');
  return BigInt(whole) * 100n + BigInt(places.padEnd(2, '0').slice(0, 2));
}
