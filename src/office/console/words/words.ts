import { type Both, filled, type Locale, type Section } from './both.js';
import { common, kinds, navigation, roles, states } from './common.js';
import { brakeScopes, home } from './home.js';
import { history } from './history.js';
import { contracts } from './contracts.js';
import { coverage } from './coverage.js';
import { genuine, messages, phones } from './messages.js';
import { departments, handingOver, keys, people } from './people.js';
import { importFields, importStates } from './import-names.js';
import { imports } from './imports.js';
import { plans } from './plans.js';
import { problems, wanted } from './problems.js';
import { settings } from './settings.js';
import { account, done, signingIn } from './signing-in.js';
import { work } from './work.js';

/** Every sentence of the pages; a section's words stand together in a file. */
export const sections: Readonly<Record<string, Section>> = {
  account,
  common,
  contracts,
  coverage,
  departments,
  handingOver,
  keys,
  people,
  done,
  brakeScopes,
  history,
  home,
  kinds,
  genuine,
  messages,
  navigation,
  phones,
  importFields,
  importStates,
  imports,
  plans,
  problems,
  roles,
  settings,
  signingIn,
  states,
  wanted,
  work,
};

/** Throws on a key that there is not: every page is rendered in tests, in both languages. */
export function translate(
  locale: Locale,
  key: string,
  values: Readonly<Record<string, unknown>> = {},
): string {
  const words = find(key);
  if (!words) throw new Error(`there are no words for ${key}`);
  return filled(words[locale === 'ko' ? 0 : 1], values);
}

export function hasWords(key: string): boolean {
  return find(key) !== undefined;
}

function find(key: string): Both | undefined {
  const dot = key.indexOf('.');
  const section = sections[key.slice(0, dot)];
  const name = key.slice(dot + 1);
  return section && Object.hasOwn(section, name) ? section[name] : undefined;
}
