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

/** What is ambiguous goes out through the other provider at once, as if its call had been refused. */
export const resendByTheOther: Patch[] = [
  {
    file: 'outcomes.js',
    from: 'await this.attempts.loseAnswers(rows);',
    to: `for (const { id, messageId, outcome } of answers) {
                if (outcome.kind !== 'ambiguous') continue;
                await this.attempts.refuse(id, { code: 'moved' });
                await this.database.run(\`UPDATE message SET provider = 'solapi', sender = '0200000000', status = 'waiting',
                    next_attempt_at = clock_timestamp() WHERE id = $1\`, [messageId]);
            }`,
  },
];

/** Breaks a copy of the built service, to see whether the tests notice. */
export function mutate(program: string, patches = [...commitBehindTheCalls, ...lookForNoForeignTexts]): void {
  for (const { file, from, to } of patches) {
    const path = join(program, 'dist/src/core/sending', file);
    const code = readFileSync(path, 'utf8');
    if (code.split(from).length !== 2) throw new Error(`the mutant no longer fits ${file}: ${from}`);
    writeFileSync(
      path,
      code.replace(from, () => to),
    );
  }
}
