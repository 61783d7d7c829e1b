import { Injectable, Logger } from '@nestjs/common';
import type { Failure } from '../providers/sms-provider.js';
import { BrakesService } from './brakes.service.js';

/** Brakes that the service pulls itself, because the provider said that nothing more will go through. */
@Injectable()
export class Brakes {
  private readonly logger = new Logger(Brakes.name);

  constructor(private readonly brakes: BrakesService) {}

  async stopLine(sender: string, failure: Failure): Promise<void> {
    this.logger.error({ sender, code: failure.code }, `sending is paused: ${failure.detail}`);
    await this.brakes.pull('system', {
      scope: 'sender',
      target: sender,
      reason: `The provider refuses everything (${failure.code}): ${failure.detail}`,
    });
  }

  async holdRoute(sender: string, country: string | null, failure: Failure): Promise<void> {
    this.logger.error({ sender, country, code: failure.code }, `a route is held: ${failure.detail}`);
    await this.brakes.pull('system', {
      scope: 'route',
      target: `${sender}/${country ?? ''}`,
      reason: `The provider does not reach this country from this sender (${failure.code}): ${failure.detail}`,
    });
  }
}
