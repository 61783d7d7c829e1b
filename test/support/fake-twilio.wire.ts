import { randomBytes } from 'node:crypto';
import { messageJson, pageJson } from './fake-twilio.json.js';
import { callbackForm, signCallback } from './fake-twilio.receipts.js';
import type { FakeMessage, FakeRequest } from './fake-twilio.script.js';
import type { Asked, FakeWire, Report } from './fake-wire.js';

export interface FakeAccount {
  accountSid: string;
  authToken: string;
  apiKey?: { sid: string; secret: string };
}

/** Made up; the shape is Twilio's. */
export const fakeAccount: FakeAccount = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'fedcba9876543210'.repeat(2),
};

/** How Twilio's Messages API is spoken. */
export class TwilioWire implements FakeWire {
  readonly provider = 'twilio';
  readonly sender = '+12125550100';
  readonly servesAbroad = true;
  readonly codes = {
    permanent: [
      [400, 21211],
      [400, 21614],
      [400, 21610],
    ],
    unknown: [400, 29999],
    stopLine: [401, 20003],
    route: [403, 21408],
    unproved: 30008,
  } as const;

  constructor(private readonly account: FakeAccount = fakeAccount) {}

  environment(baseUrl: string): Record<string, string> {
    return {
      TWILIO_ACCOUNT_SID: this.account.accountSid,
      TWILIO_AUTH_TOKEN: this.account.authToken,
      TWILIO_FROM: this.sender,
      TWILIO_BASE_URL: baseUrl,
    };
  }

  refusal(_: FakeRequest, { authorization }: Record<string, string | undefined>): Asked | null {
    const { accountSid, authToken, apiKey } = this.account;
    const pairs = [`${accountSid}:${authToken}`, ...(apiKey ? [`${apiKey.sid}:${apiKey.secret}`] : [])];
    if (pairs.some((pair) => authorization === `Basic ${Buffer.from(pair).toString('base64')}`)) return null;
    return { kind: 'refused', status: 401, code: 20003, message: 'Authenticate' };
  }

  asked({ method, path, form }: FakeRequest): Asked {
    const base = `/2010-04-01/Accounts/${this.account.accountSid}/Messages`;
    if (method === 'POST' && path === `${base}.json`) return sendOf(form);
    if (method === 'GET' && path === `${base}.json`) return { kind: 'list' };
    const sid = path.startsWith(base) ? /^\/(\w+)\.json$/.exec(path.slice(base.length))?.[1] : undefined;
    if (method === 'GET' && sid) return { kind: 'one', sid };
    if (method === 'POST' && sid && form['Body'] === '') return { kind: 'redact', sid };
    return refused(404, 20404, `The requested resource ${path} was not found`);
  }

  newSid(): string {
    return `SM${randomBytes(16).toString('hex')}`;
  }

  accepted(message: FakeMessage) {
    return { status: 201, body: this.one(message) };
  }

  refused(status: number, code: number | string, message: string) {
    const more_info = `https://www.twilio.com/docs/errors/${code}`;
    return { status, body: { code, message, more_info, status } };
  }

  page(messages: FakeMessage[], { query }: FakeRequest, pageSize?: number) {
    return pageJson(this.account.accountSid, messages, query, pageSize);
  }

  one(message: FakeMessage) {
    return messageJson(this.account.accountSid, message);
  }

  callback(message: FakeMessage, { status, code, forged }: Report) {
    const url = message.statusCallback;
    if (url === null) return null;
    const form = callbackForm(this.account, message, status, code);
    const signature = signCallback(`${this.account.authToken}${forged ? 'x' : ''}`, url, form);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature,
      'user-agent': 'TwilioProxy/1.1',
    };
    return { url, headers, body: new URLSearchParams(form).toString(), form, signature };
  }
}

function sendOf({ To, From, MessagingServiceSid, Body, StatusCallback }: Record<string, string>): Asked {
  if (!To) return refused(400, 21604, "A 'To' phone number is required.");
  if (!From && !MessagingServiceSid) return refused(400, 21603, "A 'From' phone number is required.");
  if (!Body) return refused(400, 21602, 'Message body is required.');
  if (Body.length > 1600) return refused(400, 21617, 'The concatenated message body exceeds the limit.');
  const text = {
    to: To,
    from: From ?? null,
    body: Body,
    messagingServiceSid: MessagingServiceSid ?? null,
    statusCallback: StatusCallback ?? null,
  };
  return { kind: 'send', text };
}

function refused(status: number, code: number, message: string): Asked {
  return { kind: 'refused', status, code, message };
}
