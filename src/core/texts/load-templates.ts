import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { kinds } from '../settings/plan.schema.js';
import type { TemplatePlacement } from './fallback.js';
import { locales, type Purpose } from './text-variables.js';

export interface LoadedTemplate extends TemplatePlacement {
  /** Without the line break that ends the file. */
  body: string;
}

const placePattern = new RegExp(
  `^(?<locale>${locales.join('|')})/(?<kind>any|${kinds.join('|')})/(?<milestone>[a-z][a-z0-9-]*)(?<neutral>\\.neutral)?\\.hbs$`,
);

/** What a template of this placement may use. */
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

async function loadTemplate(dir: string, path: string): Promise<LoadedTemplate> {
  const place = relative(dir, path).split(sep).join('/');
  const { locale, kind, milestone, neutral } = placePattern.exec(place)?.groups ?? {};
  if (locale === undefined) throw new Error(`no place for a template: ${place}`);
  const body = (await readFile(path, 'utf8')).replace(/\s+$/, '');
  const wording = neutral === undefined ? 'milestone' : 'neutral';
  // The pattern admits nothing else than locales and kinds.
  return { locale, kind, milestone, wording, body } as LoadedTemplate;
}
