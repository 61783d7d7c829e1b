/**
 * This is the one catalogue of words. Code decides by codes with parameters; the sentences for people stand in
 * sections, both languages side by side, in a file `*.words.ts` beside the feature that says them.
 */
export type Locale = 'ko' | 'en';

/** One line of words is both languages at once, so that neither can be forgotten. `{name}` is a parameter's place. */
export type Both = readonly [ko: string, en: string];

export interface Words {
  ko: string;
  en: string;
}

/**
 * A word of the catalogue as a parameter, such as `{ word: 'kinds.works' }`, which is put in in the reader's language;
 * `params` are those of a whole sentence in that place.
 */
export interface Word {
  word: string;
  params?: Params;
}

/** Words that are no entry of the catalogue, such as the name of a milestone, are a parameter in both languages. */
export type Param = string | number | Word | Words | readonly (string | Word | Words)[];
export type Params = Readonly<Record<string, Param>>;

/** Something to say, as code and as rows keep it: a key of the catalogue's section, and what it is about. */
export interface Phrase {
  code: string;
  params: Params;
}

/** The names of the parameters that a text has places for. */
export type Wanted<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Wanted<Rest>
  : never;

export type ParamsOf<Text extends string> = Readonly<Record<Wanted<Text>, Param>>;

export type Section = Readonly<Record<string, Both>>;

const catalogue = new Map<string, Record<string, Both>>();

/** Adds words to a section. Returns them, so that a feature can type its codes by them. Throws when a key is taken. */
export function defineWords<const S extends Section>(section: string, words: S): S {
  const known = catalogue.get(section) ?? {};
  for (const key of Object.keys(words)) {
    if (Object.hasOwn(known, key)) throw new Error(`the words ${section}.${key} are defined twice`);
  }
  catalogue.set(section, Object.assign(known, words));
  return words;
}

/** Writes the words of a key, such as `problems.not-found`. Throws on an unknown key, and when a parameter is missing. */
export function translate(
  locale: Locale,
  key: string,
  params: Readonly<Record<string, unknown>> = {},
): string {
  const words = find(key);
  if (!words) throw new Error(`there are no words for ${key}`);
  return filled(words[locale === 'ko' ? 0 : 1], params, locale);
}

/** Writes the words of a key in both languages, for answers that carry both. */
export function wordsOf(key: string, params: Readonly<Record<string, unknown>> = {}): Words {
  return { ko: translate('ko', key, params), en: translate('en', key, params) };
}

export function hasWords(key: string): boolean {
  return find(key) !== undefined;
}

/** The sections of the features that were loaded, for the tests and the page that list every code. */
export function allSections(): ReadonlyMap<string, Section> {
  return catalogue;
}

/** For words that are put together from others. */
export const words = (ko: string, en: string): Words => ({ ko, en });

function find(key: string): Both | undefined {
  const dot = key.indexOf('.');
  const section = catalogue.get(key.slice(0, dot));
  const name = key.slice(dot + 1);
  return section && Object.hasOwn(section, name) ? section[name] : undefined;
}

function filled(text: string, params: Readonly<Record<string, unknown>>, locale: Locale): string {
  const chosen = locale === 'en' ? withPlurals(text, params) : text;
  const full = chosen.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = params[name];
    if (value === undefined || value === null) throw new Error(`"${text}" wants ${name}`);
    return Array.isArray(value)
      ? value.map((one) => written(one, locale)).join(', ')
      : written(value, locale);
  });
  return locale === 'ko' ? withParticles(full) : full;
}

/** Chooses of `{count} person(people)` the one that the number before it wants. */
function withPlurals(text: string, params: Readonly<Record<string, unknown>>): string {
  return text.replace(
    /\{(\w+)\} (\w+)\((\w+)\)/g,
    (_whole, name: string, one: string, many: string) =>
      `{${name}} ${String(params[name]) === '1' ? one : many}`,
  );
}

/** Final sounds of the digits from 0 to 9 as Korean reads them; ㄹ counts as none before 로. */
const digitSounds = ['ㅇ', 'ㄹ', '', 'ㅁ', '', '', 'ㄱ', 'ㄹ', 'ㄹ', ''];

/**
 * Chooses of `은(는)`, `이(가)`, `을(를)`, `과(와)` and `(으)로` the one that the sound before it wants. Both stay where
 * the sound is not known, as after a word in Latin letters.
 */
function withParticles(text: string): string {
  return text.replace(
    /([가-힣0-9])(["'”’]*)(?:([은이을과])\(([는가를와])\)|\(으\)로)/g,
    (_whole, last: string, between: string, after?: string, open?: string) => {
      const sound = finalSound(last);
      const particle = after && open ? (sound ? after : open) : sound && sound !== 'ㄹ' ? '으로' : '로';
      return `${last}${between}${particle}`;
    },
  );
}

function finalSound(character: string): string {
  if (/\d/.test(character)) return digitSounds[Number(character)] ?? '';
  // Syllables stand in the order of their 28 final sounds: none first, ㄹ eighth.
  const final = (character.charCodeAt(0) - 0xac00) % 28;
  return final === 0 ? '' : final === 8 ? 'ㄹ' : 'ㅇ';
}

function written(value: unknown, locale: Locale): string {
  if (typeof value === 'string') return value;
  const { word, params, [locale]: own } = value as Partial<Word & Words>;
  if (own !== undefined) return own;
  return typeof word === 'string' ? translate(locale, word, params) : JSON.stringify(value);
}
