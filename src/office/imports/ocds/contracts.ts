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
import { type GivenKinds, guessedKind, kindGiven, kindNamed, type OcdsKind } from './kinds.js';
import type { CompiledRelease } from './merging.js';
import { ocdsFinding } from './ocds.words.js';

/** OcdsRules say how the processes of a file are read. */
export interface OcdsRules {
  allowFiction: boolean;
  kinds: GivenKinds;
  /** A process that names no contracts has one for each award that names suppliers. */
  awardsAsContracts: boolean;
}

/** Reports a finding at a path inside the contract; `value` is shown as it is, and so has to be masked. */
type Report = (path: string, finding: Finding, value?: string | null, weight?: Weight) => void;

/** ProcessContracts are what a compiled release states of its contracts. */
export interface ProcessContracts {
  contracts: ImportedContract[];
  /** The contracts that cannot be taken, of which a problem tells why. */
  refused: RefusedContract[];
  problems: RowProblem[];
}

export interface RefusedContract {
  line: number;
  /** As it stands in the file. */
  reference: string | null;
  title: string | null;
  suppliers: JsonObject[];
}

/**
 * Returns every contract of a compiled release, and what is wrong with them. A process without contracts gives none.
 * `field` of a problem is the ocid and the path inside of the release; `line` is where the release begins.
 */
export function contractsOf(compiled: CompiledRelease, line: number, rules: OcdsRules): ProcessContracts {
  const { ocid, release } = compiled;
  const read: ProcessContracts = { contracts: [], refused: [], problems: [] };
  const stated = listAt(release, 'contracts');
  const awarded = stated.length === 0 && rules.awardsAsContracts ? awardedContracts(release) : [];
  for (const [index, contract] of [...stated, ...awarded].entries()) {
    const id = textAt(contract, 'id', 80);
    const at = `${textAt({ ocid }, 'ocid', 80) ?? ''} contracts[${id ?? index}]`;
    const found: RowProblem[] = [];
    const report: Report = (path, finding, value, weight = 'warning') => {
      const place = { line, field: path === '' ? at : `${at}.${path}`, value: showRaw(value ?? '') };
      found.push(rowProblem(place, finding, weight));
    };
    if (awarded.length > 0) report('', ocdsFinding('contract-of-award'), id, 'information');
    const reading = new ContractReading(compiled, contract, rules, report);
    const imported = reading.contractOn(line);
    if (imported && !found.some((problem) => problem.fatal)) read.contracts.push(imported);
    else {
      const title = textAt(contract, 'title', 500);
      read.refused.push({ line, reference: id, title, suppliers: reading.supplierObjects() });
    }
    read.problems.push(...found);
  }
  return read;
}

/** Makes contracts of awards that name suppliers, as if signed on the day of the award. */
function awardedContracts(release: JsonObject): JsonObject[] {
  const live = listAt(release, 'awards').filter(
    ({ status }) => status !== 'unsuccessful' && status !== 'cancelled',
  );
  const named = live.filter((award) => listAt(award, 'suppliers').length > 0);
  return named.map(({ id, title, status, value, date, contractPeriod: period }) => {
    return { id, awardID: id, title, status, value, dateSigned: date, period };
  });
}

/** Returns how a contract is called here: its id, without spaces. Null when its id cannot stand in a text. */
export function referenceOf(contract: JsonObject): string | null {
  const id = textAt(contract, 'id', 1000)?.normalize('NFKC').replace(/\s+/gu, '-') ?? '';
  return referencePattern.test(id) ? id : null;
}

const statuses = ['active', 'pending', 'cancelled', 'terminated'] as const;

/** ContractReading reads one contract of a release, and reports what is wrong with it. */
class ContractReading {
  private readonly release: JsonObject;
  private readonly tender: JsonObject;
  /** The awards that the contract was ever stated to follow from, its own first; the only one, when it names none. */
  private readonly awards: JsonObject[];
  private readonly award: JsonObject;

  constructor(
    private readonly compiled: CompiledRelease,
    private readonly contract: JsonObject,
    private readonly rules: OcdsRules,
    private readonly report: Report,
  ) {
    const { release, awardsOf = {} } = compiled;
    this.release = release;
    this.tender = objectAt(release, 'tender');
    const awards = listAt(release, 'awards');
    const [own, id] = [textAt(contract, 'awardID', 1000), textAt(contract, 'id', 1000) ?? ''];
    const known = Object.hasOwn(awardsOf, id) ? (awardsOf[id] ?? []) : [];
    const named = new Set([own, ...known].flatMap((one) => one ?? []));
    const awardOf = (one: string) => awards.filter((award) => textAt(award, 'id', 1000) === one).slice(0, 1);
    this.awards = named.size === 0 && awards.length === 1 ? awards : [...named].flatMap(awardOf);
    this.award = this.awards[0] ?? {};
  }

  contractOn(line: number): ImportedContract | null {
    const { contract, tender } = this;
    const reference = this.reference();
    const kind = this.kind();
    if (reference === null || kind === null) return null;
    const status = this.status();
    const signedOn = this.day(contract, 'dateSigned', 'dateSigned');
    if (status === 'active' && signedOn === null) this.report('dateSigned', ocdsFinding('signing-missing'));
    const { startsOn, endsOn } = this.period();
    if (signedOn !== null && endsOn !== null && signedOn > endsOn)
      this.report('dateSigned', ocdsFinding('signed-after-end'), `${signedOn} – ${endsOn}`);
    return {
      source: 'ocds',
      process: this.compiled.ocid,
      reference,
      revision: null,
      kind,
      title: this.titles()[0] ?? reference,
      department: this.department(),
      officer: null,
      signedOn,
      startsOn,
      endsOn,
      value: this.value(),
      method: textAt(tender, 'procurementMethod', 100),
      status,
      counterparties: this.suppliers(),
      amendments: this.amendments(),
      occurrences: occurrencesOf(contract, kind, this.report),
      line,
    };
  }

  /** The suppliers of the contract and of its awards, as they stand there. */
  supplierObjects(): JsonObject[] {
    return [...this.awards, this.contract].flatMap((object) => listAt(object, 'suppliers'));
  }

  private reference(): string | null {
    const id = textAt(this.contract, 'id', 1000);
    const reference = referenceOf(this.contract);
    if (reference === null) {
      const finding = ocdsFinding(id === null ? 'reference-missing.id' : 'reference-unusable.id');
      this.report('id', finding, id, 'fatal');
    } else if (id !== null && /\s/u.test(id)) {
      this.report('id', ocdsFinding('reference-spaces', { reference }), id);
    }
    return reference;
  }

  private titles(): string[] {
    return [this.contract, this.award, this.tender].flatMap((object) => textAt(object, 'title', 500) ?? []);
  }

  /** Goes by the tender's category, else by what was given with the file, else by a guess, which is reported. */
  private kind(): OcdsKind | null {
    const given = kindNamed(this.tender) ?? kindGiven(this.rules.kinds, this.department());
    if (given) return given;
    const items = [this.contract, this.award, this.tender].flatMap((object) => listAt(object, 'items'));
    const guess = guessedKind(items, this.titles());
    if (guess === null) {
      const category = textAt(this.tender, 'mainProcurementCategory');
      this.report('', ocdsFinding('kind-unknown.ocds'), category, 'fatal');
      return null;
    }
    const { kind, from, value } = guess;
    const finding =
      from === 'CPV'
        ? ocdsFinding('kind-by-cpv', { kind })
        : ocdsFinding(from === 'title' ? 'kind-guessed.title' : 'kind-guessed.unspsc', { kind });
    this.report(from === 'title' ? 'title' : 'items', finding, value, 'information');
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
    const suppliers = this.supplierObjects();
    if (suppliers.length === 0)
      this.report('awardID', ocdsFinding('suppliers-missing'), textAt(this.contract, 'awardID'));
    const found = suppliers.map((supplier) => this.counterparty(supplier, partyOf(this.release, supplier)));
    return found.filter((party, i) => found.findIndex((other) => isSame(other, party)) === i);
  }

  private counterparty(supplier: JsonObject, party: JsonObject): ImportedCounterparty {
    const partOf = (key: string) => eitherAt([party, supplier], key);
    const identifier = partOf('identifier');
    const address = partOf('address');
    const points = [partOf('contactPoint'), ...listAt(party, 'additionalContactPoints')];
    const id = textAt(supplier, 'id') ?? textAt(party, 'id');
    const names = [textAt(supplier, 'name'), textAt(party, 'name'), textAt(identifier, 'legalName'), id];
    const name = names.find((one) => one !== null) ?? '?';
    const path = `suppliers[${id ?? name}]`;
    const countryName = textAt(address, 'countryName', 60);
    const country = countryOf(textAt(address, 'country') ?? textAt(address, 'countryName') ?? '');
    if (country === null) this.report(`${path}.address`, ocdsFinding('country-unknown.address'), countryName);
    return {
      externalId: id,
      name,
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
    const parsed = parsePhoneNumber(raw, country, { allowFiction: this.rules.allowFiction });
    const name = textAt(point, 'name', 100);
    const person = { name, role: null, locale: null, legalBasis: null, legalBasisOn: null };
    if (parsed.ok) return { ...person, phone: parsed.e164, phoneCountry: parsed.country, phoneProblem: null };
    const { code } = parsed;
    const masked = maskRaw(raw);
    this.report(`${path}.telephone`, phoneFinding(code), masked);
    return { ...person, phone: null, phoneCountry: null, phoneProblem: { code, masked } };
  }
}

/** Finds what `parties` has of a supplier, by its id, or by its name where it has none; of several, the one of its name. */
export function partyOf(release: JsonObject, supplier: JsonObject): JsonObject {
  const [id, name] = [textAt(supplier, 'id'), textAt(supplier, 'name')];
  const isIt = (party: JsonObject) =>
    id === null ? name !== null && textAt(party, 'name') === name : textAt(party, 'id') === id;
  const found = listAt(release, 'parties').filter(isIt);
  return found.find((party) => textAt(party, 'name') === name) ?? found[0] ?? {};
}

/** Returns the first object under a key that is not empty. */
export function eitherAt(objects: readonly JsonObject[], key: string): JsonObject {
  return objects.map((one) => objectAt(one, key)).find((part) => Object.keys(part).length > 0) ?? {};
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
