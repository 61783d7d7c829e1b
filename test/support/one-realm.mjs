import { createRequire } from 'node:module';
import vm from 'node:vm';
import { LegacyFakeTimers, ModernFakeTimers } from '@jest/fake-timers';
import { TestEnvironment } from 'jest-environment-node';
import { ModuleMocker } from 'jest-mock';

// What packages.mjs makes of each package asks for it here.
globalThis.requireNatively = createRequire(import.meta.url);

/** Contexts that Jest made for a test file, whose code runs in the process's own realm instead. */
const contexts = new WeakSet();
const { compileFunction } = vm;
const { runInContext } = vm.Script.prototype;
vm.compileFunction = (code, parameters, options) => {
  const own = contexts.has(options?.parsingContext);
  return compileFunction(code, parameters, own ? { ...options, parsingContext: undefined } : options);
};
vm.Script.prototype.runInContext = function (context, options) {
  return contexts.has(context) ? this.runInThisContext(options) : runInContext.call(this, context, options);
};

/**
 * Runs all test files of a worker in one realm. Packages can then be loaded once for all of them, by Node itself, and their
 * `instanceof` still holds for what a test file makes; modules of our own are loaded afresh for each file, as Jest does. What a
 * file leaves in the realm is taken back: variables of the environment, and the classes that TypeORM has heard of.
 */
export default class OneRealm extends TestEnvironment {
  environment = { ...process.env };

  constructor(config, context) {
    super(config, context);
    contexts.add(this.context);
    this.global = globalThis;
    const { projectConfig } = config;
    this.moduleMocker = new ModuleMocker(globalThis);
    const timerConfig = { idToRef: (id) => id, refToId: (timer) => timer };
    const given = { config: projectConfig, global: globalThis };
    this.fakeTimers = new LegacyFakeTimers({ ...given, moduleMocker: this.moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers(given);
  }

  async teardown() {
    await super.teardown();
    for (const name of Object.keys(process.env)) if (!(name in this.environment)) delete process.env[name];
    Object.assign(process.env, this.environment);
    delete globalThis.typeormMetadataArgsStorage;
  }
}
