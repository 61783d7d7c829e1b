import { Injectable } from '@nestjs/common';
import type { Contact, Contract } from '../../core/contracts/contract.entity.js';
import type { ContactFacts, CounterpartyFacts } from '../../core/contracts/contract-facts.js';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import { ContractReader, type Parties } from '../../core/contracts/contract.reader.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import type { BeforeImport } from './contract-snapshots.js';

/**
 * ImportedParties brings what a file states of a contract's parties together with what is known of them. A file never
 * removes a contact: whoever wrote it could keep somebody from being notified by leaving them out.
 */
@Injectable()
export class ImportedParties {
  constructor(
    private readonly reader: ContractReader,
    private readonly contacts: ContactsService,
    private readonly rows: PartyRows,
  ) {}

  /** True when something was added or changed. */
  async mergeParties(contract: Contract, stated: CounterpartyFacts[], actor: string): Promise<boolean> {
    const { version } = contract;
    const known = await this.partiesOf(contract);
    for (const party of stated) {
      const match = this.matchParty(known, party);
      if (!match) {
        await this.contacts.insertCounterparty(contract, party, actor);
        continue;
      }
      const own = known.contacts.filter(
        (contact) => contact.counterpartyId === match.id && !contact.removedAt,
      );
      for (const contact of party.contacts) await this.mergeContact(contract, match.id, own, contact, actor);
    }
    return contract.version !== version;
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

  /** A number that is known, by whatever name, is left alone; a known name gets the new number. */
  private async mergeContact(
    contract: Contract,
    counterpartyId: string,
    known: Contact[],
    stated: ContactFacts,
    actor: string,
  ): Promise<void> {
    const phoneIndex = stated.phone && this.rows.indexOf(stated.phone.e164);
    if (phoneIndex && known.some((contact) => contact.phoneIndex?.equals(phoneIndex))) return;
    if (!stated.phone && known.length > 0) return;
    const nameIndex = stated.name === null ? null : this.rows.indexOf(stated.name);
    const sameName = known.find((contact) => nameIndex !== null && contact.nameIndex?.equals(nameIndex));
    if (sameName) {
      const wanted = this.rows.sealedPhone(sameName.id, stated.phone);
      await this.contacts.updateContact(contract, sameName, wanted, actor, 'import');
      return;
    }
    const row = this.rows.contactRow(contract.id, counterpartyId, stated);
    await this.contacts.insertContact(contract, row, actor);
  }
}
