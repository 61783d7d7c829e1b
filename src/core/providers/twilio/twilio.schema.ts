import { z } from 'zod';
import { publicUrl, url } from '../../../config/config.js';
import type { DeliveryStatus, FoundText, SentText } from '../sms-provider.js';

/** It takes what Twilio calls its edges and regions ("Global Infrastructure"), such as sydney and au1. */
const location = (example: string) =>
  z.string().regex(/^[a-z0-9-]{2,30}$/, `is not a name of Twilio's such as ${example}`);

/**
 * These are the account's variables. The auth token signs the callbacks, which nothing else does; it authenticates our calls as
 * well where no API key is given.
 */
export const twilioEnvironment = z
  .object({
    TWILIO_ACCOUNT_SID: z
      .string('is missing: SMS_PROVIDER=twilio needs the account id, such as AC and 32 hexadecimal digits')
      .regex(/^AC[0-9a-f]{32}$/, 'is not an account id: AC and 32 hexadecimal digits'),
    TWILIO_AUTH_TOKEN: z
      .string(
        'is missing: SMS_PROVIDER=twilio needs the auth token of the account, for Twilio signs its receipts with it also where calls are made with TWILIO_API_KEY_SID',
      )
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
    TWILIO_API_KEY_SID: z
      .string()
      .regex(/^SK[0-9a-f]{32}$/, 'is not an API key: SK and 32 hexadecimal digits')
      .optional(),
    TWILIO_API_KEY_SECRET: z.string().min(16, 'is too short for the secret of an API key').optional(),
    TWILIO_REGION: location('au1').optional(),
    TWILIO_EDGE: location('sydney').optional(),
    TWILIO_REDACT: z.enum(['on', 'off'], { error: 'is neither on nor off' }).default('off'),
    TWILIO_BASE_URL: url('https://api.twilio.com', 'https:', 'http:').optional(),
  })
  .superRefine((given, context) => {
    const [sid, secret] = ['TWILIO_API_KEY_SID', 'TWILIO_API_KEY_SECRET'] as const;
    if (!given[sid] !== !given[secret])
      context.addIssue({
        code: 'custom',
        path: [given[sid] ? secret : sid],
        message: 'is missing: the id and the secret of an API key go together',
      });
    if (given.TWILIO_REGION && !given.TWILIO_EDGE)
      context.addIssue({
        code: 'custom',
        path: ['TWILIO_EDGE'],
        message: 'is missing: a region is reached through an edge, for example TWILIO_EDGE=sydney for au1',
      });
  })
  .refine((given) => given.TWILIO_MESSAGING_SERVICE_SID ?? given.TWILIO_FROM, {
    path: ['TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM'],
    error: 'is missing: for example TWILIO_FROM=+12125550100',
    // Together with what else is missing.
    when: () => true,
  })
  .transform((given) => ({
    accountSid: given.TWILIO_ACCOUNT_SID,
    authToken: given.TWILIO_AUTH_TOKEN,
    /** Wins over `from` when both are given. */
    messagingServiceSid: given.TWILIO_MESSAGING_SERVICE_SID ?? null,
    /** The number is in E.164. */
    from: given.TWILIO_FROM ?? null,
    ...(given.TWILIO_API_KEY_SID && given.TWILIO_API_KEY_SECRET
      ? { apiKey: { sid: given.TWILIO_API_KEY_SID, secret: given.TWILIO_API_KEY_SECRET } }
      : {}),
    baseUrl: given.TWILIO_BASE_URL ?? addressOf(given.TWILIO_EDGE, given.TWILIO_REGION),
    publicUrl: given.PUBLIC_URL,
    /** Whether Twilio is to forget the words of texts that are over. */
    ...(given.TWILIO_REDACT === 'on' ? { redacts: true } : {}),
  }));

/** Twilio's own region stands behind each edge unless another is named ("Using the Twilio REST API in a non-US Region"). */
function addressOf(edge: string | undefined, region = 'us1'): string {
  return edge ? `https://api.${edge}.${region}.twilio.com` : 'https://api.twilio.com';
}

export const messageSidSchema = z.string().regex(/^(SM|MM)[0-9a-f]{32}$/);

/** The answer to a redaction. */
export const redactedSchema = z.object({ body: z.literal('') });

/** We use this part of the answer to a send. */
export const acceptedSchema = z.object({ sid: messageSidSchema });

const errorBodySchema = z.object({
  code: z.union([z.int().nonnegative().transform(String), z.string().regex(/^\d{1,6}$/)]),
});

/** Reads Twilio's code from an answer other than 2xx. */
export function codeIn(body: unknown): string | null {
  return errorBodySchema.safeParse(body).data?.code ?? null;
}

/** This maps Twilio's statuses of outgoing messages (Messages resource, "Message Status values"). */
export const deliveryStatusOf: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['accepted', 'accepted'],
  ['scheduled', 'accepted'],
  ['queued', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['partially_delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

const rfc2822Schema = z
  .string()
  .regex(/^\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
  .transform((value) => new Date(value))
  .refine((date) => !Number.isNaN(date.getTime()));

const messageSchema = z.object({
  sid: messageSidSchema,
  body: z.string(),
  date_created: rfc2822Schema,
  direction: z.string(),
  // A status that Twilio adds later still proves that it holds the message.
  status: z.string().transform((status): DeliveryStatus => deliveryStatusOf.get(status) ?? 'accepted'),
  error_code: z.int().nullable(),
});

export const deliverySchema = messageSchema
  .pick({ sid: true, status: true, error_code: true })
  .transform(({ sid, status, error_code }) => ({ reference: sid, status, code: codeOf(error_code) }));

/** A trial account puts this before every text, and shows it in `body`. */
const trialPrefix = 'Sent from your Twilio trial account - ';

function foundText(message: z.infer<typeof messageSchema>): FoundText {
  return {
    reference: message.sid,
    status: message.status,
    code: codeOf(message.error_code),
    text: message.body.startsWith(trialPrefix) ? message.body.slice(trialPrefix.length) : message.body,
    createdAt: message.date_created,
  };
}

const foundTextSchema = messageSchema.transform((message): FoundText & { incoming: boolean } => ({
  ...foundText(message),
  incoming: message.direction === 'inbound',
}));

/** It is strict where a lenient reading would take a broken page for an empty one, and an accepted text for an absent one. */
export const pageSchema = z.object({
  messages: z.array(foundTextSchema),
  next_page_uri: z.string().nullable(),
});
export type MessagePage = z.infer<typeof pageSchema>;

/**
 * This reads the newest messages of an account, each with those who may have sent it. Nobody but us sends by the API:
 * Twilio's own answers to STOP and HELP have another direction (Messages resource, `direction`).
 */
export const newestPageSchema = z.object({
  messages: z.array(
    messageSchema
      .extend({ to: z.string(), from: z.string().nullable(), messaging_service_sid: z.string().nullable() })
      .transform((message): SentText & { senders: (string | null)[] } => ({
        ...foundText(message),
        to: message.to,
        senders: message.direction === 'outbound-api' ? [message.from, message.messaging_service_sid] : [],
      })),
  ),
});

function codeOf(errorCode: number | null): string | null {
  return errorCode === null || errorCode === 0 ? null : String(errorCode);
}
