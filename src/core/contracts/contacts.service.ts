import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { actorOf, type Caller } from '../access/roles.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import type { ContractChangeKind } from '../proof/change.entity.js';
import { Journal } from '../proof/journal.service.js';
import { ContractChanges } from './contract-changes.js';
import {
  contactFactsOf,
  counterpartyFactsOf,
  type CounterpartyFacts,
  FactsRules,
  phoneOf,
} from './contract-facts.js';
import { Contact, type Contract, Counterparty } from './contract.entity.js';
import type { ContactPatch, NewContact, NewCounterparty } from './contract.schema.js';
import type { ContractView } from './contract.view.js';
import { ContractEditor, type HowToChange } from './contracts.service.js';
import { contractProblems } from './contracts.words.js';
import { PartyRows } from './party-rows.js';

/** ContactsService keeps who is texted: counterparties and their contacts. Each change plans the contract again. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly database: Database,
    private readonly editor: ContractEditor,
    private readonly changes: ContractChanges,
    private readonly rules: FactsRules,
    private readonly rows: PartyRows,
    private readonly journal: Journal,
  ) {}

  async addCounterparty(
    caller: Caller,
    contractId: string,
    input: NewCounterparty,
    how: HowToChange,
  ): Promise<ContractView> {
    const facts = counterpartyFactsOf(input, await this.rules.readingRules());
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
    const rules = await this.rules.readingRules();
    return this.editor.edit(caller, contractId, how, async (contract) => {
      const party = await this.database
        .repository(Counterparty)
        .findOne({ where: { id: counterpartyId, contractId } });
      if (!party) throw notFound('counterparty');
      const facts = contactFactsOf(input, party.country, rules);
      const contact = this.rows.contactRow(contractId, party.id, facts);
      await this.insertContact(contract, contact, actorOf(caller));
    });
  }

  async changeContact(
    caller: Caller,
    contractId: string,
    contactId: string,
    patch: ContactPatch,
    how: HowToChange,
  ): Promise<ContractView> {
    const rules = await this.rules.readingRules();
    return this.editor.edit(caller, contractId, how, async (contract) => {
      const contact = await this.requireContact(contractId, contactId);
      const party = await this.database
        .repository(Counterparty)
        .findOne({ where: { id: contact.counterpartyId } });
      const phone = patch.phone ? phoneOf(patch.phone, party?.country ?? null, rules) : null;
      const wanted: Partial<Contact> = {
        ...(patch.name === undefined ? {} : this.rows.sealedName(contact.id, patch.name)),
        ...(patch.phone === undefined ? {} : this.rows.sealedPhone(contact.id, phone)),
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
      const contact = await this.requireContact(contractId, contactId);
      await this.withdrawContact(contract, contact, actorOf(caller), reason);
    });
  }

  /** Marks a contact as removed: nothing more is sent to it, and what was sent stays in the log. */
  async withdrawContact(
    contract: Contract,
    contact: Contact,
    actor: string,
    reason: string | null,
  ): Promise<void> {
    await this.database.repository(Contact).update({ id: contact.id }, { removedAt: new Date() });
    await this.recordChange(contract, 'contact-removed', { before: contact, after: null }, actor, reason);
  }

  async insertCounterparty(contract: Contract, facts: CounterpartyFacts, actor: string): Promise<void> {
    const party = this.rows.counterpartyRow(contract.id, facts);
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
    await this.changes.countVersion(contract);
    for (const contact of facts.contacts) {
      await this.insertContact(contract, this.rows.contactRow(contract.id, party.id, contact), actor);
    }
  }

  async insertContact(contract: Contract, contact: Contact, actor: string): Promise<void> {
    await this.database.insert(Contact, [contact]);
    await this.recordChange(contract, 'contact-added', { before: null, after: contact }, actor, null);
  }

  async updateContact(
    contract: Contract,
    contact: Contact,
    wanted: Partial<Contact>,
    actor: string,
    reason: string | null,
  ): Promise<void> {
    const after = Object.assign(new Contact(), contact, wanted);
    if (after.legalBasis === 'consent' && !after.legalBasisOn)
      throw contractProblems.error('consent-undated');
    await this.database.repository(Contact).update({ id: contact.id }, wanted);
    await this.recordChange(contract, 'contact-changed', { before: contact, after }, actor, reason);
  }

  private async requireContact(contractId: string, contactId: string): Promise<Contact> {
    const where = { id: contactId, contractId, removedAt: IsNull() };
    const contact = await this.database.repository(Contact).findOne({ where });
    if (!contact) throw notFound('contact');
    return contact;
  }

  private async recordChange(
    contract: Contract,
    what: ContractChangeKind,
    { before, after }: { before: Contact | null; after: Contact | null },
    actor: string,
    reason: string | null,
  ): Promise<void> {
    await this.changes.countVersion(contract);
    await this.journal.record({
      subject: 'contact',
      subjectId: (after ?? before)?.id ?? '',
      contractId: contract.id,
      what,
      before: before && this.rows.contactForLog(before),
      after: after && this.rows.contactForLog(after),
      actor,
      reason,
    });
  }
}
