import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import { maskName, maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { type SealedPlace, Sealer } from '../../platform/sealing/sealer.js';
import { digestOfBlindIndex } from '../proof/facts.js';
import type { LeafEntry } from '../proof/journal.service.js';
import { commit, newSalt } from '../proof/leaf.js';
import type { ContactFacts, CounterpartyFacts } from './contract-facts.js';
import { Contact, Counterparty } from './contract.entity.js';
import { namePartsOf, soughtPartsOf } from './name-parts.js';

/** PartyRows seals facts of parties and people into rows, and opens rows into what a reader may see. */
@Injectable()
export class PartyRows {
  constructor(private readonly sealer: Sealer) {}

  counterpartyRow(contractId: string, facts: CounterpartyFacts): Counterparty {
    const { contacts: _contacts, name, share, ...columns } = facts;
    const id = newId();
    return Object.assign(new Counterparty(), {
      ...columns,
      id,
      contractId,
      nameSealed: this.sealer.seal(name, placeOf('counterparty', 'name_sealed', id)),
      nameIndex: this.sealer.blindIndex(name),
      nameParts: this.namePartsOf(name),
      share: share === null ? null : String(share),
    });
  }

  contactRow(contractId: string, counterpartyId: string, facts: ContactFacts): Contact {
    const { name, phone, ...columns } = facts;
    const id = newId();
    return Object.assign(new Contact(), {
      ...columns,
      id,
      contractId,
      counterpartyId,
      ...this.sealedName(id, name),
      ...this.sealedPhone(id, phone),
      removedAt: null,
      salt: newSalt(),
    });
  }

  sealedName(contactId: string, name: string | null): Pick<Contact, 'nameSealed' | 'nameIndex'> {
    if (name === null) return { nameSealed: null, nameIndex: null };
    return {
      nameSealed: this.sealer.seal(name, placeOf('contact', 'name_sealed', contactId)),
      nameIndex: this.sealer.blindIndex(name),
    };
  }

  sealedPhone(
    contactId: string,
    phone: ContactFacts['phone'],
  ): Pick<Contact, 'phoneSealed' | 'phoneIndex' | 'phoneCountry' | 'phoneEnding'> {
    if (phone === null) return { phoneSealed: null, phoneIndex: null, phoneCountry: null, phoneEnding: null };
    return {
      phoneSealed: this.sealer.seal(phone.e164, placeOf('contact', 'phone_sealed', contactId)),
      phoneIndex: this.sealer.blindIndex(phone.e164),
      phoneCountry: phone.country,
      phoneEnding: this.endingOf(phone.e164),
    };
  }

  /** Returns the blind index of a name, or of a number in E.164. */
  indexOf(nameOrNumber: string): Buffer {
    return this.sealer.blindIndex(nameOrNumber);
  }

  /** Returns fingerprints of a name's parts. A name that contains another has all of the other's (see `namePartsOf`). */
  namePartsOf(name: string): number[] {
    return namePartsOf(name).map((part) => this.sealer.partIndex(part));
  }

  /** Returns fingerprints of the parts that every name with these letters in it has; none when they are too few to search by. */
  soughtPartsOf(letters: string): number[] {
    return soughtPartsOf(letters).map((part) => this.sealer.partIndex(part));
  }

  /** Returns the fingerprint of a number's last four digits. */
  endingOf(number: string): number {
    return this.sealer.partIndex(number.slice(-4));
  }

  /** Opens a contact's number, in E.164. */
  numberOf({ id, phoneSealed }: Pick<Contact, 'id' | 'phoneSealed'>): string | null {
    return phoneSealed && this.sealer.open(phoneSealed, placeOf('contact', 'phone_sealed', id));
  }

  nameOf({ id, nameSealed }: Pick<Counterparty, 'id' | 'nameSealed'>): string {
    return this.sealer.open(nameSealed, placeOf('counterparty', 'name_sealed', id));
  }

  maskedNameOf({ id, nameSealed }: Pick<Contact, 'id' | 'nameSealed'>): string | null {
    return nameSealed && maskName(this.sealer.open(nameSealed, placeOf('contact', 'name_sealed', id)));
  }

  maskedNumberOf(contact: Pick<Contact, 'id' | 'phoneSealed'>): string | null {
    const number = this.numberOf(contact);
    return number === null ? null : maskPhoneNumber(number);
  }

  /** Opens a number that is sealed somewhere else than in its contact. */
  numberAt(place: SealedPlace, sealed: Buffer): string {
    return this.sealer.open(sealed, place);
  }

  /** Masks a number that is sealed somewhere else than in its contact. */
  maskedAt(place: SealedPlace, sealed: Buffer): string {
    return maskPhoneNumber(this.numberAt(place, sealed));
  }

  /** Shows a contact as readers see it, with its name and number masked. */
  maskedContact(contact: Contact) {
    const { role, locale, legalBasis, legalBasisOn } = contact;
    const [name, phone] = [this.maskedNameOf(contact), this.maskedNumberOf(contact)];
    return { name, role, phone, locale, legalBasis, legalBasisOn };
  }

  /** Writes a contact as the log keeps it: masked, with a commitment to its number that can be opened with the salt. */
  contactForLog(contact: Contact): Record<string, unknown> {
    const number = this.numberOf(contact);
    const commitment = number && contact.salt && commit(contact.salt, number);
    return { ...this.maskedContact(contact), commitment };
  }

  /** Writes a company as changes keep it; its name by a digest that nobody can try names by. */
  companyForLog(company: Counterparty): Record<string, unknown> {
    const { id, registrationNumber, role, country, share, externalId, nameIndex } = company;
    const nameDigest = digestOfBlindIndex(id, nameIndex);
    return { registrationNumber, role, country, share, externalId, nameDigest };
  }

  /** Says of a contact what `Journal.state` would read, and commits to its number. */
  contactLeaf(contact: Contact): LeafEntry {
    const { id, salt, nameIndex, phoneIndex, removedAt, ...row } = contact;
    const number = this.numberOf(contact);
    const committed = (index: Buffer | null) => index && salt && commit(salt, index.toString('hex'));
    return {
      kind: 'contact',
      subjectId: id,
      body: {
        contract_id: row.contractId,
        counterparty_id: row.counterpartyId,
        role: row.role,
        locale: row.locale,
        legal_basis: row.legalBasis,
        legal_basis_on: row.legalBasisOn,
        country: row.phoneCountry,
        removed: removedAt !== null,
        number: committed(phoneIndex),
        name: committed(nameIndex),
        phone: number && salt && commit(salt, number),
      },
    };
  }
}

function placeOf(table: string, column: string, rowId: string) {
  return { table, column, rowId };
}
