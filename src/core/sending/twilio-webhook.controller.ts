import { Controller, HttpCode, Inject, Logger, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Webhook } from '../access/rules.js';
import type { Config } from '../../config/config.js';
import { AppError, notFound } from '../../platform/app-error.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { statusCallbackPath, verifyTwilioCallback } from '../providers/twilio/twilio-signature.js';
import { Receipts } from './receipts.service.js';

@Controller('webhooks/twilio')
@Webhook()
export class TwilioWebhookController {
  private readonly logger = new Logger(TwilioWebhookController.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly receipts: Receipts,
  ) {}

  /** Answers 204 for references that nobody knows, too: the provider is to stop asking. */
  @Post('status')
  @HttpCode(204)
  async status(@Req() request: FastifyRequest): Promise<void> {
    const { twilio } = this.config;
    if (!twilio) throw notFound('webhook');
    const verified = verifyTwilioCallback({
      signature: String(request.headers['x-twilio-signature'] ?? ''),
      url: request.url,
      form: (request.body ?? {}) as Record<string, string | string[]>,
      authToken: twilio.authToken,
      accountSid: twilio.accountSid,
      publicUrl: twilio.publicUrl,
      path: statusCallbackPath,
    });
    if (verified.kind === 'refused') {
      this.logger.warn({ reason: verified.reason, from: request.ip }, 'a receipt was refused');
      throw new AppError(
        'forbidden',
        'signature-refused',
        'This is not a receipt signed by our Twilio account.',
      );
    }
    const { reference, status, code, attemptId } = verified;
    await this.receipts.receive({ reference, status, code, attemptId, origin: 'webhook' });
  }
}
