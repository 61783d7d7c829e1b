import { Controller, ForbiddenException, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Webhook } from '../../src/core/access/rules.js';
import { Providers } from '../../src/core/providers/providers.module.js';
import { defineProvider, ReceiptDesk } from '../../src/core/providers/sms-provider.js';
import { TwilioProvider } from '../../src/core/providers/twilio/twilio.provider.js';
import { words } from '../../src/platform/words/words.js';
import { startFakeTwilio, type FakeTwilio } from './fake-twilio.js';
import { startService, type TestService } from './service.js';

/** Speaks Twilio's protocol, so that a second fake can answer it; everything else is its own. */
class SecondProvider extends TwilioProvider {
  override readonly name = 'second';
}

@Controller('webhooks/second')
@Webhook()
class SecondWebhookController {
  constructor(
    private readonly providers: Providers,
    private readonly receipts: ReceiptDesk,
  ) {}

  @Post('status')
  @HttpCode(204)
  async status(@Req() { headers, url, body }: FastifyRequest): Promise<void> {
    const provider = this.providers.for('second') as SecondProvider;
    const signature = String(headers['x-twilio-signature']);
    const verified = provider.verifyCallback({ signature, url, form: body as Record<string, unknown> });
    if (verified.kind === 'refused') throw new ForbiddenException(verified.reason);
    await this.receipts.receive(provider, { ...verified, origin: 'webhook' });
  }
}

/** A provider beside the registered ones, as a folder in src/core/providers would define it. */
export const second = defineProvider({
  name: 'second',
  environment: z.object({
    SECOND_ACCOUNT: z.string('is missing: for example AC and 32 hexadecimal digits'),
    SECOND_TOKEN: z.string('is missing: the token of the account'),
    SECOND_BASE_URL: z.string('is missing: for example https://second.example'),
    PUBLIC_URL: z.string('is missing: receipts come back to it'),
  }),
  controllers: [SecondWebhookController],
  explain: (code) => words(`두 번째 업체가 말하는 ${code}`, `the second’s words for ${code}`),
  make: (variables, { timeoutMs, concurrency }) =>
    new SecondProvider({
      accountSid: variables.SECOND_ACCOUNT,
      authToken: variables.SECOND_TOKEN,
      messagingServiceSid: null,
      from: secondSender,
      baseUrl: variables.SECOND_BASE_URL,
      publicUrl: variables.PUBLIC_URL,
      timeoutMs,
      connections: concurrency,
    }),
});

/** Of the range reserved for fiction, as the first's is. */
export const secondSender = '+12125550199';

export function secondEnvironment({ account, baseUrl }: FakeTwilio) {
  return {
    SECOND_ACCOUNT: account.accountSid,
    SECOND_TOKEN: account.authToken,
    SECOND_BASE_URL: baseUrl,
  };
}

/** BothFakes are the two providers as a service with both meets them, each over HTTP. */
export interface BothFakes {
  twilioFake: FakeTwilio;
  secondFake: FakeTwilio;
}

export async function startBothFakes(): Promise<BothFakes> {
  const account = { accountSid: `AC${'2'.repeat(32)}`, authToken: '2'.repeat(32) };
  return { twilioFake: await startFakeTwilio(), secondFake: await startFakeTwilio(account) };
}

/** Starts a service with both providers, or starts it again on what `before` left behind. */
export async function startWithBoth(
  { twilioFake, secondFake }: BothFakes,
  environment: Record<string, string>,
  before: TestService | undefined,
): Promise<TestService> {
  await before?.stop();
  return startService({
    twilio: twilioFake,
    providers: [second],
    environment: { ...secondEnvironment(secondFake), ...environment },
    ...(before ? { existing: before.ground } : {}),
  });
}
