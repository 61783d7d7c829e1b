// `npm run test:fuzz`: a long run of fuzz.e2e.spec.ts, which `npm test` makes a short one of.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `Calls every route of the built service as everybody, with bent requests, and says what it answered badly.

  npm run test:fuzz                        40,000 requests; about 10 minutes
  npm run test:fuzz -- --requests 5000     fewer of them
  npm run test:fuzz -- --seed 7            the requests of an earlier run
  npm run test:fuzz -- --only /contracts   routes whose name holds the words
  npm run test:fuzz -- --write             writes docs/fuzz.md
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '40000' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(usage);
} else {
  process.stdout.write(`seed ${values.seed}\n`);
  const jest = spawn(process.execPath, ['node_modules/jest/bin/jest.js', 'test/fuzz/fuzz.e2e.spec.ts'], {
    env: {
      ...process.env,
      FUZZ_SEED: values.seed,
      FUZZ_REQUESTS: values.requests,
      FUZZ_ONLY: values.only,
      FUZZ_PAGE: values.write ? 'docs/fuzz.md' : '',
    },
    stdio: 'inherit',
  });
  jest.on('exit', (code) => (process.exitCode = code ?? 1));
}
