import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeMessages } from './fake-twilio.messages.js';
import { ReceiptSender } from './fake-twilio.receipts.js';
import type { Answer, Asked, FakeWire, SentText } from './fake-wire.js';
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

interface Call {
  request: FakeRequest;
  asked: Asked;
  response: ServerResponse;
}

/** A stateful provider on a free loopback port, driven over HTTP: see fake-twilio.ts. */
export class FakeProviderServer {
  private readonly server: Server;
  private readonly receipts: ReceiptSender;
  private readonly messages: FakeMessages;
  private readonly requests: FakeRequest[] = [];
  private script: FakeScript = { ...defaultScript };
  private picker = new RulePicker(this.script);
  private preparing = new RulePicker({ ...this.script, rules: this.script.preparing });

  /** `held`: texts that it has accepted before this process. */
  constructor(
    private readonly wire: FakeWire,
    held: FakeMessage[] = [],
  ) {
    this.receipts = new ReceiptSender(wire);
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
      body,
      sent: null,
      authorized: true,
      behaviour: null,
      port: incoming.socket.remotePort ?? 0,
    };
    this.requests.push(request);
    await pause(this.script.latencyMs);
    const refusal = this.wire.refusal(request, incoming.headers as Record<string, string | undefined>);
    request.authorized = refusal === null;
    await this.route({ request, response, asked: refusal ?? this.wire.asked(request, body) });
  }

  private async route(call: Call): Promise<void> {
    const { asked, request, response } = call;
    if (asked.kind === 'send') return this.create(call, asked.text);
    if (asked.kind === 'prepare') return this.prepare(call, asked);
    if (!request.authorized && asked.kind === 'refused') return this.refuse(response, asked);
    if (asked.kind === 'refused' && request.method !== 'GET') return this.refuse(response, asked);
    const { failStatus, hang } = this.script.list;
    if (hang === true || (hang && this.picker.random() < hang)) return;
    if (failStatus !== undefined)
      return this.refuse(response, { status: failStatus, code: 20500, message: 'The list is down' });
    if (asked.kind === 'list') return this.list(call);
    if (asked.kind === 'answer') return answer(response, asked.answer.status, asked.answer.body);
    const message = asked.kind === 'refused' ? null : this.messages.find(asked.sid);
    if (asked.kind === 'redact' && message) message.body = '';
    if (asked.kind === 'refused' || !message)
      return this.refuse(response, { status: 404, code: 20404, message: `${request.path} was not found` });
    answer(response, 200, this.wire.one(message));
  }

  private list({ request, response }: Call): void {
    const { rawBody, pageSize } = this.script.list;
    if (rawBody !== undefined) return send(response, 200, rawBody);
    answer(response, 200, this.wire.page(this.messages.visible(this.script), request, pageSize));
  }

  private refuse(
    response: ServerResponse,
    { status, code, message }: { status: number; code: number | string; message: string },
  ): void {
    const refused = this.wire.refused(status, code, message);
    answer(response, refused.status, refused.body);
  }

  private async create(call: Call, text: SentText): Promise<void> {
    const rule = this.picker.pick(
      text.to,
      text.body,
      (behaviour) => !text.sid || behaviour.kind !== 'refuse',
    );
    const behaviour = rule?.behaviour ?? { kind: 'accept' };
    call.request.sent = { to: text.to, body: text.body };
    call.request.behaviour = behaviour.kind;
    await this.behave(behaviour, call.response, text, () => this.take(text, rule));
  }

  private async prepare(
    { request, response }: Call,
    { text, take }: Asked & { kind: 'prepare' },
  ): Promise<void> {
    // What a provider refuses of a text it refuses when it is given the text.
    const rule =
      this.preparing.pick(text.to, text.body) ??
      (text.to === '' ? null : this.picker.pick(text.to, text.body, ({ kind }) => kind === 'refuse'));
    const behaviour = rule?.behaviour ?? { kind: 'accept' };
    if (behaviour.kind === 'refuse') request.sent = { to: text.to, body: text.body };
    request.behaviour = behaviour.kind;
    await this.behave(behaviour, response, text, () => Promise.resolve(take()));
  }

  /** Accepts a text that may leave, and says what is to be answered. */
  private async take(text: SentText, rule: FakeRule | null): Promise<Answer> {
    const { wire } = this;
    if (wire.twinOf?.(this.messages.all, text)) return wire.refused(200, wire.duplicate ?? '', 'a twin');
    return wire.release?.(text) ?? wire.accepted(await this.accept(text, rule));
  }

  private async behave(
    behaviour: FakeBehaviour,
    response: ServerResponse,
    text: Pick<SentText, 'to'>,
    take: () => Promise<Answer>,
  ): Promise<void> {
    if (behaviour.kind === 'accept-late') await pause(behaviour.afterMs);
    const accepts = 'accept' in behaviour ? behaviour.accept : behaviour.kind.startsWith('accept');
    const taken = accepts ? await take() : null;
    switch (behaviour.kind) {
      case 'accept':
      case 'accept-late':
        if (taken) answer(response, taken.status, taken.body);
        return;
      case 'refuse':
        return this.refuse(response, { message: `Refused for ${text.to}`, ...behaviour });
      case 'too-many':
        if (behaviour.retryAfter !== undefined)
          response.setHeader('Retry-After', String(behaviour.retryAfter));
        return this.refuse(response, {
          status: 429,
          code: behaviour.code ?? 20429,
          message: 'Too Many Requests',
        });
      case 'server-error':
        return this.refuse(response, {
          status: behaviour.status ?? 500,
          code: behaviour.code ?? 20500,
          message: 'Server Error',
        });
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

  private async accept(text: SentText, rule: FakeRule | null): Promise<FakeMessage> {
    const message = this.messages.accept(text.sid ?? this.wire.newSid(), text);
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
        this.apply(JSON.parse(body) as Control);
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

  private apply({ script, forget, reportTo }: Control): void {
    if (reportTo !== undefined) this.receipts.reportTo = reportTo;
    if (forget) {
      this.messages.clear();
      this.requests.length = 0;
      this.receipts.sent.length = 0;
    }
    if (!script) return;
    this.script = { ...defaultScript, ...script };
    this.picker = new RulePicker(this.script);
    this.preparing = new RulePicker({ ...this.script, rules: this.script.preparing });
  }

  private async report({ sid, status, code = null, copies = 1, forged = false }: FakeReport): Promise<void> {
    const message = this.messages.find(sid);
    if (!message) throw new Error(`there is no message ${sid}`);
    if (!forged) this.messages.move(message, status, code);
    await this.receipts.send(message, status, code, { copies, forged });
  }
}

/** What a test sets. */
interface Control {
  script?: Partial<FakeScript>;
  forget?: boolean;
  reportTo?: string;
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
