import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Locale } from '../../platform/words/words.js';
import type { Wording } from '../planning/planning.types.js';
import { type Kind, kinds, numberChanged } from '../settings/plan.schema.js';
import { locales, type Purpose } from './variables.service.js';

/** TemplatePlacement is where a template stands: `ko/works/signing`, `en/any/default.neutral`, `ko/any/digest`. */
export interface TemplatePlacement {
  locale: Locale;
  kind: Kind | 'any';
  /** A milestone's code, `default` or `digest`. */
  milestone: string;
  wording: Wording;
}

export interface LoadedTemplate extends TemplatePlacement {
  /** Without the line break that ends the file. */
  body: string;
}

const placePattern = new RegExp(
  `^(?<locale>${locales.join('|')})/(?<kind>any|${kinds.join('|')})/(?<milestone>[a-z][a-z0-9-]*)(?<neutral>\\.neutral)?$`,
);

export function templateKey({ locale, kind, milestone, wording }: TemplatePlacement): string {
  return `${locale}/${kind}/${milestone}${wording === 'neutral' ? '.neutral' : ''}`;
}

/** Reads a key; null when no template has its place there. */
export function placementOf(key: string): TemplatePlacement | null {
  const { locale, kind, milestone, neutral } = placePattern.exec(key)?.groups ?? {};
  if (locale === undefined) return null;
  // The pattern admits nothing else than locales and kinds.
  return {
    locale,
    kind,
    milestone,
    wording: neutral === undefined ? 'milestone' : 'neutral',
  } as TemplatePlacement;
}

/**
 * Chooses the key of the template that serves, or null. In the contact's locale: the milestone for its kind, the milestone
 * for any kind, the kind's default, the default; then the same in the agency's first locale. A neutral wording never falls
 * back to one that says the milestone happened.
 */
export function chooseTemplate(
  available: Pick<ReadonlySet<string>, 'has'>,
  wanted: TemplatePlacement,
  firstLocale: Locale,
): string | null {
  return candidates(wanted, firstLocale).find((key) => available.has(key)) ?? null;
}

/** Chooses the key of the digest that serves, or null; a digest has no kind and no milestone. */
export function chooseDigest(
  available: Pick<ReadonlySet<string>, 'has'>,
  locale: Locale,
  firstLocale: Locale,
): string | null {
  return [locale, firstLocale].map(digestKey).find((key) => available.has(key)) ?? null;
}

/** Tells what a template of this placement is for, and so what it may use. */
export function purposeOf({ milestone, wording }: Pick<TemplatePlacement, 'milestone' | 'wording'>): Purpose {
  if (milestone === 'digest') return 'digest';
  return wording === 'neutral' ? 'neutral' : 'milestone';
}

/**
 * Reads `<locale>/<kind>/<milestone>[.neutral].hbs` below a folder, sorted by path; does not check what they
 * say. Throws when a file stands where no template has its place, for it would never be sent.
 */
export async function loadTemplates(dir: string): Promise<LoadedTemplate[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.sort().map((path) => loadTemplate(dir, path)));
}

function candidates(wanted: TemplatePlacement, firstLocale: Locale): string[] {
  return [wanted.locale, firstLocale].flatMap((locale) =>
    // Nothing else tells a former number that texts go elsewhere.
    (wanted.milestone === numberChanged ? [numberChanged] : [wanted.milestone, 'default']).flatMap(
      (milestone) =>
        ([wanted.kind, 'any'] as const).map((kind) => templateKey({ ...wanted, locale, kind, milestone })),
    ),
  );
}

function digestKey(locale: Locale): string {
  return templateKey({ locale, kind: 'any', milestone: 'digest', wording: 'milestone' });
}

async function loadTemplate(dir: string, path: string): Promise<LoadedTemplate> {
  const place = relative(dir, path).split(sep).join('/');
  const placement = place.endsWith('.hbs') ? placementOf(place.slice(0, -'.hbs'.length)) : null;
  if (!placement) throw new Error(`no place for a template: ${place}`);
  return { ...placement, body: (await readFile(path, 'utf8')).replace(/\s+$/, '') };
}
