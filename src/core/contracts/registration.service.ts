import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { insertRows } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import { canonicalJson, type CanonicalValue } from '../proof/canonical-json.js';
import { type ChangeEntry, Journal } from '../proof/journal.service.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Kind } from '../settings/plan.schema.js';
import { planFor, type PlansInForce, SettingsService } from '../settings/settings.service.js';
import type { Contact } from './contact.entity.js';
import { Contract } from './contract.entity.js';
import type { ContractFacts } from './contract-facts.js';
import type { Counterparty } from './counterparty.entity.js';
import { checkDates } from './lifecycle.js';
import { PartyRows } from './party-rows.js';

interface NewRows {
  contract: Contract;
  counterparties: Counterparty[];
  contacts: Contact[];
  facts: ContractFacts;
}

/** Writes new contracts with everything of theirs: many by the same few statements as one. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly rows: PartyRows,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  async insert(manager: EntityManager, all: ContractFacts[], actor: string): Promise<Contract[]> {
    const made: NewRows[] = [];
    const plans = new Map<Kind, PlansInForce>();
    for (const kind of new Set(all.map((facts) => facts.kind)))
      plans.set(kind, await this.settings.plansFor(kind));
    for (const facts of all) made.push(this.rowsOf(facts, plans));
    await insertRows(
      manager,
      'contract',
      made.map((m) => contractRow(m.contract)),
    );
    await insertRows(manager, 'counterparty', made.flatMap((m) => m.counterparties).map(counterpartyRow));
    await insertRows(manager, 'contact', made.flatMap((m) => m.contacts).map(contactRow));
    await insertRows(
      manager,
      'contract_revision',
      made.map((m) => this.revisionRow(m.contract, m.facts, actor, false)),
    );
    await this.journal.record(manager, ...made.map((m) => this.registered(m, actor)));
    return made.map((m) => m.contract);
  }

  /** Null when the reference is taken. */
  async insertNew(manager: EntityManager, facts: ContractFacts, actor: string): Promise<Contract | null> {
    if (await manager.findOne(Contract, { where: { source: facts.source, reference: facts.reference } }))
      return null;
    return (await this.insert(manager, [facts], actor))[0] ?? null;
  }

  /** What tells two statements of a contract apart, personal data included, without keeping it. */
  fingerprint(facts: ContractFacts): Buffer {
    return this.sealer.blindIndex(
      canonicalJson(JSON.parse(JSON.stringify(facts, numbersAsText)) as CanonicalValue),
    );
  }

  revisionRow(contract: Contract, facts: ContractFacts, actor: string, correction: boolean) {
    const { counterparties, ...content } = facts;
    return {
      id: newId(),
      contract_id: contract.id,
      revision: facts.revision,
      fingerprint: this.fingerprint(facts),
      content: {
        ...content,
        counterparties: counterparties.map((c) => c.registrationNumber ?? c.externalId),
      },
      correction,
      actor,
    };
  }

  private rowsOf(facts: ContractFacts, plans: Map<Kind, PlansInForce>): NewRows {
    checkDates(facts);
    const inForce = plans.get(facts.kind);
    if (!inForce) throw new Error(`the plans of ${facts.kind} were not read`);
    const plan = planFor(inForce, facts.amount);
    const { counterparties: _parties, ...columns } = facts;
    const contract = Object.assign(new Contract(), {
      ...columns,
      id: newId(),
      state: facts.signedOn === null ? 'draft' : 'signed',
      resumesTo: null,
      completedOn: null,
      terminatedOn: null,
      planName: plan.name,
      planVersion: plan.version,
      version: 1,
    } satisfies Omit<Contract, never>);
    const counterparties: Counterparty[] = [];
    const contacts: Contact[] = [];
    for (const party of facts.counterparties) {
      const row = this.rows.counterparty(contract.id, party);
      counterparties.push(row);
      contacts.push(...party.contacts.map((contact) => this.rows.contact(contract.id, row.id, contact)));
    }
    return { contract, counterparties, contacts, facts };
  }

  private registered({ contract, counterparties, contacts }: NewRows, actor: string): ChangeEntry {
    return {
      subject: 'contract',
      subjectId: contract.id,
      contractId: contract.id,
      what: 'registered',
      before: null,
      after: {
        ...contract,
        counterparties: counterparties.map((party) => ({
          id: party.id,
          registrationNumber: party.registrationNumber,
        })),
        contacts: contacts.map((contact) => ({ id: contact.id, ...this.rows.forTheLog(contact) })),
      },
      actor,
      reason: null,
    };
  }
}

function numbersAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

function contractRow(c: Contract) {
  return {
    id: c.id,
    source: c.source,
    reference: c.reference,
    revision: c.revision,
    kind: c.kind,
    title: c.title,
    department_id: c.departmentId,
    officer_id: c.officerId,
    state: c.state,
    signed_on: c.signedOn,
    starts_on: c.startsOn,
    ends_on: c.endsOn,
    liability_ends_on: c.liabilityEndsOn,
    amount: c.amount,
    currency: c.currency,
    method: c.method,
    plan_name: c.planName,
    plan_version: c.planVersion,
  };
}

export function counterpartyRow(c: Counterparty) {
  return {
    id: c.id,
    contract_id: c.contractId,
    external_id: c.externalId,
    name_sealed: c.nameSealed,
    name_index: c.nameIndex,
    registration_number: c.registrationNumber,
    role: c.role,
    share: c.share,
    country: c.country,
  };
}

export function contactRow(c: Contact) {
  return {
    id: c.id,
    contract_id: c.contractId,
    counterparty_id: c.counterpartyId,
    name_sealed: c.nameSealed,
    name_index: c.nameIndex,
    role: c.role,
    phone_sealed: c.phoneSealed,
    phone_index: c.phoneIndex,
    phone_country: c.phoneCountry,
    locale: c.locale,
    legal_basis: c.legalBasis,
    legal_basis_on: c.legalBasisOn,
    salt: c.salt,
  };
}
