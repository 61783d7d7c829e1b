import base from '../../jest.config.mjs';

/** Jest as Stryker runs it: the unit specs of `PURE_SPECS` (folders, separated by commas), which need no server. */
const { globalSetup: _setup, globalTeardown: _teardown, ...rest } = base;

export default {
  ...rest,
  rootDir: new URL('../..', import.meta.url).pathname,
  testMatch: (process.env['PURE_SPECS'] ?? 'src').split(',').map((folder) => `<rootDir>/${folder}/*.spec.ts`),
};
