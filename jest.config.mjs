// Source is ES modules; tests run it as CommonJS (swc), which Jest can spy on. Packages are loaded by Node as they are, once
// for all files of a worker. One test starts the built dist.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
  },
  module: { type: 'commonjs' },
};

export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
  testEnvironment: '<rootDir>/test/support/one-realm.mjs',
  transform: {
    '/node_modules/': '<rootDir>/test/support/packages.mjs',
    '\\.ts$': ['@swc/jest', swc],
    '\\.m?js$': ['@swc/jest', { ...swc, jsc: { target: 'es2023' } }],
  },
  // It keeps the logger of the first service of a process, and a file's tests read their own.
  transformIgnorePatterns: ['/node_modules/nestjs-pino/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFiles: ['reflect-metadata'],
  workerIdleMemoryLimit: '1GB',
  // Only what hangs is to meet it: on a machine with sixteen other things to do, everything takes ten times as long.
  testTimeout: 600_000,
  maxWorkers: 2,
};
