import { Logger } from '@nestjs/common';

const logger = new Logger('Background');

/**
 * Runs work that nobody waits for, such as that of a timer or a listener. Its failure is logged: a rejection that nobody
 * handles would end the process.
 */
export function inBackground(what: string, work: () => unknown): void {
  void (async () => {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, `${what}: failed`);
    }
  })();
}
