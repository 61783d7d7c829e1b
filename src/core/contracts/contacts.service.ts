import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { actorOf, type Caller } from '../access/roles.js';
import { AppError, type FieldProblem, notFound } from '../../platform/app-error.js';
import type { ContractChangeKind } from '../proof/change.entity.js';
import { Journal } from '../proof/journal.service.js';
import { Contact } from './contact.entity.js';
import { ContractChanges } from './contract-changes.js';
import { ContractEditor, type HowToChange } from './contract-editor.js';
import {
  contactFactsOf,
  counterpartyFactsOf,
  phoneOf,
  throwIfAny,
  type CounterpartyFacts,
} from './contract-facts.js';
import type { Contract } from './contract.entity.js';
import type { ContactPatch, NewContact, NewCounterparty } from './contract.schema.js';
import type { ContractView } from './contract.view.js';
import { Counterparty } from './counterparty.entity.js';
import { PartyRows } from './party-rows.js';
import { ReadingRulesService } from './reading-rules.js';
import { Database } from '../../platform/database/database.js';

/** Who is told: counterparties and their people. Each change re-plans the contract. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly database: Database,
    private readonly editor: ContractEditor,
    private readonly changes: ContractChanges,
    private readonly rules: ReadingRulesService,
    private readonly rows: PartyRows,
    private readonly journal: Journal,
  ) {}

  async addCounterparty(
    caller: Caller,
    contractId: string,
    input: NewCounterparty,
    how: HowToChange,
  ): Promise<ContractView> {
    const problems: FieldProblem[] = [];
    const facts = counterpartyFactsOf(input, await this.rules.inForce(), '', problems);
    throwIfAny(problems);
    return this.editor.edit(caller, contractId, how, (contract) =>
      this.insertCounterparty(contract, facts, actorOf(caller)),
    );
  }

  async addContact(
    caller: Caller,
    contractId: string,
    counterpartyId: string,
    input: NewContact,
    how: HowToChange,
  ): Promise<ContractView> {
    const rules = await this.rules.inForce();
    return this.editor.edit(caller, contractId, how, async (contract) => {
      const party = await this.database
        .repository(Counterparty)
        .findOne({ where: { id: counterpartyId, contractId } });
      if (!party) throw notFound('counterparty');
      const problems: FieldProblem[] = [];
      const facts = contactFactsOf(input, party.country ?? rules.country, rules, '', problems);
      throwIfAny(problems);
      await this.insertContact(contract, this.rows.contact(contractId, party.id, facts), actorOf(caller));
    });
  }

  async changeContact(
    caller: Caller,
    contractId: string,
    contactId: string,
    patch: ContactPatch,
    how: HowToChange,
  ): Promise<ContractView> {
    const rules = await this.rules.inForce();
    return this.editor.edit(caller, contractId, how, async (contract) => {
      const contact = await mustHave(this.database, contractId, contactId);
      const party = await this.database
        .repository(Counterparty)
        .findOne({ where: { id: contact.counterpartyId } });
      const problems: FieldProblem[] = [];
      const phone =
        patch.phone && phoneOf(patch.phone, party?.country ?? rules.country, rules, 'phone', problems);
      throwIfAny(problems);
      const wanted: Partial<Contact> = {
        ...(patch.name === undefined ? {} : this.rows.name(contact.id, patch.name)),
        ...(patch.phone === undefined ? {} : this.rows.phone(contact.id, phone || null)),
        ...(patch.role === undefined ? {} : { role: patch.role }),
        ...(patch.locale === undefined ? {} : { locale: patch.locale }),
        ...(patch.legalBasis === undefined ? {} : { legalBasis: patch.legalBasis }),
        ...(patch.legalBasisOn === undefined ? {} : { legalBasisOn: patch.legalBasisOn }),
      };
      await this.updateContact(contract, contact, wanted, actorOf(caller), patch.reason ?? null);
    });
  }

  async removeContact(
    caller: Caller,
    contractId: string,
    contactId: string,
    reason: string | null,
    how: HowToChange,
  ): Promise<ContractView> {
    return this.editor.edit(caller, contractId, how, async (contract) => {
      const contact = await mustHave(this.database, contractId, contactId);
      await this.withdrawContact(contract, contact, actorOf(caller), reason);
    });
  }

  /** He is no longer told; what was, stays in the log. */
  async withdrawContact(
    contract: Contract,
    contact: Contact,
    actor: string,
    reason: string | null,
  ): Promise<void> {
    await this.database.repository(Contact).update({ id: contact.id }, { removedAt: new Date() });
    await this.changes.bump(contract);
    await this.say(contract, contact.id, 'contact-removed', contact, null, actor, reason);
  }

  async insertCounterparty(contract: Contract, facts: CounterpartyFacts, actor: string): Promise<void> {
    const party = this.rows.counterparty(contract.id, facts);
    await this.database.insert(Counterparty, [party]);
    await this.journal.record({
      subject: 'counterparty',
      subjectId: party.id,
      contractId: contract.id,
      what: 'counterparty-added',
      before: null,
      after: { registrationNumber: party.registrationNumber, role: party.role, country: party.country },
      actor,
      reason: null,
    });
    await this.changes.bump(contract);
    for (const contact of facts.contacts) {
      await this.insertContact(contract, this.rows.contact(contract.id, party.id, contact), actor);
    }
  }

  async insertContact(contract: Contract, contact: Contact, actor: string): Promise<void> {
    await this.database.insert(Contact, [contact]);
    await this.changes.bump(contract);
    await this.say(contract, contact.id, 'contact-added', null, contact, actor, null);
  }

  async updateContact(
    contract: Contract,
    contact: Contact,
    wanted: Partial<Contact>,
    actor: string,
    reason: string | null,
  ): Promise<void> {
    const after = Object.assign(new Contact(), contact, wanted);
    if (after.legalBasis === 'consent' && !after.legalBasisOn) {
      throw new AppError(
        'invalid',
        'consent-undated',
        'Consent is kept with the day it was given: send legalBasisOn.',
      );
    }
    await this.database.repository(Contact).update({ id: contact.id }, wanted);
    await this.changes.bump(contract);
    await this.say(contract, contact.id, 'contact-changed', contact, after, actor, reason);
  }

  private say(
    contract: Contract,
    contactId: string,
    what: ContractChangeKind,
    before: Contact | null,
    after: Contact | null,
    actor: string,
    reason: string | null,
  ): Promise<void> {
    return this.journal.record({
      subject: 'contact',
      subjectId: contactId,
      contractId: contract.id,
      what,
      before: before && this.rows.forTheLog(before),
      after: after && this.rows.forTheLog(after),
      actor,
      reason,
    });
  }
}

async function mustHave(database: Database, contractId: string, contactId: string): Promise<Contact> {
  const contact = await database.repository(Contact).findOne({
    where: { id: contactId, contractId, removedAt: IsNull() },
  });
  if (!contact) throw notFound('contact');
  return contact;
}
