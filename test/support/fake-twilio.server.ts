import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageJson, pageJson } from './fake-twilio.json.js';
import { FakeMessages } from './fake-twilio.messages.js';
import { ReceiptSender } from './fake-twilio.receipts.js';
import {
  defaultScript,
  RulePicker,
  type FakeBehaviour,
  type FakeMessage,
  type FakeRecord,
  type FakeRequest,
  type FakeRule,
  type FakeScript,
} from './fake-twilio.script.js';

export interface FakeAccount {
  accountSid: string;
  authToken: string;
  apiKey?: { sid: string; secret: string };
}

interface Call {
  request: FakeRequest;
  response: ServerResponse;
}

/** A stateful Twilio on a free loopback port, driven over HTTP: see fake-twilio.ts. */
export class FakeTwilioServer {
  private readonly server: Server;
  private readonly receipts: ReceiptSender;
  private readonly messages: FakeMessages;
  private readonly requests: FakeRequest[] = [];
  private script: FakeScript = { ...defaultScript };
  private picker = new RulePicker(this.script);

  /** `held`: texts that it has accepted before this process. */
  constructor(
    private readonly account: FakeAccount,
    held: FakeMessage[] = [],
  ) {
    this.receipts = new ReceiptSender(account);
    this.messages = new FakeMessages(this.receipts, () => Date.now());
    this.messages.all.push(...held);
    this.server = createServer((incoming, response) => {
      this.serve(incoming, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
    });
    this.server.keepAliveTimeout = 60_000;
  }

  /** Resolves to the port. */
  listen(port = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    this.messages.clear();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const address = new URL(incoming.url ?? '/', 'http://fake');
    if (address.pathname.startsWith('/_')) return this.control(incoming, address.pathname, body, response);

    const request: FakeRequest = {
      at: Date.now(),
      method: incoming.method ?? '',
      path: address.pathname,
      query: Object.fromEntries(address.searchParams),
      form: Object.fromEntries(new URLSearchParams(body)),
      authorized: this.isAuthorized(incoming.headers.authorization),
      behaviour: null,
      port: incoming.socket.remotePort ?? 0,
    };
    this.requests.push(request);
    await pause(this.script.latencyMs);
    if (!request.authorized) return fail(response, 401, 20003, 'Authenticate');
    await this.route({ request, response });
  }

  private async route(call: Call): Promise<void> {
    const base = `/2010-04-01/Accounts/${this.account.accountSid}/Messages`;
    const { method, path } = call.request;
    if (method === 'POST' && path === `${base}.json`) return this.create(call);
    const { failStatus, hang } = this.script.list;
    if (hang === true || (hang && this.picker.random() < hang)) return;
    if (failStatus !== undefined) return fail(call.response, failStatus, 20500, 'The list is down');
    if (method === 'GET' && path === `${base}.json`) return this.list(call);
    const sid = /^\/(\w+)\.json$/.exec(path.slice(base.length))?.[1];
    const message = method === 'GET' && sid && path.startsWith(base) ? this.messages.find(sid) : null;
    if (!message) return fail(call.response, 404, 20404, `The requested resource ${path} was not found`);
    answer(call.response, 200, messageJson(this.account.accountSid, message));
  }

  private list({ request, response }: Call): void {
    const { rawBody, pageSize } = this.script.list;
    if (rawBody !== undefined) return send(response, 200, rawBody);
    const visible = this.messages.visible(this.script);
    answer(response, 200, pageJson(this.account.accountSid, visible, request.query, pageSize));
  }

  private async create(call: Call): Promise<void> {
    const { To, From, MessagingServiceSid, Body } = call.request.form;
    const { response } = call;
    if (!To) return fail(response, 400, 21604, "A 'To' phone number is required.");
    if (!From && !MessagingServiceSid)
      return fail(response, 400, 21603, "A 'From' phone number is required.");
    if (!Body) return fail(response, 400, 21602, 'Message body is required.');
    if (Body.length > 1600)
      return fail(response, 400, 21617, 'The concatenated message body exceeds the limit.');
    const rule = this.picker.pick(To, Body);
    const behaviour = rule?.behaviour ?? { kind: 'accept' };
    call.request.behaviour = behaviour.kind;
    await this.behave(behaviour, rule, call);
  }

  private async behave(behaviour: FakeBehaviour, rule: FakeRule | null, call: Call): Promise<void> {
    const { response } = call;
    if (behaviour.kind === 'accept-late') await pause(behaviour.afterMs);
    const accepts = 'accept' in behaviour ? behaviour.accept : behaviour.kind.startsWith('accept');
    const message = accepts ? await this.accept(call, rule) : null;
    switch (behaviour.kind) {
      case 'accept':
      case 'accept-late':
        return message ? answer(response, 201, messageJson(this.account.accountSid, message)) : undefined;
      case 'refuse':
        return fail(
          response,
          behaviour.status,
          behaviour.code,
          behaviour.message ?? `Refused for ${call.request.form.To}`,
        );
      case 'too-many':
        if (behaviour.retryAfter !== undefined)
          response.setHeader('Retry-After', String(behaviour.retryAfter));
        return fail(response, 429, behaviour.code ?? 20429, 'Too Many Requests');
      case 'server-error':
        return fail(response, behaviour.status ?? 500, behaviour.code ?? 20500, 'Internal Server Error');
      case 'hang':
        return;
      case 'drop':
        response.destroy();
        return;
      case 'drop-inside-answer':
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': '500' });
        response.write('{"sid": "SM', () => response.destroy());
        return;
      case 'raw':
        return send(response, behaviour.status, behaviour.body, behaviour.headers);
    }
  }

  private async accept(call: Call, rule: FakeRule | null): Promise<FakeMessage> {
    const message = this.messages.accept(call.request.form);
    await this.messages.startSteps(message, rule, this.script);
    return message;
  }

  private async control(
    incoming: IncomingMessage,
    path: string,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    switch (`${incoming.method} ${path}`) {
      case 'POST /_control':
        this.apply(JSON.parse(body) as { script?: Partial<FakeScript>; forget?: boolean });
        return answer(response, 200, {});
      case 'POST /_receipt':
        await this.report(JSON.parse(body) as FakeReport);
        return answer(response, 200, {});
      case 'GET /_received': {
        const record: FakeRecord = {
          requests: this.requests,
          messages: this.messages.all,
          receipts: this.receipts.sent,
        };
        return answer(response, 200, record);
      }
      default:
        return send(response, 404, '');
    }
  }

  private apply({ script, forget }: { script?: Partial<FakeScript>; forget?: boolean }): void {
    if (forget) {
      this.messages.clear();
      this.requests.length = 0;
      this.receipts.sent.length = 0;
    }
    if (!script) return;
    this.script = { ...defaultScript, ...script };
    this.picker = new RulePicker(this.script);
  }

  private async report({ sid, status, code = null, copies = 1, forged = false }: FakeReport): Promise<void> {
    const message = this.messages.find(sid);
    if (!message) throw new Error(`there is no message ${sid}`);
    if (!forged) this.messages.move(message, status, code);
    await this.receipts.send(message, status, code, { copies, forged });
  }

  private isAuthorized(header: string | undefined): boolean {
    const { accountSid, authToken, apiKey } = this.account;
    const pairs = [`${accountSid}:${authToken}`, ...(apiKey ? [`${apiKey.sid}:${apiKey.secret}`] : [])];
    return pairs.some((pair) => header === `Basic ${Buffer.from(pair).toString('base64')}`);
  }
}

/** A receipt by hand. */
export interface FakeReport {
  sid: string;
  status: string;
  code?: number | null;
  copies?: number;
  forged?: boolean;
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

function answer(response: ServerResponse, status: number, json: unknown): void {
  send(response, status, JSON.stringify(json));
}

function fail(response: ServerResponse, status: number, code: number, message: string): void {
  answer(response, status, {
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  });
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
