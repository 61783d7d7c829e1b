import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import { canonicalJson, type CanonicalValue } from '../proof/canonical-json.js';
import { type ChangeEntry, Journal } from '../proof/journal.service.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Kind } from '../settings/plan.schema.js';
import { planFor, type PlansInForce, SettingsService } from '../settings/settings.service.js';
import { Contact } from './contact.entity.js';
import { Contract, ContractRevision } from './contract.entity.js';
import type { ContractFacts } from './contract-facts.js';
import { Counterparty } from './counterparty.entity.js';
import { checkDates } from './lifecycle.js';
import { PartyRows } from './party-rows.js';
import { Database } from '../../platform/database/database.js';

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
    private readonly database: Database,
    private readonly rows: PartyRows,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  async insert(all: ContractFacts[], actor: string): Promise<Contract[]> {
    const made: NewRows[] = [];
    const plans = new Map<Kind, PlansInForce>();
    for (const kind of new Set(all.map((facts) => facts.kind)))
      plans.set(kind, await this.settings.plansFor(kind));
    for (const facts of all) made.push(this.rowsOf(facts, plans));
    await this.database.insert(
      Contract,
      made.map((m) => m.contract),
    );
    await this.database.insert(
      Counterparty,
      made.flatMap((m) => m.counterparties),
    );
    await this.database.insert(
      Contact,
      made.flatMap((m) => m.contacts),
    );
    await this.database.insert(
      ContractRevision,
      made.map((m) => this.revisionRow(m.contract, m.facts, actor, false)),
    );
    await this.journal.record(...made.map((m) => this.registered(m, actor)));
    return made.map((m) => m.contract);
  }

  /** Null when the reference is taken. */
  async insertNew(facts: ContractFacts, actor: string): Promise<Contract | null> {
    if (
      await this.database
        .repository(Contract)
        .findOne({ where: { source: facts.source, reference: facts.reference } })
    )
      return null;
    return (await this.insert([facts], actor))[0] ?? null;
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
      contractId: contract.id,
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
