import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Patch {
  file: string;
  from: string;
  to: string;
}

/** In the compiled opener of windows: the transaction that inserts the attempts now ends behind the calls. */
const commitBehindTheCalls: Patch[] = [
  {
    file: 'window-opener.js',
    from: 'const frozen = await this.freezer.freezeDue({ provider, limits }, situation);',
    to: `this.calls.early ??= new Map();
                const frozen = await this.freezer.database.inTransaction(async () => {
                    const inside = await this.freezer.freezeDue({ provider, limits }, situation);
                    await Promise.all(inside.attempts.map(async ({ id: attemptId, provider, to, text }) => {
                        const outcome = await provider.send({ attemptId, to, text, notAfter: room.deadline });
                        this.calls.early.set(attemptId, outcome);
                    }));
                    return inside;
                });`,
  },
  {
    file: 'provider-calls.js',
    from: ': await provider.send({ attemptId, to, text, notAfter: deadline });',
    to: ': (this.early?.get(attemptId) ?? (await provider.send({ attemptId, to, text, notAfter: deadline })));',
  },
];

/** A text that no attempt knows would pause the mutant before it sends one again: it does not look for them. */
const lookForNoForeignTexts: Patch[] = [
  {
    file: 'foreign-texts.js',
    from: 'async areThere(since) {',
    to: 'async areThere(since) { return false;',
  },
  {
    file: 'instance.service.js',
    from: 'async noticeForeignAttempts(ids) {',
    to: 'async noticeForeignAttempts(ids) { return;',
  },
];

/** Breaks a copy of the built service, to see whether the tests notice. */
export function mutate(program: string): void {
  for (const { file, from, to } of [...commitBehindTheCalls, ...lookForNoForeignTexts]) {
    const path = join(program, 'dist/src/core/sending', file);
    const code = readFileSync(path, 'utf8');
    if (code.split(from).length !== 2) throw new Error(`the mutant no longer fits ${file}: ${from}`);
    writeFileSync(
      path,
      code.replace(from, () => to),
    );
  }
}
