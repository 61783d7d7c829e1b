import type { HistoryEntry } from '../../../core/contracts/contract.reader.js';
import { type Flag, kindsOfDifferences } from '../../../core/planning/flag.entity.js';
import { findingWords } from '../../../core/transparency/log-findings.words.js';
import { findingOfFlag } from '../../../core/transparency/misfit-flags.js';
import { dayText } from '../formats.js';
import { hasWords, type Locale, translate } from '../../../platform/words/words.js';
import '../console.words.js';
import './contracts.words.js';

/** HistoryNames are what ids and codes of a history stand for, in the reader's language. */
export interface HistoryNames {
  actors: Map<string, string>;
  /** Names of milestones by their code. */
  milestones: Map<string, string>;
  /** Departments and officers, by id; one that the reader does not see has none. */
  others: Map<string, string>;
}

/** Shows changes in the reader's words, newest first. */
export function historyShown(changes: HistoryEntry[], names: HistoryNames, locale: Locale) {
  return changes
    .map((change) => {
      const { move, milestone, field } = change.params;
      const details = [
        move && wordsOr(`contracts.move-${move}`, move, locale),
        milestone && (names.milestones.get(milestone) ?? milestone),
        field && wordsOr(`contracts.${field}`, field, locale),
      ].filter((detail) => detail !== undefined);
      const changed = milestone ? 'occurredOn' : field;
      const value = (of: HistoryEntry['before']) =>
        changed && valueText(of?.[changed], changed, names, locale);
      return {
        at: change.at,
        who: actorText(change.actor, names.actors, locale),
        what: [wordsOr(`history.${change.what}`, change.what, locale), ...details].join(': '),
        from: changed ? (value(change.before) ?? null) : contactText(change.before, change.after, locale),
        to: changed ? (value(change.after) ?? null) : contactText(change.after, change.before, locale),
        reason: reasonShown(change.reason, locale),
      };
    })
    .reverse();
}

/** Writes what a flag says was changed, or what a list has otherwise. Reference and title of what is not registered name the row itself. */
export function changedText(
  { kind, changed }: Pick<Flag, 'kind' | 'changed'>,
  { milestones, actors, ...names }: Pick<HistoryNames, 'others' | 'actors'> & Partial<HistoryNames>,
  locale: Locale,
): string | null {
  const finding = kind === 'log-misfit' ? findingOfFlag(changed) : null;
  if (finding) return findingWords(finding)[locale];
  const text = (value: string | null, field: string) => {
    if (value === null) return translate(locale, 'common.none');
    if (field === 'broughtBy') return actorText(value, actors, locale);
    return (field === 'milestone' && milestones?.get(value)) || valueText(value, field, names, locale);
  };
  const told = (changed ?? []).filter(({ field }) => field !== 'reference' && field !== 'title');
  const isListed = kindsOfDifferences.some((one) => one === kind);
  const parts = told.map(({ field, ...values }) => {
    const label = wordsOr(`contracts.${field}`, field, locale);
    const [from, to] = [text(values.from, field) ?? '', text(values.to, field) ?? ''];
    if (isListed) return translate(locale, 'contracts.listed', { label, here: from, listed: to });
    return values.from === null ? `${label} ${to}` : `${label} ${from} → ${to}`;
  });
  return parts.length === 0 ? null : parts.join(', ');
}

/** Returns who is named by a flag, for their names to be looked up. */
export function namedBy({
  actor,
  approvedBy,
  closedBy,
  changed,
}: Pick<Flag, 'actor' | 'approvedBy' | 'closedBy' | 'changed'>): string[] {
  const brought = (changed ?? []).filter(({ field }) => field === 'broughtBy').map(({ to }) => to);
  return [actor, approvedBy, closedBy, ...brought].filter((one) => one !== null);
}

/** Writes a reason as it was given, and the service's own in words. */
export function reasonShown(reason: string | null | undefined, locale: Locale): string | null {
  return reason ? wordsOr(`history.reason-${reason}`, reason, locale) : null;
}

export function actorText(actor: string, names: Map<string, string>, locale: Locale): string {
  const [who = '', role] = actorParts(actor, names, locale);
  return role === undefined ? who : `${who} (${role})`;
}

/** Returns who acted and, where they have one, in which role. */
export function actorParts(actor: string, names: Map<string, string>, locale: Locale): string[] {
  if (!actor.includes(':')) return [wordsOr(`history.${actor}`, actor, locale)];
  const [role, name] = [actor.slice(0, actor.indexOf(':')), actor.slice(actor.indexOf(':') + 1)];
  const known = names.get(actor);
  const who = known === undefined || known === actor ? name : known;
  return [who, wordsOr(`roles.${role}`, role, locale)];
}

function wordsOr(key: string, code: string, locale: Locale): string {
  return hasWords(key) ? translate(locale, key) : code;
}

function valueText(
  value: unknown,
  field: string,
  { others }: Pick<HistoryNames, 'others'>,
  locale: Locale,
): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  if (field.endsWith('Id')) return others.get(value) ?? translate(locale, 'history.not-seen');
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return dayText(value, locale);
  return wordsOr(`states.${value}`, wordsOr(`kinds.${value}`, value, locale), locale);
}

/** Writes of a contact whose it is and, beside another state of it, what is not the same there; else its number. */
function contactText(
  one: HistoryEntry['after'],
  other: HistoryEntry['after'],
  locale: Locale,
): string | null {
  if (!one) return null;
  const fields = ['phone', 'role', 'locale', 'legalBasis', 'legalBasisOn'];
  const told = other ? fields.filter((field) => one[field] !== other[field]) : ['phone'];
  const parts = ['name', ...told].flatMap((field) => {
    const value = one[field];
    if (typeof value !== 'string') return [];
    if (field === 'locale')
      return translate(locale, value === 'ko' ? 'contracts.korean' : 'contracts.english');
    if (field === 'legalBasis') return wordsOr(`contracts.basis-${value}`, value, locale);
    return field === 'legalBasisOn' ? dayText(value, locale) : value;
  });
  return parts.length === 0 ? null : parts.join(' ');
}
