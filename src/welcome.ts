import { dirname } from 'node:path';
import type { PersonToWelcome } from './wings.js';
import type { Config } from './config/config.js';

interface Started {
  address: string;
  /** It is the admin key, which only the embedded default shows. */
  key: string | null;
  /** They may sign in with the passwords that were made for them; only the sandbox has any. */
  people: PersonToWelcome[];
  /** Whether the pages are there: the core alone has none. */
  pages: boolean;
  dataPath: string | null;
  seconds: number;
}

/** Writes what a start prints: it is brief, and enough to go on with. */
export function welcome(config: Config, started: Started): string {
  const { address, key, people, pages, dataPath, seconds } = started;
  const lines = ['', `초롱 Chorong is running at ${address}  (${seconds.toFixed(1)} s)`, ''];
  if (config.provider === 'sandbox') {
    lines.push('Sandbox: texts arrive on phones inside it, and go to no carrier.');
    if (people.length > 0 && config.sandbox === 'city')
      lines.push(
        '         It holds three months of a small city; its clock stands still until an admin moves it.',
      );
    lines.push('');
  }
  if (people.length > 0) {
    lines.push(
      `Sign in at    ${address}/console  as`,
      ...people.map(({ role, email, password }) => `  ${role.padEnd(8)}  ${email.padEnd(24)}  ${password}`),
      '',
    );
  } else if (pages && config.role !== 'worker') {
    lines.push(`Pages:  ${address}/console  (the first person is invited by POST /api/v1/accounts)`, '');
  }
  if (key && !pages) {
    lines.push(`Key (admin):  ${key}`, '', `The API is described at  ${address}/docs`, '');
  } else if (key) {
    lines.push(
      `Key (admin):  ${key}`,
      '',
      'Three things to try:',
      `  1. As the officer, register a contract:      ${address}/console/contracts/new`,
      `  2. As the admin, move the clock and read:    ${address}/console/phones`,
      `  3. With the key, call the API:               ${address}/docs`,
      '',
    );
  }
  if (dataPath) {
    lines.push(
      `Data:   ${dataPath}`,
      `Remove: stop the service (Ctrl-C), then  rm -rf "${config.dataDir}"${elsewhere(config, dataPath)}`,
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The database lies outside the data folder when the server's own user could not reach it there. */
function elsewhere(config: Config, dataPath: string): string {
  return dataPath.startsWith(config.dataDir) ? '' : ` "${dirname(dataPath)}"`;
}
