import { Logger } from '@nestjs/common';
import type { MetricsService } from './core/health/metrics.service.js';

/**
 * Keeps the process alive whatever a promise, a timer, a listener or a stream throws that nobody handles: it is logged,
 * and counted for monitoring. Why it lives on even after an exception is decision 19.
 */
export function spreadLastNet(metrics: MetricsService): void {
  const logger = new Logger('LastNet');
  const caught = (kind: 'rejection' | 'exception') => (error: unknown) => {
    metrics.countUnhandled(kind);
    logger.error({ err: error }, `nobody handled this ${kind}`);
  };
  process.on('unhandledRejection', caught('rejection'));
  process.on('uncaughtException', caught('exception'));
}
