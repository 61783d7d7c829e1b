import { Injectable } from '@nestjs/common';
import { mapInTurns } from '../../platform/breathe.js';
import { Database, isTaken } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { canonicalJson, type CanonicalValue } from '../proof/canonical-json.js';
import type { NewlyPlanned } from '../planning/planning.service.js';
import { type ChangeEntry, Journal } from '../proof/journal.service.js';
import type { Kind } from '../settings/plan.schema.js';
import { planFor, type PlansInForce, SettingsService } from '../settings/settings.service.js';
import { ContractChanges, signedAfterEnd } from './contract-changes.js';
import type { ContractFacts } from './contract-facts.js';
import { Contact, Contract, ContractRevision, Counterparty } from './contract.entity.js';
import type { Registered } from './contract.reader.js';
import { contractProblems } from './contracts.words.js';
import { requireDatesInOrder } from './lifecycle.js';
import { requireRoomForParties } from './party-limits.js';
import { PartyRows } from './party-rows.js';
import { requireNearDay } from './validity.js';

/** Who registers and records what a reference list knows and nobody else did. */
export const listActor = 'reference-list';

interface NewRows extends Registered {
  facts: ContractFacts;
}

/**
 * The columns that fingerprints have always covered. A later column is covered only where it is given, so that what was
 * recorded before it existed is still recognised.
 */
const alwaysFingerprinted = new Set(
  (
    'source reference revision kind title departmentId officerId signedOn startsOn endsOn liabilityEndsOn ' +
    'amount currency method counterparties'
  ).split(' '),
);

/** ContractRevisions registers contracts, and keeps what was given of them so that the same is recognised again. */
@Injectable()
export class ContractRevisions {
  constructor(
    private readonly database: Database,
    private readonly rows: PartyRows,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
    private readonly changes: ContractChanges,
  ) {}

  /** Writes new contracts with their parties and contacts, by one statement unless they are much. */
  async registerAll(all: ContractFacts[], actor: string): Promise<Registered[]> {
    if (all.length === 0) return [];
    const plans = new Map<Kind, PlansInForce>();
    for (const kind of new Set(all.map((facts) => facts.kind)))
      plans.set(kind, await this.settings.plansFor(kind));
    const { version } = await this.settings.inForce('calendar');
    const today = await this.settings.today();
    const made = await mapInTurns(all, (facts) => this.newRows(facts, plans, version));
    for (const { signedOn } of all) if (signedOn !== null) requireNearDay(signedOn, 'signedOn', today);
    await this.changes.requireSoonLive(made.map(({ contract }) => contract));
    await this.database.insert(
      Contract,
      made.map(({ contract }) => contract),
    );
    await this.database.insert(
      Counterparty,
      made.flatMap(({ counterparties }) => counterparties),
    );
    await this.database.insert(
      Contact,
      made.flatMap(({ contacts }) => contacts),
    );
    await this.database.insert(
      ContractRevision,
      await mapInTurns(made, ({ contract, facts }) => this.revisionRow(contract, facts, actor, false)),
    );
    await this.journal.record(...(await mapInTurns(made, (rows) => this.registeredEntry(rows, actor))));
    await this.journal.leaves(
      await mapInTurns(
        made.flatMap(({ contacts }) => contacts),
        (contact) => this.rows.contactLeaf(contact),
      ),
    );
    for (const { contract } of made) {
      await this.changes.noteSign(contract.id, { kind: 'registered-late' });
      for (const sign of signedAfterEnd(contract)) await this.changes.noteSign(contract.id, sign);
    }
    return made;
  }

  /** Registers and plans one contract. Throws `reference-taken`. */
  async register(facts: ContractFacts, actor: string): Promise<Registered & NewlyPlanned> {
    try {
      return await this.database.together(async () => {
        const [registered] = await this.registerAll([facts], actor);
        if (!registered) throw new Error('no contract was registered');
        const planned = (await this.changes.planNew([registered], { actor, reason: null })).get(
          registered.contract.id,
        );
        if (!planned) throw new Error('planning returned nothing');
        return { ...registered, ...planned };
      });
    } catch (error) {
      if (!isTaken(error, 'contract_reference')) throw error;
      throw contractProblems.error('reference-taken', { reference: facts.reference }, { cause: error });
    }
  }

  /** Lets auditors see who was refused to register a contract with other numbers than it has; see `ContractChanges.flagRefused`. */
  noteRefused(facts: ContractFacts, broughtBy: string): Promise<void> {
    const phones = facts.counterparties.flatMap(({ contacts }) =>
      contacts.flatMap(({ phone }) => phone ?? []),
    );
    const numbers = new Set(phones.map(({ e164 }) => this.rows.indexOf(e164).toString('hex')));
    return this.database.inTransaction(() => this.changes.flagRefused(facts, { numbers, broughtBy }));
  }

  /** Throws `contact-first` for what a list had registered and nobody can be told of yet: ending it would take nothing from anybody. */
  async requireNotWaiting({ id }: Contract): Promise<void> {
    const [waits] = await this.database.rows(
      `SELECT FROM contract_revision r WHERE r.contract_id = $1 AND r.actor = $2 AND NOT EXISTS (
         SELECT FROM contact t WHERE t.contract_id = $1 AND t.removed_at IS NULL AND t.phone_index IS NOT NULL)`,
      [id, listActor],
    );
    if (waits) throw contractProblems.error('contact-first');
  }

  /** Returns what tells one revision from another, personal data included, without keeping that data. */
  fingerprintOf(facts: ContractFacts): Buffer {
    return this.sealer.blindIndex(fingerprinted(facts));
  }

  revisionRow(contract: Contract, facts: ContractFacts, actor: string, correction: boolean) {
    const { counterparties, ...content } = facts;
    return {
      id: newId(),
      contractId: contract.id,
      revision: facts.revision,
      fingerprint: this.fingerprintOf(facts),
      content: {
        ...content,
        counterparties: counterparties.map((c) => c.registrationNumber ?? c.externalId),
      },
      correction,
      actor,
    };
  }

  private async newRows(
    facts: ContractFacts,
    plans: Map<Kind, PlansInForce>,
    calendarVersion: number,
  ): Promise<NewRows> {
    requireDatesInOrder(facts);
    requireRoomForParties(facts.counterparties);
    const inForce = plans.get(facts.kind);
    if (!inForce) throw new Error(`the plans of ${facts.kind} were not read`);
    const plan = planFor(inForce, facts.amount);
    const { counterparties: parties, ...terms } = facts;
    const contract = Object.assign(new Contract(), {
      ...terms,
      id: newId(),
      state: facts.signedOn === null ? 'draft' : 'signed',
      resumesTo: null,
      completedOn: null,
      terminatedOn: null,
      planName: plan.name,
      planVersion: plan.version,
      calendarVersion,
      version: 1,
    } satisfies Contract);
    const counterparties: Counterparty[] = [];
    const contacts: Contact[] = [];
    for (const party of parties) {
      const row = this.rows.counterpartyRow(contract.id, party);
      counterparties.push(row);
      const people = await mapInTurns(party.contacts, (contact) =>
        this.rows.contactRow(contract.id, row.id, contact),
      );
      contacts.push(...people);
    }
    return { contract, counterparties, contacts, facts };
  }

  private async registeredEntry(
    { contract, counterparties, contacts }: NewRows,
    actor: string,
  ): Promise<ChangeEntry> {
    const people = await mapInTurns(contacts, (contact) => ({
      id: contact.id,
      ...this.rows.contactForLog(contact),
    }));
    return {
      subject: 'contract',
      subjectId: contract.id,
      contractId: contract.id,
      what: 'registered',
      after: {
        ...contract,
        companies: counterparties.map((company) => ({ id: company.id, ...this.rows.companyForLog(company) })),
        contacts: people,
      },
      actor,
    };
  }
}

/**
 * Writes the text that a fingerprint is made of. Numbers stand in it as text: the canonical form has no fractions. The
 * process of a published contract is left out of its source, as it was before there was one.
 */
export function fingerprinted(facts: ContractFacts): string {
  const source = facts.source.replace(/^ocds:.*/s, 'ocds');
  const entries = Object.entries({ ...facts, source }).filter(
    ([key, value]) => value !== null || alwaysFingerprinted.has(key),
  );
  const plain = JSON.stringify(Object.fromEntries(entries), (_key, value: unknown) =>
    typeof value === 'number' ? String(value) : value,
  );
  return canonicalJson(JSON.parse(plain) as CanonicalValue);
}
