import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import type { Delivery } from '../sms-provider.js';
import { deliveryStatusOf, messageSidSchema } from './twilio.schema.js';

export interface CallbackRequest {
  /** It comes from the header X-Twilio-Signature. */
  signature: string | undefined;
  /** It holds path and query as they were requested, not decoded. */
  url: string;
  /** The parsed form; a parser that drops repeated keys would hide them from us: `node:querystring` gives arrays. */
  form: Readonly<Record<string, unknown>>;
  authToken: string;
  accountSid: string;
  /** It is the configured address without a trailing slash, never the request's own host. */
  publicUrl: string;
  path: string;
}

type CallbackRefusal = 'address' | 'form' | 'signature' | 'account' | 'reference' | 'status' | 'code';

export type VerifiedCallback =
  ({ kind: 'verified'; attemptId: string | null } & Delivery) | { kind: 'refused'; reason: CallbackRefusal };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const attemptQuery = new RegExp(`^(?:\\?attempt=(${uuid}))?$`);

/** Twilio's parameter names are letters, digits and underscores, a letter first. */
const parameterName = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * Checks that a status callback is Twilio's, for our account, and reads it.
 *
 * Twilio signs the address with every key and value joined without a delimiter (Twilio's "Webhooks Security"), so a valid
 * signature also fits other splits of the same characters. What we use of a callback therefore has to have its exact form,
 * names have to look like names, and each may come once. A replay stays valid: the caller deduplicates.
 */
export function verifyTwilioCallback(request: CallbackRequest): VerifiedCallback {
  const address = addressOf(request);
  if (!address) return refused('address');
  const form = formOf(request.form);
  if (!form) return refused('form');
  if (!validateRequest(request.authToken, request.signature ?? '', address.url, form))
    return refused('signature');

  if (form.AccountSid !== request.accountSid) return refused('account');
  const reference = messageSidSchema.safeParse(form.MessageSid);
  if (!reference.success) return refused('reference');
  const status = deliveryStatusOf.get(form.MessageStatus ?? '');
  if (!status) return refused('status');
  const code = form.ErrorCode ?? '';
  if (!/^\d{0,6}$/.test(code)) return refused('code');
  return {
    kind: 'verified',
    reference: reference.data,
    status,
    code: code === '' || code === '0' ? null : code,
    attemptId: address.attemptId,
  };
}

function addressOf(request: CallbackRequest): { url: string; attemptId: string | null } | null {
  if (!request.url.startsWith(request.path)) return null;
  const query = attemptQuery.exec(request.url.slice(request.path.length));
  return query ? { url: request.publicUrl + request.url, attemptId: query[1] ?? null } : null;
}

/** Null when a name is repeated or is no name, or when a value hides an ErrorCode: the one used parameter that may be missing. */
function formOf(form: Readonly<Record<string, unknown>>): Record<string, string> | null {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(form)) {
    if (typeof value !== 'string' || !parameterName.test(name)) return null;
    if (name !== 'ErrorCode' && /ErrorCode\d/.test(name + value)) return null;
    read[name] = value;
  }
  return read;
}

function refused(reason: CallbackRefusal): VerifiedCallback {
  return { kind: 'refused', reason };
}
