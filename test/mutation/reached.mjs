import { appendFileSync } from 'node:fs';

// The probes that mutants.mjs writes into functions add to it; a mutant is then tried on the specs that reach its function.
const file = process.env['MUTATION_REACHED'];
if (file) {
  globalThis.reached = new Set();
  afterAll(() => {
    const spec = expect.getState().testPath;
    appendFileSync(file, `${JSON.stringify({ spec, reached: [...globalThis.reached] })}\n`);
  });
}
