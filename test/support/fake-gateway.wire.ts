import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeMessage, FakeRequest } from './fake-twilio.script.js';
import type { Asked, FakeWire, Report, SentText } from './fake-wire.js';

/** Made up. */
const secrets = { token: 'a token of the gateway', report: 'a secret of its reports' };

const states: Record<string, string> = { queued: 'WAITING', accepted: 'WAITING', sent: 'SENT' };

/** How the invented gateway of docs/gateway.example.json is spoken to. It takes each of our names for a text once. */
export class GatewayWire implements FakeWire {
  readonly provider = 'gateway';
  readonly sender = '0200000000';
  readonly servesAbroad = false;
  readonly codes = {
    permanent: [
      [200, '1001'],
      [400, '2005'],
    ],
    unknown: [200, '9999'],
    stopLine: [401, '1401'],
    route: [200, '1008'],
    unproved: null,
  } as const;
  readonly duplicate = '1409';

  /** `alter` changes the description before it is written. */
  constructor(private readonly alter: (description: string) => string = (description) => description) {}

  environment(baseUrl: string): Record<string, string> {
    const example = readFileSync('docs/gateway.example.json', 'utf8');
    const file = join(mkdtempSync(join(tmpdir(), 'chorong-gateway-')), 'gateway.json');
    writeFileSync(file, this.alter(example.replaceAll('https://sms.gateway.example', baseUrl)));
    return { GATEWAY_FILE: file, GATEWAY_TOKEN: secrets.token, GATEWAY_REPORT_SECRET: secrets.report };
  }

  refusal(_: FakeRequest, { authorization }: Record<string, string | undefined>): Asked | null {
    if (authorization === `Bearer ${secrets.token}`) return null;
    return { kind: 'refused', status: 401, code: '1401', message: 'unauthorized' };
  }

  asked({ method, path }: FakeRequest, body: string): Asked {
    if (method === 'POST' && path === '/v1/messages')
      return sendOf(JSON.parse(body) as Record<string, string>);
    if (method === 'GET' && path === '/v1/messages') return { kind: 'list' };
    const sid = /^\/v1\/messages\/(\w+)$/.exec(path)?.[1];
    if (method === 'GET' && sid) return { kind: 'one', sid };
    return { kind: 'refused', status: 404, code: '1404', message: path };
  }

  twinOf(messages: FakeMessage[], text: SentText): FakeMessage | undefined {
    return messages.find(({ own }) => own?.['clientKey'] === text.own?.['clientKey']);
  }

  newSid(): string {
    return `HB${randomBytes(8).toString('hex')}`;
  }

  accepted({ sid }: FakeMessage) {
    return { status: 200, body: { result: { code: '0000', messageId: sid } } };
  }

  refused(status: number, code: number | string, message: string) {
    return { status, body: { result: { code: String(code), message } } };
  }

  page(messages: FakeMessage[], { query }: FakeRequest) {
    const { clientKey } = query;
    return {
      items: messages.filter(({ own }) => own?.['clientKey'] === clientKey).map((one) => this.one(one)),
    };
  }

  one(message: FakeMessage) {
    const { clientKey, memo } = message.own ?? {};
    const createdAt = new Date(message.createdAt).toISOString();
    return { clientKey, memo, createdAt, ...stateOf(message.sid, message.status, message.errorCode) };
  }

  callback(message: FakeMessage, { status, code, forged }: Report, reportTo: string | null) {
    if (reportTo === null) return null;
    const report = { memo: message.own?.['memo'], ...stateOf(message.sid, status, code) };
    const body = JSON.stringify({ reports: [report] });
    const secret = `${secrets.report}${forged ? 'x' : ''}`;
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-gateway-signature': signature };
    return { url: `${reportTo}/api/v1/webhooks/gateway/report`, headers, body, form: {}, signature };
  }
}

function sendOf({ from = '', to = '', text = '', clientKey, memo }: Record<string, string>): Asked {
  if (!/^0\d{8,10}$/.test(to))
    return { kind: 'refused', status: 200, code: to.startsWith('+') ? '1008' : '1001', message: 'number' };
  if (!clientKey || !memo) throw new Error('a name of ours, and the attempt');
  return { kind: 'send', text: { to: `+82${to.slice(1)}`, from, body: text, own: { clientKey, memo } } };
}

function stateOf(messageId: string, status: string, code: number | null) {
  const state = code === null ? (states[status] ?? status.toUpperCase()) : 'FAILED';
  return { messageId, state, resultCode: code === null ? '' : String(code) };
}
