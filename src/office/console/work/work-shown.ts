import { Injectable } from '@nestjs/common';
import { AccountRecords } from '../../accounts/account-records.js';
import type { Caller } from '../../../core/access/roles.js';
import { auditLists } from '../../work/audit-lists.js';
import type { Work, WorkRow } from '../../work/work.schema.js';
import { addressOf } from '../choices.js';
import { actorText } from '../contracts/history-shown.js';
import { Today } from '../contracts/today.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';

/** Their rows are of files. */
const ofImports = new Set(['rows-to-mend', 'undone-imports']);
const signs = new Set(auditLists.map(({ code }) => code));

/** Since how long something has waited, as text and as a tone. */
export interface Waited {
  text: string;
  tone: string;
}

/** What the rows of work lists need to be read and mended on a page. */
@Injectable()
export class WorkShown {
  constructor(
    private readonly names: AccountRecords,
    private readonly day: Today,
  ) {}

  /** `here` is where somebody comes back to who recorded something. */
  async rows(caller: Caller, list: string, rows: WorkRow[], here: string, locale: Locale) {
    const names = await this.names.namesOfActors(rows.flatMap((row) => actorOf(row) ?? []));
    const today = await this.day.today();
    const mayChange = caller.role !== 'auditor';
    return rows.map((row) => ({
      ...row,
      what: whatOf(row, names, locale),
      reason: reasonOf(row),
      waited: waitedOf(row.days, locale),
      mend: mayChange || ofImports.has(list) ? mendOf(list, row) : null,
      record: mayChange && list === 'unrecorded' ? recordOf(row, today, here) : null,
    }));
  }
}

/** The auditor's signs apart from what the departments mend; nobody else is told that there are signs. */
export function groupsOf({ items }: Work, query: Record<string, string | undefined>, locale: Locale) {
  const waitingFirst = items.toSorted((a, b) => Number(b.count > 0) - Number(a.count > 0));
  const shown = waitingFirst.map((item) => ({
    ...item,
    href: addressOf(`/console/work/${item.list}`, query),
    waited: item.oldest && waitedOf(item.oldest.days, locale),
  }));
  const groups = [
    { key: 'signs', items: shown.filter(({ list }) => signs.has(list)) },
    { key: 'everyday', items: shown.filter(({ list }) => !signs.has(list)) },
  ].filter((group) => group.items.length > 0);
  return groups.map((group) => ({ ...group, titled: groups.length > 1 }));
}

export function waitedOf(days: number, locale: Locale): Waited {
  const key = days === 0 ? 'waitedToday' : days === 1 ? 'waitedOne' : 'waited';
  return {
    text: translate(locale, `work.${key}`, { count: days }),
    tone: days >= 30 ? 'bad' : days >= 7 ? 'wait' : '',
  };
}

/** The log names people by their account; who reads this sees the name. */
function whatOf(row: WorkRow, names: Map<string, string>, locale: Locale): string {
  const actor = actorOf(row);
  if (actor === null) return row.what[locale];
  return row.what[locale].replaceAll(actor, actorText(actor, names, locale).replace(/ \((.+)\)$/, ', $1'));
}

/** What was given for it, where the sentence does not say it already. */
function reasonOf({ facts, what }: WorkRow): string | null {
  const reason = facts['reason'];
  return typeof reason === 'string' && !what.en.includes(reason) ? reason : null;
}

function actorOf({ facts }: WorkRow): string | null {
  return typeof facts['actor'] === 'string' ? facts['actor'] : null;
}

/** The page on which a row is mended. */
function mendOf(list: string, { contract, contact, facts }: WorkRow): { href: string; key: string } | null {
  const to = (href: string) => ({ href, key: `work.mend-${list}` });
  if (ofImports.has(list) && typeof facts['importId'] === 'string')
    return to(`/console/imports/${facts['importId']}`);
  if (!contract) return null;
  const path = `/console/contracts/${contract.id}`;
  if ((list === 'no-number' || list === 'dead-numbers') && contact)
    return to(`${path}/contacts/${contact.id}`);
  // Of which counterparty, the contract's own page lets one choose; without any, the first is added.
  if (list === 'no-contact') return to(facts['counterparties'] === 0 ? `${path}/contacts/new` : path);
  if (list === 'unrecorded') return to(`${path}/change`);
  return list === 'drafts' ? to(`${path}/move/sign`) : null;
}

function recordOf({ id, contract, facts }: WorkRow, today: string, next: string) {
  const code = facts['milestone'];
  return contract && typeof code === 'string' ? { id: contract.id, code, key: id, today, next } : null;
}
