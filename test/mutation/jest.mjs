import base from '../../jest.config.mjs';

/** Jest as mutants are run: on the server that run.mjs has started, noting what each spec reaches, or until the first test fails. */
const { globalSetup: _setup, globalTeardown: _teardown, ...rest } = base;
const order = process.env['MUTATION_ORDER'];

export default {
  ...rest,
  rootDir: new URL('../..', import.meta.url).pathname,
  setupFilesAfterEnv: ['<rootDir>/test/mutation/reached.mjs'],
  ...(order && {
    testSequencer: '<rootDir>/test/mutation/given-order.mjs',
    reporters: ['<rootDir>/test/mutation/first-failure.mjs'],
  }),
};
