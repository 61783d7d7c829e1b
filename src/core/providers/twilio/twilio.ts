import { z } from 'zod';
import { publicUrl, url } from '../../../config/config.schema.js';
import { defineProvider } from '../provider-definition.js';
import { twilioWords } from './twilio-codes.js';
import { TwilioProvider } from './twilio.provider.js';
import { TwilioWebhookController } from './twilio-webhook.controller.js';

const environment = z
  .object({
    TWILIO_ACCOUNT_SID: z
      .string('is missing: SMS_PROVIDER=twilio needs the account id, such as AC and 32 hexadecimal digits')
      .regex(/^AC[0-9a-f]{32}$/, 'is not an account id: AC and 32 hexadecimal digits'),
    TWILIO_AUTH_TOKEN: z
      .string('is missing: SMS_PROVIDER=twilio needs the auth token of the account')
      .min(16, 'is too short for a Twilio auth token'),
    PUBLIC_URL: publicUrl,
    TWILIO_MESSAGING_SERVICE_SID: z
      .string()
      .regex(/^MG[0-9a-f]{32}$/, 'is not a messaging service: MG and 32 hexadecimal digits')
      .optional(),
    TWILIO_FROM: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'is not a number such as +12125550100')
      .optional(),
    TWILIO_BASE_URL: url('https://api.twilio.com', 'https:', 'http:').default('https://api.twilio.com'),
  })
  .refine((given) => given.TWILIO_MESSAGING_SERVICE_SID ?? given.TWILIO_FROM, {
    path: ['TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM'],
    error: 'is missing: for example TWILIO_FROM=+12125550100',
    // Together with what else is missing.
    when: () => true,
  });

export const twilio = defineProvider({
  name: 'twilio',
  environment,
  controllers: [TwilioWebhookController],
  explain: twilioWords,
  make: (variables, { timeoutMs, concurrency }) =>
    new TwilioProvider({
      accountSid: variables.TWILIO_ACCOUNT_SID,
      authToken: variables.TWILIO_AUTH_TOKEN,
      messagingServiceSid: variables.TWILIO_MESSAGING_SERVICE_SID ?? null,
      from: variables.TWILIO_FROM ?? null,
      baseUrl: variables.TWILIO_BASE_URL,
      publicUrl: variables.PUBLIC_URL,
      timeoutMs,
      connections: concurrency,
    }),
});
