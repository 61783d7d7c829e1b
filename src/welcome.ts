import { dirname } from 'node:path';
import type { Config } from './config/config.js';

interface Started {
  address: string;
  /** Shown by the embedded default only. */
  key: string | null;
  /** Who may sign in, with the passwords that were made for them; of the sandbox only. */
  people: { role: string; email: string; password: string }[];
  dataPath: string | null;
  seconds: number;
}

/** What a start prints: brief, and enough to go on with. */
export function welcome(config: Config, started: Started): string {
  const { address, key, people, dataPath, seconds } = started;
  const lines = ['', `초롱 Chorong is running at ${address}  (${seconds.toFixed(1)} s)`, ''];
  if (config.provider === 'sandbox') {
    lines.push('Sandbox: texts stay here (GET /api/v1/sandbox/texts) and go to no carrier.', '');
  }
  if (people.length > 0) {
    lines.push(
      `Sign in at    ${address}/console  as`,
      ...people.map(({ role, email, password }) => `  ${role.padEnd(8)}  ${email.padEnd(24)}  ${password}`),
      '',
    );
  }
  if (key) {
    lines.push(
      `Key (admin):  ${key}`,
      '',
      'Three things to try:',
      `  1. Read the API, and try it:   ${address}/docs`,
      '  2. Look at the fictional city:',
      `       curl -s -H "Authorization: Bearer ${key}" ${address}/api/v1/departments`,
      '  3. Read what the phones received:',
      `       curl -s -H "Authorization: Bearer ${key}" ${address}/api/v1/sandbox/texts`,
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
