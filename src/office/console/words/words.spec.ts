import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSections, hasWords, translate } from '../../../platform/words/words.js';
import './words.js';

const root = process.cwd();
const filesIn = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

const found = (texts: string[], pattern: RegExp) =>
  new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')));

describe('the words of the pages', () => {
  it('are there for every key that a template names', () => {
    const keys = found(filesIn('templates/console', '.hbs'), /\(?\bt '([\w.-]+)'/g);
    expect([...keys].filter((key) => !hasWords(key))).toEqual([]);
    expect(keys.size).toBeGreaterThan(100);
  });

  it('are there in both languages for every error that the service can answer', async () => {
    for (const path of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (path.endsWith('.words.ts')) await import(join(root, 'src', path));
    }
    const codes = found(filesIn('src', '.ts'), /new AppError\(\s*'[\w-]+',\s*'([\w-]+)'/g);
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

  it('say what is asked for, with its values, or nothing at all', () => {
    expect(translate('en', 'contracts.withoutNumber', { count: 2 })).toBe('2 without a number');
    expect(() => translate('ko', 'contracts.withoutNumber')).toThrow(/wants count/);
    expect(() => translate('ko', 'contracts.no-such-words')).toThrow(/no words/);
  });
});
