import { contractProblems } from './contracts.words.js';

/** partyLimits say how long the lists of a contract's parties may become, by whichever way they grow. */
export const partyLimits = {
  /** Counterparties of a contract. */
  counterparties: 50,
  /** Contacts of one counterparty that are not removed. */
  contactsOfParty: 50,
  /** Contacts of a contract, removed ones counted: their rows stay, and each planning reads them. */
  contacts: 1000,
} as const;

/** Throws `list-full` when a list of a contract would become longer than it may. */
export function requireRoomInLists(lengths: Partial<Record<keyof typeof partyLimits, number>>): void {
  for (const list of Object.keys(partyLimits) as (keyof typeof partyLimits)[]) {
    const limit = partyLimits[list];
    if ((lengths[list] ?? 0) > limit) throw contractProblems.error(`list-full.${list}`, { limit });
  }
}

/** Throws `list-full` for a new contract with longer lists of parties than a contract may have. */
export function requireRoomForParties(parties: { contacts: unknown[] }[]): void {
  const counts = parties.map(({ contacts }) => contacts.length);
  requireRoomInLists({
    counterparties: parties.length,
    contactsOfParty: Math.max(0, ...counts),
    contacts: counts.reduce((sum, count) => sum + count, 0),
  });
}
