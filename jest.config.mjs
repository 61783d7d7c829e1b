// Source and NestJS's packages are ES modules; tests run them as CommonJS (swc), because several
// CommonJS libraries refuse to load under Jest's own module loader. One test starts the built dist.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
  },
  module: { type: 'commonjs' },
};

const esmPackages = [
  '@nestjs',
  'nestjs-pino',
  'content-disposition',
  'cookie',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'load-esm',
  'openapi-fetch',
  'openid-client',
  'oauth4webapi',
  'jose',
  'otplib',
  '@otplib',
  '@scure',
  '@noble',
  // It imports Node's own modules when it needs them.
  '@opentelemetry',
].join('|');

export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
  transform: {
    '\\.ts$': ['@swc/jest', swc],
    '\\.m?js$': ['@swc/jest', { ...swc, jsc: { target: 'es2023' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFiles: ['reflect-metadata'],
  workerIdleMemoryLimit: '700MB',
  // Only what hangs is to meet it: on a machine with sixteen other things to do, everything takes ten times as long.
  testTimeout: 600_000,
  maxWorkers: 2,
};
