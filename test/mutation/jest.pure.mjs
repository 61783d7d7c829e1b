import base from '../../jest.config.mjs';

const { globalSetup: _setup, globalTeardown: _teardown, transform, ...rest } = base;
const { '\\.ts$': ofSource, '\\.m?js$': ofPackages } = transform;

/**
 * Jest as Stryker runs it: the unit specs of `PURE_SPECS` (folders, separated by commas), which need no server. Stryker puts an
 * environment of its own around that of Node, so each file has a realm of its own here, and packages are transformed like source.
 */
export default {
  ...rest,
  rootDir: new URL('../..', import.meta.url).pathname,
  testEnvironment: 'node',
  transform: { '\\.ts$': ofSource, '\\.m?js$': ofPackages },
  transformIgnorePatterns: [],
  testMatch: (process.env['PURE_SPECS'] ?? 'src').split(',').map((folder) => `<rootDir>/${folder}/*.spec.ts`),
};
