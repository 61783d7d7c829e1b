import type { Kind } from '../settings/plan.schema.js';
import type { Wording } from '../planning/planning.types.js';
import type { Locale } from './text-variables.js';

/** Where a template stands: `ko/works/signing`, `en/any/default.neutral`, `ko/any/digest`. */
export interface TemplatePlacement {
  locale: Locale;
  kind: Kind | 'any';
  /** A milestone's code, `default` or `digest`. */
  milestone: string;
  wording: Wording;
}

export function templateKey({ locale, kind, milestone, wording }: TemplatePlacement): string {
  return `${locale}/${kind}/${milestone}${wording === 'neutral' ? '.neutral' : ''}`;
}

/**
 * The key of the template that serves, among those there are, or null. In the contact's locale: the
 * milestone for its kind, the milestone for any kind, the kind's default, the default; then the same in the
 * agency's first locale. A neutral wording never falls back to one that says the milestone happened.
 */
export function chooseTemplate(
  available: Pick<ReadonlySet<string>, 'has'>,
  wanted: TemplatePlacement,
  firstLocale: Locale,
): string | null {
  return candidates(wanted, firstLocale).find((key) => available.has(key)) ?? null;
}

/** The key of the digest that serves, or null; a digest has no kind and no milestone. */
export function chooseDigest(
  available: Pick<ReadonlySet<string>, 'has'>,
  locale: Locale,
  firstLocale: Locale,
): string | null {
  return [locale, firstLocale].map(digestKey).find((key) => available.has(key)) ?? null;
}

function candidates(wanted: TemplatePlacement, firstLocale: Locale): string[] {
  return [wanted.locale, firstLocale].flatMap((locale) =>
    [wanted.milestone, 'default'].flatMap((milestone) =>
      ([wanted.kind, 'any'] as const).map((kind) => templateKey({ ...wanted, locale, kind, milestone })),
    ),
  );
}

function digestKey(locale: Locale): string {
  return templateKey({ locale, kind: 'any', milestone: 'digest', wording: 'milestone' });
}
