import type { Contract } from '../../core/contracts/contract.entity.js';
import { Injectable } from '@nestjs/common';
import type { ContactFacts, CounterpartyFacts } from '../../core/contracts/contract-facts.js';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import { ContractReader, type Parties } from '../../core/contracts/contract.reader.js';
import { PartyRows } from '../../core/contracts/party-rows.js';

type Contact = Parties['contacts'][number];

/**
 * Brings what a file says of a contract's parties together with what is known of them. A file never removes a
 * contact: whoever wrote it could keep somebody from being told by leaving him out.
 */
@Injectable()
export class PartyMerger {
  constructor(
    private readonly reader: ContractReader,
    private readonly contacts: ContactsService,
    private readonly rows: PartyRows,
  ) {}

  /** True when something was added or changed. */
  async merge(contract: Contract, stated: CounterpartyFacts[], actor: string): Promise<boolean> {
    const known = (await this.reader.partiesOf([contract.id])).get(contract.id) ?? {
      counterparties: [],
      contacts: [],
    };
    let altered = false;
    for (const party of stated) {
      const match = this.matchParty(known, party);
      if (!match) {
        await this.contacts.insertCounterparty(contract, party, actor);
        altered = true;
        continue;
      }
      const own = known.contacts.filter(
        (contact) => contact.counterpartyId === match.id && !contact.removedAt,
      );
      for (const contact of party.contacts) {
        altered = (await this.mergeContact(contract, match.id, own, contact, actor)) || altered;
      }
    }
    return altered;
  }

  private matchParty(known: Parties, party: CounterpartyFacts) {
    const nameIndex = this.rows.nameIndex(party.name);
    return (
      known.counterparties.find((c) => party.externalId !== null && c.externalId === party.externalId) ??
      known.counterparties.find(
        (c) => party.registrationNumber !== null && c.registrationNumber === party.registrationNumber,
      ) ??
      known.counterparties.find((c) => c.nameIndex.equals(nameIndex))
    );
  }

  private async mergeContact(
    contract: Contract,
    counterpartyId: string,
    known: Contact[],
    stated: ContactFacts,
    actor: string,
  ): Promise<boolean> {
    const phoneIndex = stated.phone && this.rows.phoneIndex(stated.phone.e164);
    if (phoneIndex && known.some((contact) => contact.phoneIndex?.equals(phoneIndex))) return false;
    const nameIndex = stated.name === null ? null : this.rows.nameIndex(stated.name);
    const sameName = known.find((contact) => nameIndex !== null && contact.nameIndex?.equals(nameIndex));
    if (sameName) {
      if (!stated.phone) return false;
      const wanted = this.rows.phone(sameName.id, stated.phone);
      await this.contacts.updateContact(contract, sameName, wanted, actor, 'import');
      return true;
    }
    if (!stated.phone && known.length > 0) return false;
    await this.contacts.insertContact(
      contract,
      this.rows.contact(contract.id, counterpartyId, stated),
      actor,
    );
    return true;
  }
}
