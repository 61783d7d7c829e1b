import type { ChangeView } from '../../contracts/contract.view.js';
import type { Locale } from '../words/both.js';
import { hasWords, translate } from '../words/words.js';

export interface ShownChange {
  at: string;
  who: string;
  what: string;
  from: string | null;
  to: string | null;
  reason: string | null;
}

/** Changes in the reader's words, newest first. */
export function historyShown(
  changes: ChangeView[],
  names: Map<string, string>,
  milestones: Map<string, string>,
  locale: Locale,
): ShownChange[] {
  return changes
    .map((change) => {
      const [kind = '', detail] = change.what.split(': ');
      const key = `history.${kind.replaceAll(' ', '-')}`;
      const base = hasWords(key) ? translate(locale, key) : kind;
      return {
        at: change.at,
        who: actorText(change.actor, names, locale),
        what:
          detail === undefined ? base : `${base}: ${milestones.get(detail) ?? detailText(detail, locale)}`,
        from: detail === undefined ? null : valueText(change.before, detail),
        to: detail === undefined ? summaryOf(change.after) : valueText(change.after, detail),
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

function valueText(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const of = (value as Record<string, unknown>)[name] ?? (value as Record<string, unknown>)['occurredOn'];
  return typeof of === 'string' || typeof of === 'number' ? `${of}` : null;
}

function summaryOf(after: unknown): string | null {
  if (typeof after !== 'object' || after === null) return null;
  const { name, phone } = after as { name?: unknown; phone?: unknown };
  const parts = [name, phone].filter((part) => typeof part === 'string');
  return parts.length === 0 ? null : parts.join(' ');
}
