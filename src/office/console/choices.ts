import { roles } from '../../core/access/roles.js';
import { kinds } from '../../core/settings/plan.schema.js';
import { contractStates } from '../../core/planning/planning.types.js';
import type { Locale } from '../../platform/words/words.js';
import { translate } from './words/words.js';

export interface Choice {
  value: string;
  text: string;
}

export function kindChoices(locale: Locale): Choice[] {
  return kinds.map((kind) => ({ value: kind, text: translate(locale, `kinds.${kind}`) }));
}

export function stateChoices(locale: Locale): Choice[] {
  return contractStates.map((state) => ({ value: state, text: translate(locale, `states.${state}`) }));
}

export function roleChoices(locale: Locale): Choice[] {
  return roles.map((role) => ({ value: role, text: translate(locale, `roles.${role}`) }));
}

/** Those that were merged are found under what they became part of. */
export function departmentChoices(
  departments: { id: string; name: string; nameEn: string | null; mergedInto: string | null }[],
  locale: Locale,
): Choice[] {
  return departments
    .filter((department) => department.mergedInto === null)
    .map((department) => ({ value: department.id, text: nameIn(department, locale) }));
}

export function nameIn({ name, nameEn }: { name: string; nameEn: string | null }, locale: Locale): string {
  return locale === 'ko' ? name : (nameEn ?? name);
}

/** An address with its query, without what is empty. */
export function addressOf(path: string, query: Record<string, string | number | undefined | null>): string {
  const filled = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)] as [string, string]],
  );
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled).toString()}`;
}

export const stateTones: Record<string, string> = {
  draft: '',
  signed: 'now',
  underway: 'now',
  suspended: 'wait',
  completed: 'good',
  terminated: 'bad',
};
