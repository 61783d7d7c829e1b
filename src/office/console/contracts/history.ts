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
        from: value(change.before) ?? null,
        to: changed ? (value(change.after) ?? null) : summaryOf(change.after),
        reason: reasonShown(change.reason, locale),
      };
    })
    .reverse();
}

/** Writes what a flag says was changed, or what a list has otherwise. Reference and title of what is not registered name the row itself. */
export function changedText(
  { kind, changed }: Pick<Flag, 'kind' | 'changed'>,
  { milestones, ...names }: Pick<HistoryNames, 'others'> & Partial<Pick<HistoryNames, 'milestones'>>,
  locale: Locale,
): string | null {
  const finding = kind === 'log-misfit' ? findingOfFlag(changed) : null;
  if (finding) return findingWords(finding)[locale];
  const text = (value: string | null, field: string) => {
    if (value === null) return translate(locale, 'common.none');
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

function summaryOf(after: HistoryEntry['after']): string | null {
  const parts = [after?.['name'], after?.['phone']].filter((part) => typeof part === 'string');
  return parts.length === 0 ? null : parts.join(' ');
}
