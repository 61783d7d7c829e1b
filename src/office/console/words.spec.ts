import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSections, hasWords, translate } from '../../platform/words/words.js';

const filesIn = (folder: string, ending: string) =>
  readdirSync(join(process.cwd(), folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));

const textsIn = (folder: string, ending: string) =>
  filesIn(folder, ending).map((path) => readFileSync(path, 'utf8'));

const found = (texts: string[], pattern: RegExp) =>
  new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')));

beforeAll(async () => {
  for (const path of filesIn('src', '.words.ts')) await import(path);
});

describe('the words of the pages', () => {
  it('are there for every key that a template names', () => {
    const keys = found(textsIn('templates/console', '.hbs'), /\(?\bt '([\w.-]+)'/g);
    expect([...keys].filter((key) => !hasWords(key))).toEqual([]);
    expect(keys.size).toBeGreaterThan(100);
  });

  it('are there for every key that the code of the pages names', () => {
    const sources = textsIn('src/office/console', '.ts');
    const keys = found(sources, /(?:\bt\(|\btranslate\(\w+, |\bpage\('[\w/-]+', )'([a-z]\w*\.[\w.-]+)'/g);
    const notices = found(sources, /\bredirect\([^;]*?, '([a-z][a-z-]+)'\)/g);
    const named = [...keys, ...[...notices].map((key) => `done.${key}`)];
    expect(named.filter((key) => !hasWords(key))).toEqual([]);
    expect([keys.size, notices.size].map((size) => size > 15)).toEqual([true, true]);
  });

  it('are there in both languages for every error that the service can answer', () => {
    const codes = found(textsIn('src', '.ts'), /new AppError\(\s*'[\w-]+',\s*'([\w-]+)'/g);
    const without = [...codes].filter((code) => !allSections().get('problems')?.[code]?.[0]);
    expect(without).toEqual([]);
    expect(Object.keys(allSections().get('problems') ?? {}).length).toBeGreaterThan(100);
  });

  it('ask for the same values in both languages', () => {
    const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    const apart = [...allSections()].flatMap(([section, words]) =>
      Object.entries(words)
        .filter(([, [ko, en]]) => en !== '' && JSON.stringify(values(ko)) !== JSON.stringify(values(en)))
        .map(([key]) => `${section}.${key}`),
    );
    expect(apart).toEqual([]);
  });

  it('send nobody to an address of the API where a page has to say it', () => {
    const sent = [...allSections()].flatMap(([section, words]) =>
      Object.entries(words)
        .filter(([key, both]) => /\/api\/v1/.test(both.join()) && !hasWords(`${section}.${key}.page`))
        .map(([key]) => `${section}.${key}`),
    );
    // No page sends such a key.
    expect(sent).toEqual(['problems.idempotency-key-on-upload']);
  });

  it('say what is asked for, with its values, or nothing at all', () => {
    expect(translate('en', 'contracts.withoutNumber', { count: 2 })).toBe('2 without a number');
    expect(() => translate('ko', 'contracts.withoutNumber')).toThrow(/wants count/);
    expect(() => translate('ko', 'contracts.no-such-words')).toThrow(/no words/);
  });
});
