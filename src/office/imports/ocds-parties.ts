import { countryOf } from '../../platform/phone-numbers/country.js';
import { maskRaw, parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { phoneFinding } from '../../platform/phone-numbers/phone-numbers.words.js';
import type { Finding } from '../../platform/findings.js';
import { ocdsFinding } from './ocds.words.js';
import type { ImportedContact, ImportedCounterparty, Weight } from './import.types.js';
import { listAt, objectAt, textAt, type JsonObject } from './json-value.js';

/** Reports a finding at a path inside the release; `value` is shown as it is, and so has to be masked. */
export type Report = (path: string, finding: Finding, weight: Weight, value?: string) => void;

/**
 * The suppliers of a contract: those of its award, each with what `parties` says of it (OCDS 1.1), or with
 * what the award itself says (1.0 keeps address and contact point there).
 */
export function suppliersOf(
  release: JsonObject,
  contract: JsonObject,
  allowFiction: boolean,
  report: Report,
): ImportedCounterparty[] {
  const award = awardOf(release, contract);
  const suppliers = [...listAt(award, 'suppliers'), ...listAt(contract, 'suppliers')];
  if (suppliers.length === 0)
    report('awardID', ocdsFinding('suppliers-missing'), 'warning', textAt(contract, 'awardID') ?? '');
  const parties = listAt(release, 'parties');
  const found = suppliers.map((supplier) =>
    counterpartyOf(supplier, partyOf(supplier, parties), allowFiction, report),
  );
  return found.filter((party, i) => found.findIndex((p) => isSame(p, party)) === i);
}

/** The award a contract follows from; the only one, when the contract does not say. */
export function awardOf(release: JsonObject, contract: JsonObject): JsonObject {
  const awards = listAt(release, 'awards');
  const id = textAt(contract, 'awardID');
  if (id === null) return awards.length === 1 ? (awards[0] ?? {}) : {};
  return awards.find((award) => textAt(award, 'id') === id) ?? {};
}

function partyOf(supplier: JsonObject, parties: JsonObject[]): JsonObject {
  const id = textAt(supplier, 'id');
  const name = textAt(supplier, 'name');
  if (id !== null) return parties.find((party) => textAt(party, 'id') === id) ?? {};
  return parties.find((party) => name !== null && textAt(party, 'name') === name) ?? {};
}

function counterpartyOf(
  supplier: JsonObject,
  party: JsonObject,
  allowFiction: boolean,
  report: Report,
): ImportedCounterparty {
  const from = (key: string) => [party, supplier].find((p) => Object.keys(objectAt(p, key)).length > 0) ?? {};
  const identifier = objectAt(from('identifier'), 'identifier');
  const address = objectAt(from('address'), 'address');
  const contactPoints = [
    objectAt(from('contactPoint'), 'contactPoint'),
    ...listAt(party, 'additionalContactPoints'),
  ];
  const id = textAt(supplier, 'id') ?? textAt(party, 'id');
  const path = `suppliers[${id ?? '?'}]`;
  const country = countryOf(textAt(address, 'country') ?? textAt(address, 'countryName') ?? '');
  if (country === null)
    report(
      `${path}.address`,
      ocdsFinding('country-unknown.address'),
      'warning',
      textAt(address, 'countryName', 60) ?? '',
    );
  return {
    externalId: id,
    name: textAt(supplier, 'name') ?? textAt(party, 'name') ?? textAt(identifier, 'legalName') ?? id ?? '?',
    registrationNumber: textAt(identifier, 'id', 40),
    role: 'supplier',
    share: null,
    country,
    contacts: contactPoints.map((point, i) => {
      const at = i === 0 ? `${path}.contactPoint` : `${path}.additionalContactPoints[${i - 1}]`;
      return contactOf(point, country, allowFiction, (key, ...rest) => report(`${at}.${key}`, ...rest));
    }),
  };
}

/** A supplier without any contact point still gets a contact, without a number, so that coverage shows the gap. */
function contactOf(
  point: JsonObject,
  country: string | null,
  allowFiction: boolean,
  report: Report,
): ImportedContact {
  const raw = textAt(point, 'telephone') ?? '';
  const parsed = parsePhoneNumber(raw, country, { allowFiction });
  const person = {
    name: textAt(point, 'name', 100),
    role: null,
    locale: null,
    legalBasis: null,
    legalBasisOn: null,
  };
  if (parsed.ok) return { ...person, phone: parsed.e164, phoneCountry: parsed.country, phoneProblem: null };
  const { code } = parsed;
  const masked = maskRaw(raw);
  report('telephone', phoneFinding(code), 'warning', masked);
  return { ...person, phone: null, phoneCountry: null, phoneProblem: { code, masked } };
}

function isSame(a: ImportedCounterparty, b: ImportedCounterparty): boolean {
  return a.externalId !== null || b.externalId !== null ? a.externalId === b.externalId : a.name === b.name;
}
