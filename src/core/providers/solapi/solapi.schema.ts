import { z } from 'zod';
import { url } from '../../../config/config.js';
import { koreanLength } from '../../texts/lengths.js';
import type { Delivery, DeliveryStatus } from '../sms-provider.js';

/** It takes a sender's number in Korea, written with or without hyphens: 02-0000-0000, 1600-0000, 010-0000-0000. */
const senderNumber = z
  .string()
  .transform((number) => number.replace(/[\s-]/g, ''))
  .pipe(
    z.string().regex(/^(0\d{8,10}|1\d{7})$/, {
      error: 'is not a number such as 02-0000-0000 or 1600-0000',
      abort: true,
    }),
  );

/** SOLAPI takes so many EUC-KR bytes of a subject ("Message Status Codes", 1014). */
const subjectBytes = 40;

export const solapiEnvironment = z
  .object({
    SOLAPI_API_KEY: z
      .string('is missing: SMS_PROVIDER=solapi needs the API key, such as NCS and 13 letters and digits')
      .regex(/^[A-Za-z0-9]{8,64}$/, 'is not an API key: letters and digits alone'),
    SOLAPI_API_SECRET: z
      .string('is missing: calls are signed with the secret of the API key')
      .min(16, 'is too short for the secret of an API key'),
    SOLAPI_FROM: z
      .string('is missing: the number that texts are sent from, for example 02-0000-0000')
      .pipe(senderNumber),
    SOLAPI_REGISTERED_NUMBERS: z
      .string(
        'is missing: the sender’s numbers that are registered with SOLAPI, for example 02-0000-0000,1600-0000',
      )
      .transform((list) => list.split(','))
      .pipe(z.array(senderNumber)),
    SOLAPI_WEBHOOK_SECRET: z
      .string('is missing: SOLAPI sends its digest with each report, so that nobody else can report')
      .min(16, 'is too short: at least 16 characters, for example from openssl rand -hex 24'),
    SOLAPI_SUBJECT: z
      .string()
      .refine(isSubject, `is not a subject of at most ${subjectBytes} bytes in EUC-KR, such as 계약 안내`)
      .optional(),
    SOLAPI_TWO_PHASE: z.enum(['on', 'off'], { error: 'is neither on nor off' }).default('off'),
    SOLAPI_BASE_URL: url('https://api.solapi.com', 'https:', 'http:').optional(),
  })
  .refine((given) => given.SOLAPI_REGISTERED_NUMBERS.includes(given.SOLAPI_FROM), {
    path: ['SOLAPI_FROM'],
    error: 'is none of SOLAPI_REGISTERED_NUMBERS: SOLAPI refuses numbers that are not registered with it',
  })
  .transform((given) => ({
    apiKey: given.SOLAPI_API_KEY,
    apiSecret: given.SOLAPI_API_SECRET,
    from: given.SOLAPI_FROM,
    webhookSecret: given.SOLAPI_WEBHOOK_SECRET,
    /** It stands above texts that are longer than an SMS. */
    subject: given.SOLAPI_SUBJECT ?? null,
    /** Whether texts are sent by groups, three calls each. */
    usesGroups: given.SOLAPI_TWO_PHASE === 'on',
    baseUrl: given.SOLAPI_BASE_URL ?? 'https://api.solapi.com',
  }));

function isSubject(subject: string): boolean {
  const { bytes, unencodable } = koreanLength(subject);
  return bytes <= subjectBytes && unencodable.length === 0;
}

const errorBodySchema = z.object({ errorCode: z.string().regex(/^\w{1,60}$/) });

/** Reads SOLAPI's code from an answer other than 2xx ("API Reference", error handling). */
export function codeIn(body: unknown): string | null {
  return errorBodySchema.safeParse(body).data?.errorCode ?? null;
}

export const messageIdSchema = z.string().regex(/^M[0-9A-Za-z]{8,60}$/);
const statusCodeSchema = z.string().regex(/^\d{4}$/);

/** We use this part of the answer to a send (solapi-nodejs, `DetailGroupMessageResponse`). */
export const acceptedSchema = z.object({
  failedMessageList: z.array(z.object({ statusCode: statusCodeSchema })),
  messageList: z.array(z.object({ messageId: messageIdSchema, statusCode: statusCodeSchema })).default([]),
});

const customFieldsSchema = z
  .looseObject({ attempt: z.string().optional(), name: z.string().optional() })
  .nullish();

const reportSchema = z.object({
  messageId: messageIdSchema,
  statusCode: z.string().nullish(),
  customFields: customFieldsSchema,
});

/** The body of a report on single messages ("Webhook", SINGLE-REPORT) is a list of them. */
export const reportsSchema = z.array(reportSchema);

/** A message as the list shows it (solapi-nodejs, `storedMessageSchema`). */
const messageSchema = reportSchema.extend({
  to: z.string(),
  from: z.string().nullish(),
  text: z.string().nullish(),
  /** Every message is of a group, and is listed before that is sent, too. */
  groupId: z.string().nullish(),
  status: z.string().nullish(),
  dateCreated: z.iso.datetime({ offset: true }).transform((value) => new Date(value)),
});
export type SolapiMessage = z.infer<typeof messageSchema>;

const groupIdSchema = z.string().regex(/^G[0-9A-Za-z]{8,60}$/);

/** A group as it is answered with ("Create a group", "Group info"). It is PENDING, SCHEDULED, SENDING, COMPLETE, FAILED or DELETED. */
export const groupSchema = z.object({
  groupId: groupIdSchema,
  status: z.string(),
  /** When it was asked to send. */
  dateSent: z.string().nullish(),
});
export type SolapiGroup = z.infer<typeof groupSchema>;

/** The answer to "Add messages to a group". */
export const addedSchema = z.object({
  resultList: z.tuple([z.object({ messageId: messageIdSchema, statusCode: statusCodeSchema })]),
});

/** It is strict where a lenient reading would take a broken page for an empty one, and an accepted text for an absent one. */
export const pageSchema = z.object({
  messageList: z.record(z.string(), messageSchema),
  nextKey: z.string().nullish(),
});

/**
 * Reads a status: 2000 is taken, 3000 is with the carrier, 4000 is done. A status that SOLAPI adds later still proves that it
 * holds the message.
 */
export function deliveryOf({ messageId, statusCode }: z.infer<typeof reportSchema>): Delivery {
  const code = statusCode ?? '';
  const status = statuses.get(code) ?? (/^[123]\d{3}$/.test(code) ? 'failed' : 'accepted');
  return { reference: messageId, status, code: status === 'failed' ? code : null };
}

const statuses: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['2000', 'accepted'],
  ['3000', 'sent'],
  ['4000', 'delivered'],
]);

/** A message that was not taken is kept and never sent ("Add messages to a group"). */
export function isNotTaken(message: Pick<SolapiMessage, 'statusCode'> | undefined): boolean {
  return /^1\d{3}$/.test(message?.statusCode ?? '');
}
