import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { definedOnly } from '../../platform/defined-only.js';
import { actorOf, isSystem } from '../access/roles.js';
import type { ContractChangeKind } from '../proof/change.entity.js';
import { ContractChanges } from './contract-changes.js';
import { type CounterpartyFacts, FactsRules } from './contract-facts.js';
import { Contact, type Contract, Counterparty } from './contract.entity.js';
import { languagesBefore } from './contract.reader.js';
import type { ContactPatch, NewContact, NewCounterparty } from './contract.schema.js';
import type { ContractView } from './contract.view.js';
import { ContractEditor, type Edit } from './contracts.service.js';
import { contractProblems } from './contracts.words.js';
import { type partyLimits, requireRoomInLists } from './party-limits.js';
import { FormerNumbers } from '../planning/former-numbers.js';
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
    private readonly former: FormerNumbers,
  ) {}

  async addCounterparty(edit: Edit, input: NewCounterparty): Promise<ContractView> {
    const facts = await this.rules.read((reading) => reading.counterparty(input));
    const work = (contract: Contract, actor: string) => this.insertCounterparty(contract, facts, actor);
    return this.editor.edit(edit, { act: 'addCounterparty', args: [input], work });
  }

  async addContact(edit: Edit, counterpartyId: string, input: NewContact): Promise<ContractView> {
    const work = async (contract: Contract, actor: string) => {
      const { id, country } = await this.requireCounterparty(contract, counterpartyId);
      const facts = await this.rules.read((reading) => reading.contact(input, country));
      await this.insertContact(contract, this.rows.contactRow(contract.id, id, facts), actor);
    };
    return this.editor.edit(edit, { act: 'addContact', args: [counterpartyId, input], work });
  }

  async changeContact(edit: Edit, contactId: string, patch: ContactPatch): Promise<ContractView> {
    const { name, phone: number, reason = null, ...columns } = patch;
    let index: Buffer | null = null;
    const work = async (contract: Contract, actor: string) => {
      const contact = await this.requireContact(contract, contactId);
      const { country } = await this.requireCounterparty(contract, contact.counterpartyId);
      const phone = number ? await this.rules.read((reading) => reading.phone(number, country)) : null;
      const wanted: Partial<Contact> = {
        ...definedOnly(columns),
        ...(name === undefined ? {} : this.rows.sealedName(contact.id, name)),
        ...(number === undefined ? {} : this.rows.sealedPhone(contact.id, phone)),
      };
      index = wanted.phoneIndex ?? null;
      await this.updateContact(contract, contact, wanted, actor, reason);
    };
    const args = [contactId, patch];
    const view = await this.editor.edit({ ...edit, reason }, { act: 'changeContact', args, work });
    if (view.proposal) await this.flagWaiting(edit, index);
    return view;
  }

  /**
   * Lets auditors see at once that a system's number waits because an officer or a manager gave the contract another one first: a
   * system tells nobody of that by itself.
   */
  private async flagWaiting({ caller, id }: Edit, index: Buffer | null): Promise<void> {
    if (index === null || !isSystem(caller)) return;
    const numbers = new Set([index.toString('hex')]);
    const broughtBy = actorOf(caller);
    const isSuspect = (givenBy: string) => givenBy !== broughtBy && /^(officer|manager):/.test(givenBy);
    const brought = { numbers, broughtBy, isSuspect };
    await this.database.inTransaction(() => this.changes.flagRefused({ id }, brought));
  }

  async removeContact(edit: Edit, contactId: string, reason: string | null): Promise<ContractView> {
    const work = async (contract: Contract, actor: string) =>
      this.withdrawContact(contract, await this.requireContact(contract, contactId), actor, reason);
    const args = [contactId, reason];
    return this.editor.edit({ ...edit, reason }, { act: 'removeContact', args, work });
  }

  /** Marks a contact as removed: nothing more is sent to it, and what was sent stays in the log. */
  async withdrawContact(
    contract: Contract,
    contact: Contact,
    actor: string,
    reason: string | null,
  ): Promise<void> {
    const removed = Object.assign(new Contact(), contact, { removedAt: new Date() });
    await this.database.repository(Contact).update({ id: contact.id }, { removedAt: removed.removedAt });
    await this.recordContact(contract, 'contact-removed', { before: contact, after: removed }, actor, reason);
    await this.tellFormerNumber(contract, contact, null);
  }

  async insertCounterparty(contract: Contract, facts: CounterpartyFacts, actor: string): Promise<void> {
    await this.requireRoom(contract, null, facts.contacts.length);
    const party = this.rows.counterpartyRow(contract.id, facts);
    await this.database.insert(Counterparty, [party]);
    await this.changes.recordPart(contract, {
      subject: 'counterparty',
      subjectId: party.id,
      what: 'counterparty-added',
      after: this.rows.companyForLog(party),
      actor,
    });
    for (const contact of facts.contacts)
      await this.insert(contract, this.rows.contactRow(contract.id, party.id, contact), actor);
  }

  async insertContact(contract: Contract, contact: Contact, actor: string): Promise<void> {
    await this.requireRoom(contract, contact.counterpartyId, 1);
    await this.insert(contract, contact, actor);
    await this.takeBackFormerNumber(contact);
  }

  private async insert(contract: Contract, contact: Contact, actor: string): Promise<void> {
    await this.database.insert(Contact, [contact]);
    await this.recordContact(contract, 'contact-added', { before: null, after: contact }, actor, null);
  }

  /** Throws `list-full`; the lock on the contract keeps others from adding at once. A new party has no id yet. */
  private async requireRoom({ id }: Contract, partyId: string | null, added: number): Promise<void> {
    const [now] = await this.database.rows<Record<keyof typeof partyLimits, number>>(
      `SELECT (SELECT count(*)::integer FROM counterparty WHERE contract_id = $1) AS counterparties,
              count(*)::integer AS contacts,
              (count(*) FILTER (WHERE counterparty_id = $2 AND removed_at IS NULL))::integer AS contacts_of_party
       FROM contact WHERE contract_id = $1`,
      [id, partyId],
    );
    if (!now) throw new Error('PostgreSQL counted nothing');
    requireRoomInLists({
      counterparties: partyId === null ? now.counterparties + 1 : 0,
      contactsOfParty: now.contactsOfParty + added,
      contacts: added === 0 ? 0 : now.contacts + added,
    });
  }

  /** Changes a contact; what it has already is no change, and is not recorded. */
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
    if (!differs(contact, wanted)) return;
    if (after.locale !== contact.locale)
      (await languagesBefore(this.database)).set(contact.id, contact.locale);
    await this.database.repository(Contact).update({ id: contact.id }, wanted);
    await this.recordContact(contract, 'contact-changed', { before: contact, after }, actor, reason);
    await this.tellFormerNumber(contract, contact, after);
  }

  /** Tells the number that a contact had that alerts go elsewhere; what is to go to the one that it has now is taken back. */
  private async tellFormerNumber(contract: Contract, before: Contact, after: Contact | null): Promise<void> {
    const { id: contactId, contractId, counterpartyId, phoneIndex: index, phoneCountry: country } = before;
    if (before.removedAt !== null || isDeepStrictEqual(index, after?.phoneIndex ?? null)) return;
    if (after) await this.takeBackFormerNumber(after);
    const e164 = this.rows.numberOf(before);
    if (index === null || e164 === null) return;
    const { departmentId } = contract;
    await this.changes.noteSign(contractId, { kind: 'changed-before-alert', contactId });
    await this.former.tell({ contractId, counterpartyId, contactId, departmentId, index, e164, country });
  }

  private async takeBackFormerNumber({ contractId, counterpartyId, phoneIndex }: Contact): Promise<void> {
    if (phoneIndex !== null) await this.former.takeBack({ contractId, counterpartyId, index: phoneIndex });
  }

  private async requireCounterparty({ id: contractId }: Contract, id: string): Promise<Counterparty> {
    const party = await this.database.repository(Counterparty).findOne({ where: { id, contractId } });
    if (!party) throw notFound('counterparty');
    return party;
  }

  private async requireContact({ id: contractId }: Contract, id: string): Promise<Contact> {
    const where = { id, contractId, removedAt: IsNull(), salt: Not(IsNull()) };
    const contact = await this.database.repository(Contact).findOne({ where });
    if (!contact) throw notFound('contact');
    return contact;
  }

  private recordContact(
    contract: Contract,
    what: ContractChangeKind,
    { before, after }: { before: Contact | null; after: Contact },
    actor: string,
    reason: string | null,
  ): Promise<void> {
    const isThere = after.removedAt === null;
    const entry = {
      subject: 'contact',
      subjectId: after.id,
      what,
      actor,
      reason,
      before: before && this.rows.contactForLog(before),
      after: isThere ? this.rows.contactForLog(after) : null,
    };
    return this.changes.recordPart(contract, entry, [this.rows.contactLeaf(after)]);
  }
}

/** Names and numbers are compared by their blind indexes: sealed again, the same one looks different. */
function differs(contact: Contact, wanted: Partial<Contact>): boolean {
  const { nameSealed: _name, phoneSealed: _phone, ...comparable } = wanted;
  return Object.entries(comparable).some(
    ([column, value]) => !isDeepStrictEqual(contact[column as keyof Contact], value),
  );
}
