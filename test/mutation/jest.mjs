import base from '../../jest.config.mjs';

/** Jest as mutants are run: on the server that run.mjs has started, noting what each spec reaches. */
const { globalSetup: _setup, globalTeardown: _teardown, ...rest } = base;

export default {
  ...rest,
  rootDir: new URL('../..', import.meta.url).pathname,
  setupFilesAfterEnv: ['<rootDir>/test/mutation/reached.mjs'],
};
