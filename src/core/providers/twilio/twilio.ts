import { Controller, HttpCode, Logger, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { notFound } from '../../../platform/app-error.js';
import { Webhook } from '../../access/rules.js';
import { Providers } from '../providers.module.js';
import { defineProvider, ReceiptDesk } from '../sms-provider.js';
import { twilioWords } from './twilio-failures.js';
import { TwilioProvider } from './twilio.provider.js';
import { twilioEnvironment } from './twilio.schema.js';
import { twilioProblems } from './twilio.words.js';

@Controller('webhooks/twilio')
@Webhook()
export class TwilioWebhookController {
  private readonly logger = new Logger(TwilioWebhookController.name);

  constructor(
    private readonly providers: Providers,
    private readonly receipts: ReceiptDesk,
  ) {}

  /** Answers 204 for references that nobody knows, too: the provider is to stop asking. */
  @Post('status')
  @HttpCode(204)
  async status(@Req() request: FastifyRequest): Promise<void> {
    const provider = this.providers.for('twilio');
    if (!(provider instanceof TwilioProvider)) throw notFound('webhook');
    const verified = provider.verifyCallback({
      signature: String(request.headers['x-twilio-signature'] ?? ''),
      url: request.url,
      form: (request.body ?? {}) as Record<string, string | string[]>,
    });
    if (verified.kind === 'refused') {
      this.logger.warn({ reason: verified.reason, from: request.ip }, 'a receipt was refused');
      throw twilioProblems.error('signature-refused');
    }
    await this.receipts.receive(provider, { ...verified, origin: 'webhook' });
  }
}

export const twilio = defineProvider({
  name: 'twilio',
  environment: twilioEnvironment,
  controllers: [TwilioWebhookController],
  explain: twilioWords,
  make: (account, { timeoutMs, concurrency: connections }) =>
    new TwilioProvider({ ...account, timeoutMs, connections }),
});
