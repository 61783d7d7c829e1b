import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import { maskName, maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { commit, newSalt } from '../proof/leaf.js';
import type { ContactFacts, CounterpartyFacts } from './contract-facts.js';
import { Contact, Counterparty } from './contract.entity.js';

/** PartyRows seals what is given of parties and people into rows, and opens rows into what a reader may see. */
@Injectable()
export class PartyRows {
  constructor(private readonly sealer: Sealer) {}

  counterpartyRow(contractId: string, facts: CounterpartyFacts): Counterparty {
    const id = newId();
    return Object.assign(new Counterparty(), {
      id,
      contractId,
      externalId: facts.externalId,
      nameSealed: this.sealer.seal(facts.name, placeOf('counterparty', 'name_sealed', id)),
      nameIndex: this.sealer.blindIndex(facts.name),
      registrationNumber: facts.registrationNumber,
      role: facts.role,
      share: facts.share === null ? null : String(facts.share),
      country: facts.country,
    });
  }

  contactRow(contractId: string, counterpartyId: string, facts: ContactFacts): Contact {
    const id = newId();
    return Object.assign(new Contact(), {
      id,
      contractId,
      counterpartyId,
      ...this.sealedName(id, facts.name),
      role: facts.role,
      ...this.sealedPhone(id, facts.phone),
      locale: facts.locale,
      legalBasis: facts.legalBasis,
      legalBasisOn: facts.legalBasisOn,
      removedAt: null,
      salt: newSalt(),
    });
  }

  sealedName(contactId: string, name: string | null): Pick<Contact, 'nameSealed' | 'nameIndex'> {
    return {
      nameSealed: name === null ? null : this.sealer.seal(name, placeOf('contact', 'name_sealed', contactId)),
      nameIndex: name === null ? null : this.sealer.blindIndex(name),
    };
  }

  sealedPhone(
    contactId: string,
    phone: ContactFacts['phone'],
  ): Pick<Contact, 'phoneSealed' | 'phoneIndex' | 'phoneCountry'> {
    if (phone === null) return { phoneSealed: null, phoneIndex: null, phoneCountry: null };
    return {
      phoneSealed: this.sealer.seal(phone.e164, placeOf('contact', 'phone_sealed', contactId)),
      phoneIndex: this.sealer.blindIndex(phone.e164),
      phoneCountry: phone.country,
    };
  }

  /** Returns the blind index of a name, or of a number in E.164. */
  indexOf(nameOrNumber: string): Buffer {
    return this.sealer.blindIndex(nameOrNumber);
  }

  /** Opens a contact's number, in E.164. */
  numberOf(contact: Pick<Contact, 'id' | 'phoneSealed'>): string | null {
    return contact.phoneSealed
      ? this.sealer.open(contact.phoneSealed, placeOf('contact', 'phone_sealed', contact.id))
      : null;
  }

  nameOf(party: Counterparty): string {
    return this.sealer.open(party.nameSealed, placeOf('counterparty', 'name_sealed', party.id));
  }

  maskedNameOf(contact: Pick<Contact, 'id' | 'nameSealed'>): string | null {
    return contact.nameSealed
      ? maskName(this.sealer.open(contact.nameSealed, placeOf('contact', 'name_sealed', contact.id)))
      : null;
  }

  maskedNumberOf(contact: Pick<Contact, 'id' | 'phoneSealed'>): string | null {
    const number = this.numberOf(contact);
    return number === null ? null : maskPhoneNumber(number);
  }

  /** A contact as readers see it: name and number masked. */
  maskedContact(contact: Contact) {
    const { role, locale, legalBasis, legalBasisOn } = contact;
    const [name, phone] = [this.maskedNameOf(contact), this.maskedNumberOf(contact)];
    return { name, role, phone, locale, legalBasis, legalBasisOn };
  }

  /** A contact as the log keeps it: masked, with a commitment to its number that can be opened while the salt exists. */
  contactForLog(contact: Contact): Record<string, unknown> {
    const number = this.numberOf(contact);
    const commitment = number === null ? null : commit(contact.salt, number);
    return { ...this.maskedContact(contact), commitment };
  }
}

function placeOf(table: string, column: string, rowId: string) {
  return { table, column, rowId };
}
