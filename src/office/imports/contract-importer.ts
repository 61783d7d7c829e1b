import { Injectable } from '@nestjs/common';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import {
  type Contact,
  type Contract,
  ContractRevision,
  type Wanted,
} from '../../core/contracts/contract.entity.js';
import type { ContactFacts, ContractFacts, CounterpartyFacts } from '../../core/contracts/contract-facts.js';
import { ContractReader, type Parties, type Registered } from '../../core/contracts/contract.reader.js';
import { ContractRevisions } from '../../core/contracts/contract-revisions.js';
import { contractProblems } from '../../core/contracts/contracts.words.js';
import { datedTerms, type Move, movesFrom, stateAfter } from '../../core/contracts/lifecycle.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import type { Why } from '../../core/planning/flags.js';
import type { Difference } from '../../core/planning/planning.types.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { importFinding, refusedFinding } from './import-problems.words.js';
import type { EffectResult } from './import.schema.js';
import { type ImportedContract, type RowProblem, rowProblem } from './import.types.js';
import { ocdsFinding } from './ocds/ocds.words.js';
import { type BeforeImport, isAlterable, nameOf } from './snapshots.js';
import type { StatedFacts } from './stated-facts.js';

export interface ToImport {
  stated: ImportedContract;
  facts: ContractFacts;
}

interface Outcome {
  result: Exclude<EffectResult, 'proposed' | 'refused'>;
  contract: Contract;
  problems: RowProblem[];
  /** Something changed that planning has to look at. */
  replan: boolean;
  /** What was written of a contract that this import creates. */
  registered?: Registered;
  /** People whose other number came in beside the one that they had, which goes when a second person agrees. */
  replaced?: Contact[];
}

/**
 * Beside says that numbers of a file come in beside those that people of the contract have, because to put one in the place of
 * another would keep somebody from being told.
 */
interface Beside {
  /** Hex of the blind indexes of the numbers that the contract ever had: who is known by one is not told again by it. */
  had: ReadonlySet<string>;
  /** The rest of the row waits: nothing but numbers comes in. */
  numbersAlone: boolean;
}

/** Merging is a contact that a file states, among the party's own and all numbers that the file states of the contract. */
interface Merging {
  own: Contact[];
  numbers: ReadonlySet<string>;
  stated: ContactFacts;
  beside: Beside | null;
}

/** Imported is a contract that went through the importer, with what came of it. */
export type Imported<T extends ToImport> = T & Outcome;

/** ImportedStates records what a source states has happened: signing, ends, occurrences and amendments. */
@Injectable()
export class ImportedStates {
  constructor(
    private readonly changes: ContractChanges,
    private readonly settings: SettingsService,
  ) {}

  async applyStates(
    contract: Contract,
    stated: ImportedContract,
    actor: string,
  ): Promise<{ altered: boolean; problems: RowProblem[] }> {
    const problems: RowProblem[] = [];
    const { version } = contract;
    if (contract.state === 'draft' && contract.signedOn !== null)
      await this.move(contract, 'sign', contract.signedOn, actor);
    problems.push(...(await this.endContract(contract, stated, actor)));
    if (contract.state !== 'draft') {
      for (const { id, date } of stated.amendments) await this.amend(contract, id, actor, date);
      for (const occurrence of stated.occurrences) {
        try {
          await this.changes.requireOccurrenceDay(contract, occurrence.occurredOn);
          await this.changes.recordOccurrence(contract, { ...occurrence, note: null }, actor);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const place = { line: stated.line, field: 'implementation', value: occurrence.code };
          problems.push(rowProblem(place, refusedFinding('occurrence-refused', error), 'warning'));
        }
      }
    }
    return { altered: contract.version !== version, problems };
  }

  /** Records an amendment, of the service clock's day if the source names none. */
  async amend(contract: Contract, externalId: string, actor: string, day?: string): Promise<void> {
    const amendedOn = day ?? (await this.settings.today());
    await this.changes.recordAmendment(contract, { amendedOn, note: null, externalId }, actor);
  }

  /** `terminated` may mean a normal end: it is judged by the end date, else left to a person. */
  private async endContract(
    contract: Contract,
    { status, reference, line }: ImportedContract,
    actor: string,
  ): Promise<RowProblem[]> {
    if (status !== 'cancelled' && status !== 'terminated') return [];
    const today = await this.settings.today();
    // What is published may be cancelled before its day of signing, or signed after its end.
    const notBeforeSigning = (day: string) =>
      day < (contract.signedOn ?? day) ? (contract.signedOn ?? day) : day;
    if (status === 'cancelled') await this.move(contract, 'terminate', notBeforeSigning(today), actor);
    else if (contract.endsOn !== null && contract.endsOn <= today)
      await this.move(contract, 'complete', notBeforeSigning(contract.endsOn), actor);
    else if (contract.state !== 'completed' && contract.state !== 'terminated') {
      const place = { line, field: 'contracts[].status', value: 'terminated' };
      return [rowProblem(place, ocdsFinding('termination-unclear', { reference }), 'warning')];
    }
    return [];
  }

  private async move(contract: Contract, move: Move, on: string, actor: string): Promise<void> {
    if (!movesFrom(contract.state).includes(move)) return;
    const by = { what: 'moved' as const, params: { move }, actor, reason: 'import' };
    await this.changes.alter(contract, stateAfter(contract, move, on), by);
  }
}

/**
 * ImportedParties brings what a file states of a contract's parties together with what is known of them. A file never
 * removes a contact: whoever wrote it could keep somebody from being notified by leaving them out.
 */
@Injectable()
export class ImportedParties {
  constructor(
    private readonly reader: ContractReader,
    private readonly contacts: ContactsService,
    private readonly changes: ContractChanges,
    private readonly rows: PartyRows,
  ) {}

  /** Returns whether something was added or changed, and whom numbers came in beside. */
  async mergeParties(
    contract: Contract,
    stated: CounterpartyFacts[],
    actor: string,
    beside: Beside | null = null,
  ): Promise<{ merged: boolean; replaced: Contact[] }> {
    const { version } = contract;
    const known = await this.partiesOf(contract);
    const numbers = this.numbersIn(stated);
    const replaced: Contact[] = [];
    for (const party of beside?.numbersAlone ? this.withNewNumbers(stated, beside) : stated) {
      const match = this.matchParty(known, party);
      if (!match) {
        await this.contacts.insertCounterparty(contract, party, actor);
        continue;
      }
      const own = known.contacts.filter(
        (contact) => contact.counterpartyId === match.id && !contact.removedAt,
      );
      for (const contact of party.contacts) {
        const of = { own, numbers, stated: contact, beside };
        const other = await this.mergeContact(contract, match.id, of, actor);
        if (other) replaced.push(other);
      }
    }
    const merged = contract.version !== version;
    if (beside?.numbersAlone ? merged : replaced.length > 0) {
      const contacts = replaced.length > 0 ? replaced : known.contacts;
      await this.changes.noteOtherNumbers(contract, contacts, { numbers, broughtBy: actor });
    }
    return { merged, replaced: [...new Set(replaced)] };
  }

  private withNewNumbers(stated: CounterpartyFacts[], beside: Beside): CounterpartyFacts[] {
    return stated
      .map((party) => ({ ...party, contacts: party.contacts.filter((one) => this.isNew(one, beside)) }))
      .filter(({ contacts }) => contacts.length > 0);
  }

  private isNew({ phone }: ContactFacts, { had }: Beside): boolean {
    return phone !== null && !had.has(this.rows.indexOf(phone.e164).toString('hex'));
  }

  /** Returns the numbers that a file states of a contract, as `Beside` has them. */
  private numbersIn(stated: CounterpartyFacts[]): ReadonlySet<string> {
    const phones = stated.flatMap(({ contacts }) => contacts.flatMap(({ phone }) => phone ?? []));
    return new Set(phones.map(({ e164 }) => this.rows.indexOf(e164).toString('hex')));
  }

  /** Puts the numbers of contacts back, and marks contacts that an import added as removed. */
  async restoreParties(
    contract: Contract,
    { numbers, addedContacts }: Pick<BeforeImport, 'numbers' | 'addedContacts'>,
    actor: string,
    reason: string,
  ): Promise<void> {
    for (const contact of (await this.partiesOf(contract)).contacts) {
      const number = numbers.find((one) => one.contactId === contact.id);
      if (number) {
        const wanted = this.rows.sealedPhone(contact.id, number.phone);
        await this.contacts.updateContact(contract, contact, wanted, actor, reason);
      }
      if (addedContacts.includes(contact.id) && contact.removedAt === null)
        await this.contacts.withdrawContact(contract, contact, actor, reason);
    }
  }

  private async partiesOf({ id }: Contract): Promise<Parties> {
    return (await this.reader.partiesOf([id])).get(id) ?? { counterparties: [], contacts: [] };
  }

  private matchParty({ counterparties }: Parties, party: CounterpartyFacts) {
    const nameIndex = this.rows.indexOf(party.name);
    return (
      counterparties.find((c) => party.externalId !== null && c.externalId === party.externalId) ??
      counterparties.find(
        (c) => party.registrationNumber !== null && c.registrationNumber === party.registrationNumber,
      ) ??
      counterparties.find((c) => c.nameIndex.equals(nameIndex))
    );
  }

  /**
   * A number that is known, by whatever name, is left alone; a known name gets the new number, or is returned where it comes in
   * beside the one that they have. Of two people of one name, none takes the other's place: a number that the file states stays.
   */
  private async mergeContact(
    contract: Contract,
    counterpartyId: string,
    { own, numbers, stated, beside }: Merging,
    actor: string,
  ): Promise<Contact | null> {
    const phoneIndex = stated.phone && this.rows.indexOf(stated.phone.e164);
    if (phoneIndex && own.some((contact) => contact.phoneIndex?.equals(phoneIndex))) return null;
    if (!stated.phone && own.length > 0) return null;
    const nameIndex = stated.name === null ? null : this.rows.indexOf(stated.name);
    const sameName = own
      .filter((contact) => !numbers.has(contact.phoneIndex?.toString('hex') ?? ''))
      .find((contact) => nameIndex !== null && contact.nameIndex?.equals(nameIndex));
    if (sameName && !(beside && this.isNew(stated, beside))) {
      const wanted = this.rows.sealedPhone(sameName.id, stated.phone);
      await this.contacts.updateContact(contract, sameName, wanted, actor, 'import');
      // The next person of this name that the file states has to see whose number this is now.
      Object.assign(sameName, wanted);
      return null;
    }
    const row = this.rows.contactRow(contract.id, counterpartyId, stated);
    await this.contacts.insertContact(contract, row, actor);
    return sameName ?? null;
  }
}

/** HowToImport says who imports, what they see, and of which contracts, by name, numbers come in beside those that are known. */
interface HowToImport {
  actor: string;
  reading: Pick<StatedFacts, 'sees'>;
  beside?: { has: (name: string) => boolean };
}

/** ContractImporter writes contracts in the running transaction: new ones at once, known ones by their revision. */
@Injectable()
export class ContractImporter {
  constructor(
    private readonly database: Database,
    private readonly revisions: ContractRevisions,
    private readonly changes: ContractChanges,
    private readonly parties: ImportedParties,
    private readonly states: ImportedStates,
    private readonly departments: DepartmentsService,
  ) {}

  /**
   * Imports contracts of one source, of which the `known` ones are locked. Throws when a reference is another
   * department's: whoever may not see a contract does not change it by a file.
   */
  async importContracts<T extends ToImport>(
    batch: T[],
    known: Contract[],
    { actor, reading, beside }: HowToImport,
  ): Promise<Imported<T>[]> {
    const foreign = known.find((contract) => !reading.sees(contract.departmentId));
    if (foreign) throw contractProblems.error('reference-taken', { reference: foreign.reference });
    const byReference = new Map(known.map((contract) => [contract.reference, contract]));
    const unknown = batch.map(({ facts }) => facts).filter(({ reference }) => !byReference.has(reference));
    // Planning reads them. To read them only then would be to wait for what is being written.
    await this.departments.goLiveDays([...new Set(unknown.map(({ departmentId }) => departmentId))]);
    const registered = await this.revisions.registerAll(unknown, actor);
    const created = new Map(registered.map((one) => [one.contract.reference, one]));
    const results: Imported<T>[] = [];
    for (const one of batch) {
      const registered = created.get(one.facts.reference);
      const outcome: Outcome = registered
        ? { result: 'created', contract: registered.contract, problems: [], replan: true, registered }
        : await this.update(byReference.get(one.facts.reference), one, actor, beside?.has(nameOf(one.facts)));
      results.push({ ...one, ...(await this.withStates(outcome, one.stated, actor)) });
    }
    return results;
  }

  /** Brings in numbers that a row states and the contract never had, of a row that waits; returns whom they came in beside. */
  async addNumbers(contract: Contract, facts: ContractFacts, actor: string): Promise<Contact[]> {
    const { merged, replaced } = await this.mergeNumbers(contract, facts, actor);
    if (merged) await this.changes.replan([contract], { actor, reason: null });
    return replaced;
  }

  /** Lets auditors see of a row that is refused, because its reference is another department's, that it has other numbers. */
  noteRefused(facts: ContractFacts, actor: string): Promise<void> {
    return this.revisions.noteRefused(facts, actor);
  }

  /** Plans what was imported. Of what was only registered nothing has to be read for that; the rest is planned again. */
  async planAll(done: Outcome[], by: Why): Promise<Map<string, Difference>> {
    const last = [...new Map(done.filter((one) => one.replan).map((one) => [one.contract.id, one])).values()];
    const isNew = (one: Outcome) => one.registered !== undefined && one.contract.version === 1;
    const planned = await this.changes.planNew(
      last.flatMap((one) => (isNew(one) && one.registered ? [one.registered] : [])),
      by,
    );
    const others = last.filter((one) => !isNew(one)).map(({ contract }) => contract);
    const again = others.length > 0 ? await this.changes.replan(others, by) : new Map<string, Difference>();
    return new Map([...[...planned].map(([id, { difference }]) => [id, difference] as const), ...again]);
  }

  private async withStates(outcome: Outcome, stated: ImportedContract, actor: string): Promise<Outcome> {
    const { result, contract } = outcome;
    if (result === 'ignored') return outcome;
    const { altered, problems } = await this.states.applyStates(contract, stated, actor);
    return {
      ...outcome,
      result: altered && result === 'unchanged' ? 'updated' : result,
      replan: outcome.replan || altered,
      problems: [...outcome.problems, ...problems],
    };
  }

  /** A newer revision updates; the same with other content is a correction, and shown; an older one is ignored, and reported. */
  private async update(
    contract: Contract | undefined,
    { stated, facts: unrevised }: ToImport,
    actor: string,
    isBeside = false,
  ): Promise<Outcome> {
    if (!contract) throw new Error('an imported contract was neither found nor created');
    const { reference } = stated;
    const revision = stated.revision ?? contract.revision;
    const place = { line: stated.line, field: '차수', value: String(stated.revision ?? '') };
    const facts = { ...unrevised, revision };
    const isKnown = await this.isKnown(contract, facts);
    if (revision < contract.revision) {
      const finding = importFinding('revision-older', {
        stated: place.value,
        reference,
        known: contract.revision,
      });
      const problems = [rowProblem(place, finding, 'warning')];
      // A contract may be known by a number of revision that nobody has given it but who wanted this row to be older.
      const parties = isKnown ? null : await this.mergeNumbers(contract, facts, actor);
      const { merged: replan, replaced } = parties ?? { merged: false, replaced: [] };
      return { result: 'ignored', contract, replan, replaced, problems };
    }
    if (isKnown) return { result: 'unchanged', contract, replan: false, problems: [] };
    const isCorrection = revision === contract.revision && stated.revision !== null;
    const amended = await this.applyFacts(contract, facts, actor);
    const beside = isBeside ? { had: await this.numbersHad(contract), numbersAlone: false } : null;
    const parties = await this.parties.mergeParties(contract, facts.counterparties, actor, beside);
    await this.database.insert(ContractRevision, [
      this.revisions.revisionRow(contract, facts, actor, isCorrection),
    ]);
    const done = { contract, replan: amended || parties.merged, replaced: parties.replaced };
    if (isCorrection) {
      const finding = importFinding('revision-corrected', { reference });
      return { ...done, result: 'corrected', problems: [rowProblem(place, finding, 'information')] };
    }
    if (amended && stated.revision !== null) await this.states.amend(contract, `revision-${revision}`, actor);
    return { ...done, result: 'updated', problems: [] };
  }

  private async mergeNumbers(contract: Contract, { counterparties }: ContractFacts, actor: string) {
    const beside = { had: await this.numbersHad(contract), numbersAlone: true };
    return this.parties.mergeParties(contract, counterparties, actor, beside);
  }

  /** Of a number that a contact had before, the contract has an alert: what is planned, went out, or tells it that others go elsewhere. */
  private async numbersHad({ id }: Contract): Promise<ReadonlySet<string>> {
    const rows = await this.database.rows<{ number: string }>(
      `SELECT DISTINCT encode(number_index, 'hex') AS number FROM alert WHERE contract_id = $1 AND number_index IS NOT NULL`,
      [id],
    );
    return new Set(rows.map(({ number }) => number));
  }

  private async isEndedDraft({ id, state }: Contract): Promise<boolean> {
    if (state !== 'terminated') return false;
    const [ended] = await this.database.rows(
      `SELECT FROM change WHERE contract_id = $1 AND params ->> 'field' = 'state' AND before ->> 'state' = 'draft'
         AND after ->> 'state' = 'terminated'`,
      [id],
    );
    return ended !== undefined;
  }

  private async isKnown(contract: Contract, facts: ContractFacts): Promise<boolean> {
    const last = await this.database.repository(ContractRevision).findOne({
      where: { contractId: contract.id, revision: facts.revision },
      order: { id: 'DESC' },
    });
    return last?.fingerprint.equals(this.revisions.fingerprintOf(facts)) ?? false;
  }

  /** Returns whether something changed that dates milestones or amendments. */
  private async applyFacts(contract: Contract, facts: ContractFacts, actor: string): Promise<boolean> {
    const before = { ...contract };
    const by = { what: 'imported' as const, actor, reason: null };
    // Who ended a draft ended nothing: what a file states as signed is told all the same.
    const isAgain = facts.signedOn !== null && (await this.isEndedDraft(contract));
    const again = isAgain ? { state: 'draft' as const, terminatedOn: null } : {};
    await this.changes.alter(contract, { ...columnsOf(facts), ...again }, by);
    return [...datedTerms, 'amount' as const].some((key) => before[key] !== contract[key]);
  }
}

/** Returns the columns that facts give. A file that leaves a cell empty does not take back what is known. */
function columnsOf(facts: ContractFacts): Wanted<Contract> {
  return Object.fromEntries(
    Object.entries(facts).filter(([column, value]) => isAlterable(column) && value !== null),
  );
}
