import { createHmac } from 'node:crypto';
import { request } from 'undici';
import type { FakeMessage, FakeReceipt, FakeReceipts } from './fake-twilio.script.js';
import type { Callback, FakeWire } from './fake-wire.js';

interface Account {
  accountSid: string;
  authToken: string;
}

/** Twilio's signature ("Webhooks Security"), written here apart from the SDK, so that the two check each other. */
export function signCallback(authToken: string, url: string, form: Record<string, string>): string {
  const signed = Object.keys(form)
    .sort()
    .reduce((text, name) => text + name + form[name], url);
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

/** The form of a status callback for an SMS. */
export function callbackForm(account: Account, message: FakeMessage, status: string, code: number | null) {
  const form: Record<string, string> = {
    AccountSid: account.accountSid,
    ApiVersion: '2010-04-01',
    From: message.from ?? '',
    MessageSid: message.sid,
    MessageStatus: status,
    SmsSid: message.sid,
    SmsStatus: status,
    To: message.to,
  };
  if (message.messagingServiceSid) form.MessagingServiceSid = message.messagingServiceSid;
  if (code !== null) form.ErrorCode = String(code);
  return form;
}

/** Posts receipts and keeps what became of each. */
export class ReceiptSender {
  readonly sent: FakeReceipt[] = [];
  /** The service that is told where no send names an address. */
  reportTo: string | null = null;

  constructor(private readonly wire: FakeWire) {}

  async send(
    message: FakeMessage,
    status: string,
    code: number | null,
    { copies = 1, forged = false }: FakeReceipts,
  ): Promise<void> {
    const callback = this.wire.callback(message, { status, code, forged }, this.reportTo);
    if (callback === null) return;
    await Promise.all(Array.from({ length: copies }, () => this.post(message.sid, callback)));
  }

  private async post(sid: string, { url, headers, body, form, signature }: Callback) {
    const receipt: FakeReceipt = { at: Date.now(), sid, url, form, signature, answer: null };
    this.sent.push(receipt);
    try {
      const times = { headersTimeout: 15_000, bodyTimeout: 15_000 };
      const answer = await request(url, { method: 'POST', headers, body, ...times });
      await answer.body.dump();
      receipt.answer = answer.statusCode;
    } catch {
      receipt.answer = null;
    }
  }
}
