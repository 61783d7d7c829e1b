import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Patch {
  from: string;
  to: string;
}

/** In the compiled `ProviderCalls.callAttempts`: the transaction that inserts the attempts now ends behind the calls. */
const commitBehindTheCalls: Patch[] = [
  {
    from: 'const attempts = await open();',
    to: `const early = new Map();
        const attempts = await this.outcomes.database.inTransaction(async () => {
            const opened = await open();
            await Promise.all(opened.map(async (one) => early.set(one.id, await this.call(one, deadline))));
            return opened;
        });`,
  },
  {
    from: 'const outcome = turn < deadline ? await this.call(attempt, deadline) : cameTooLate();',
    to: 'const outcome = early.get(attempt.id);',
  },
];

/** Breaks a copy of the built service, to see whether the tests notice. */
export function mutate(program: string): void {
  const path = join(program, 'dist/src/core/sending/provider-calls.js');
  const patched = commitBehindTheCalls.reduce(
    (code, { from, to }) => {
      if (code.split(from).length !== 2)
        throw new Error(`the mutant no longer fits provider-calls.js: ${from}`);
      return code.replace(from, () => to);
    },
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, patched);
}
