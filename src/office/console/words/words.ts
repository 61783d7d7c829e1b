import { defineWords, type Section } from '../../../platform/words/words.js';
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
const sections: Readonly<Record<string, Section>> = {
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

for (const [name, section] of Object.entries(sections)) defineWords(name, section);

/** Taken from here, they find the words of the pages loaded. */
export { hasWords, translate } from '../../../platform/words/words.js';
