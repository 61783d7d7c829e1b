import { z } from 'zod';
import type { DeliveryStatus, FoundText } from '../sms-provider.js';

export const messageSidSchema = z.string().regex(/^(SM|MM)[0-9a-f]{32}$/);

/** The part of the answer to a send that we use. */
export const acceptedSchema = z.object({ sid: messageSidSchema });

export const errorBodySchema = z.object({
  code: z.union([z.int().nonnegative().transform(String), z.string().regex(/^\d{1,6}$/)]),
});

/** Twilio's message statuses (Messages resource, "Message Status values"), outgoing ones. */
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

/** What a trial account puts before every text, and shows in `body`. */
const trialPrefix = 'Sent from your Twilio trial account - ';

const foundTextSchema = messageSchema.transform((message): FoundText & { incoming: boolean } => ({
  reference: message.sid,
  status: message.status,
  code: codeOf(message.error_code),
  text: message.body.startsWith(trialPrefix) ? message.body.slice(trialPrefix.length) : message.body,
  createdAt: message.date_created,
  incoming: message.direction === 'inbound',
}));

/** Strict where a lenient reading would take a broken page for an empty one, and an accepted text for an absent one. */
export const pageSchema = z.object({
  messages: z.array(foundTextSchema),
  next_page_uri: z.string().nullable(),
});
export type MessagePage = z.infer<typeof pageSchema>;

/** An answer that is not of Twilio's form; names the fields, never their values. */
export class UnreadableAnswer extends Error {}

export function readAnswer<T>(body: unknown, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(String(body));
  } catch {
    // JSON.parse quotes the body, which may hold a number: no cause is kept.
    throw new UnreadableAnswer("Twilio's answer is not JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole');
  throw new UnreadableAnswer(
    `Twilio's answer has another form than documented: ${fields.slice(0, 5).join(', ')}`,
  );
}

function codeOf(errorCode: number | null): string | null {
  return errorCode === null || errorCode === 0 ? null : String(errorCode);
}
