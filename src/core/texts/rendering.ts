import Handlebars from 'handlebars';
import type { Locale } from '../../platform/words/words.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { encodableInKorean } from './lengths.js';
import { withoutLinks } from '../../platform/links.js';
import { normaliseBody, readTemplate, TemplateError, type TemplateParts } from './template-rules.js';
import { allowedIn, officersVariables, type TextVariables } from './variables.service.js';

export type RenderText = (variables: TextVariables) => string;

/** Templates are kept by their body, since few are in force. When it is full it is emptied, so that previews cannot grow it. */
const compiled = new Map<string, RenderText>();
const compiledLimit = 500;

/** Words of officers and imports are cut here (code points): a title of a page must not make a text unsendable. */
const wordsLimit = 60;

const anyPlace = {
  variables: Object.values(allowedIn).flatMap(({ variables }) => variables),
  dates: Object.values(allowedIn).flatMap(({ dates }) => dates),
};

// Written out: Intl's short months differ by version of Node (Sep, Sept), and with them a text's length.
const englishMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const environment = isolatedEnvironment();

/**
 * Compiles a template into a function that makes its text from variables. Throws `TemplateError` for what the allow-list
 * refuses, whoever stored it; the function throws when a variable that the template uses is missing or empty.
 * Korean texts come out in characters that EUC-KR has.
 */
export function compileTemplate(body: string): RenderText {
  const known = compiled.get(body);
  if (known !== undefined) return known;
  const { problems, parts } = readTemplate(body, anyPlace);
  if (problems.length > 0 || parts === null) throw new TemplateError(problems);
  const render = renderer(normaliseBody(body), parts);
  if (compiled.size >= compiledLimit) compiled.clear();
  compiled.set(body, render);
  return render;
}

function renderer(body: string, parts: TemplateParts): RenderText {
  const needed = [
    ...parts.variables,
    ...parts.dates,
    ...[...parts.partials].map((name) => `partials.${name}`),
  ].map(neededAt);
  // A partial is data, so it is filled in as a variable: Handlebars would compile it as a template of its own.
  const withoutPartials = body.replace(/\{\{>\s*(\w+)\s*\}\}/g, '{{partials.$1}}');
  const template = environment.compile<Record<string, unknown>>(withoutPartials, {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: {
      date: true,
      each: false,
      if: false,
      unless: false,
      with: false,
      log: false,
      lookup: false,
      helperMissing: false,
      blockHelperMissing: false,
    },
    // A comment alone on its line would otherwise take the line break with it, and a text its shape.
    ignoreStandalone: true,
  });
  return (variables) => {
    const text = template(contextFor(variables, needed));
    return variables.locale === 'ko' ? encodableInKorean(text) : text;
  };
}

interface Needed {
  path: string;
  group: string;
  name: string;
  /** Whether officers or imports wrote it. */
  words: boolean;
}

function neededAt(path: string): Needed {
  const [group = '', name = ''] = path.split('.');
  return { path, group, name, words: officersVariables.includes(path) };
}

/** Picks what the template uses and nothing else. */
function contextFor(variables: TextVariables, needed: readonly Needed[]): Record<string, unknown> {
  const context: Record<string, Record<string, unknown> | string> = { locale: variables.locale };
  for (const { path, group, name, words } of needed) {
    const value = own(own(variables, group), name);
    const usable =
      typeof value === 'number' || (typeof value === 'string' && (value !== '' || name === 'hours'));
    if (!usable) throw new Error(`a text needs ${path}`);
    const members = (context[group] ??= {}) as Record<string, unknown>;
    members[name] = words ? plainWords(String(value)) : value;
  }
  return context;
}

function own(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}

function plainWords(value: string): string {
  const words = withoutLinks(value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim());
  if (words.length <= wordsLimit) return words;
  const characters = [...words];
  return characters.length <= wordsLimit ? words : `${characters.slice(0, wordsLimit - 3).join('')}...`;
}

function isolatedEnvironment(): typeof Handlebars {
  const isolated = Handlebars.create();
  for (const name of Object.keys(isolated.helpers)) isolated.unregisterHelper(name);
  isolated.registerHelper('date', function (this: TextVariables, date: string) {
    return formatDate(date, this.locale);
  });
  return isolated;
}

/** Writes a day without its year: `10월 14일`, `14 Oct`. Throws on what is no `YYYY-MM-DD`. */
function formatDate(date: LocalDate, locale: Locale): string {
  const [, month = '', day = ''] = /^\d{4}-(\d{2})-(\d{2})$/.exec(date) ?? [];
  const name = englishMonths[Number(month) - 1];
  if (name === undefined) throw new Error(`not a local date: ${date}`);
  return locale === 'ko' ? `${Number(month)}월 ${Number(day)}일` : `${Number(day)} ${name}`;
}
