import { ConfigError } from './config.js';

/**
 * Runs a command to the end of its process, with the code that it returns. `stopped` says what did not come about when it throws; the code
 * is then `failed`. A fault of the configuration is told without its stack.
 */
export function runCommand(main: () => Promise<number>, stopped: string, failed = 3): void {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      const what = error instanceof ConfigError ? error.message : ((error as Error).stack ?? error);
      process.stderr.write(`\n${stopped}\n${String(what)}\n`);
      process.exit(failed);
    },
  );
}
