import type { ChangeView } from '../../../core/contracts/contract.view.js';
import { dayText } from '../formats.js';
import type { Locale } from '../../../platform/words/words.js';
import { hasWords, translate } from '../words/words.js';

export interface ShownChange {
  at: string;
  who: string;
  what: string;
  from: string | null;
  to: string | null;
  reason: string | null;
}

/** What ids and codes of a history stand for, in the reader's language. */
export interface HistoryNames {
  actors: Map<string, string>;
  /** By code. */
  milestones: Map<string, string>;
  /** Departments and officers, by id; one that the reader does not see has none. */
  others: Map<string, string>;
}

/** Changes in the reader's words, newest first. */
export function historyShown(changes: ChangeView[], names: HistoryNames, locale: Locale): ShownChange[] {
  return changes
    .map((change) => {
      const [kind = '', ...details] = change.what.split(': ');
      const key = `history.${kind.replaceAll(' ', '-')}`;
      const base = hasWords(key) ? translate(locale, key) : kind;
      const field = details.at(-1);
      const told = details.map((detail) => names.milestones.get(detail) ?? detailText(detail, locale));
      const value = (of: unknown) => (field === undefined ? null : valueText(of, field, names, locale));
      return {
        at: change.at,
        who: actorText(change.actor, names.actors, locale),
        what: [base, ...told].join(': '),
        from: value(change.before),
        to: field === undefined ? summaryOf(change.after) : value(change.after),
        reason: change.reason,
      };
    })
    .reverse();
}

export function actorText(actor: string, names: Map<string, string>, locale: Locale): string {
  if (!actor.includes(':'))
    return hasWords(`history.${actor}`) ? translate(locale, `history.${actor}`) : actor;
  const [role, name] = [actor.slice(0, actor.indexOf(':')), actor.slice(actor.indexOf(':') + 1)];
  const known = names.get(actor);
  const who = known === undefined || known === actor ? name : known;
  const roleWords = hasWords(`roles.${role}`) ? translate(locale, `roles.${role}`) : role;
  return `${who} (${roleWords})`;
}

function detailText(detail: string, locale: Locale): string {
  for (const key of [`contracts.${detail}`, `contracts.move-${detail}`, `states.${detail}`]) {
    if (hasWords(key)) return translate(locale, key);
  }
  return detail;
}

function valueText(value: unknown, field: string, { others }: HistoryNames, locale: Locale): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const of = (value as Record<string, unknown>)[field] ?? (value as Record<string, unknown>)['occurredOn'];
  if (typeof of === 'number') return String(of);
  if (typeof of !== 'string') return null;
  if (field.endsWith('Id')) return others.get(of) ?? translate(locale, 'history.not-seen');
  if (/^\d{4}-\d{2}-\d{2}$/.test(of)) return dayText(of, locale);
  return hasWords(`states.${of}`) ? translate(locale, `states.${of}`) : of;
}

function summaryOf(after: unknown): string | null {
  if (typeof after !== 'object' || after === null) return null;
  const { name, phone } = after as { name?: unknown; phone?: unknown };
  const parts = [name, phone].filter((part) => typeof part === 'string');
  return parts.length === 0 ? null : parts.join(' ');
}
