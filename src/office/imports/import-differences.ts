/** A contract as it stands in the running transaction, as far as an import can alter it; names and numbers open. */
export interface Snapshot {
  columns: Record<(typeof comparedColumns)[number], string | number | null>;
  parties: { id: string; name: string }[];
  contacts: SnapshotContact[];
  occurrences: { code: string; occurrence: number; occurredOn: string }[];
  /** The id of what was stated last. */
  lastRevision: string | null;
}

interface SnapshotContact {
  id: string;
  /** Masked. */
  name: string | null;
  number: { e164: string; country: string; masked: string } | null;
}

export const comparedColumns = [
  'revision',
  'title',
  'departmentId',
  'officerId',
  'state',
  'resumesTo',
  'signedOn',
  'startsOn',
  'endsOn',
  'completedOn',
  'terminatedOn',
  'amount',
  'currency',
  'method',
] as const;

/** One field that an import alters, as it may be shown: people and their numbers masked. */
export interface FieldChange {
  field: string;
  from: string | number | null;
  to: string | number | null;
}

/** What has to be known to put a contract back; it holds numbers, and is kept sealed. */
export interface BeforeImport {
  columns: Partial<Snapshot['columns']>;
  numbers: { contactId: string; phone: { e164: string; country: string } | null }[];
  addedContacts: string[];
  occurrences: { code: string; occurrence: number }[];
  /** What was stated after this is taken back; null for a contract that it created. */
  lastRevision: string | null;
}

export function changesBetween(before: Snapshot | null, after: Snapshot): FieldChange[] {
  const columns = alteredColumns(before, after)
    .filter((field) => before !== null || after.columns[field] !== null)
    .map((field) => ({ field, from: before?.columns[field] ?? null, to: after.columns[field] }));
  const parties = addedTo(before?.parties ?? [], after.parties).map((party) => ({
    field: 'counterparty',
    from: null,
    to: party.name,
  }));
  const contacts = addedTo(before?.contacts ?? [], after.contacts).map((contact) => ({
    field: 'contact',
    from: null,
    to: [contact.name, contact.number?.masked].filter(Boolean).join(' '),
  }));
  const numbers = alteredNumbers(before, after).map(({ was, is }) => ({
    field: 'contact.phone',
    from: was.number?.masked ?? null,
    to: is.number?.masked ?? null,
  }));
  const occurrences = addedOccurrences(before, after).map(({ code, occurredOn }) => ({
    field: `occurrence.${code}`,
    from: null,
    to: occurredOn,
  }));
  return [...columns, ...parties, ...contacts, ...numbers, ...occurrences];
}

/** A new contract becomes a draft again: of it, only what was recorded is taken back. */
export function beforeImport(before: Snapshot | null, after: Snapshot): BeforeImport {
  const occurrences = addedOccurrences(before, after).map(({ code, occurrence }) => ({ code, occurrence }));
  if (before === null)
    return { columns: {}, numbers: [], addedContacts: [], occurrences, lastRevision: null };
  return {
    columns: Object.fromEntries(alteredColumns(before, after).map((field) => [field, before.columns[field]])),
    numbers: alteredNumbers(before, after).map(({ was }) => ({
      contactId: was.id,
      phone: was.number && { e164: was.number.e164, country: was.number.country },
    })),
    addedContacts: addedTo(before.contacts, after.contacts).map((contact) => contact.id),
    occurrences,
    lastRevision: before.lastRevision,
  };
}

/** Several effects of one import on one contract, in the order of the file: what stood before the first of them. */
export function merged(all: BeforeImport[]): BeforeImport {
  const added = new Set(all.flatMap((one) => one.addedContacts));
  const numbers = new Map<string, BeforeImport['numbers'][number]>();
  for (const one of [...all].reverse()) {
    for (const number of one.numbers) if (!added.has(number.contactId)) numbers.set(number.contactId, number);
  }
  return {
    columns: Object.assign({}, ...[...all].reverse().map((one) => one.columns)) as BeforeImport['columns'],
    numbers: [...numbers.values()],
    addedContacts: [...added],
    occurrences: all.flatMap((one) => one.occurrences),
    lastRevision: all[0]?.lastRevision ?? null,
  };
}

function alteredColumns(before: Snapshot | null, after: Snapshot) {
  return comparedColumns.filter((field) => (before?.columns[field] ?? null) !== after.columns[field]);
}

function addedTo<T extends { id: string }>(before: T[], after: T[]): T[] {
  const known = new Set(before.map((one) => one.id));
  return after.filter((one) => !known.has(one.id));
}

function alteredNumbers(before: Snapshot | null, after: Snapshot) {
  return (before?.contacts ?? []).flatMap((was) => {
    const is = after.contacts.find((contact) => contact.id === was.id);
    return is && is.number?.e164 !== was.number?.e164 ? [{ was, is }] : [];
  });
}

function addedOccurrences(before: Snapshot | null, after: Snapshot) {
  const known = new Set(before?.occurrences.map((one) => `${one.code} ${one.occurrence}`));
  return after.occurrences.filter((one) => !known.has(`${one.code} ${one.occurrence}`));
}
