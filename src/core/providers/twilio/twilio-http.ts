import { AsyncLocalStorage } from 'node:async_hooks';
import { stringify, type ParsedUrlQueryInput } from 'node:querystring';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import { type Dispatcher, Pool } from 'undici';
import type { CallProblem } from '../call-problems.words.js';
import { errorBodySchema } from './twilio.schema.js';

/** A TwilioAnswer is an answer other than 2xx. Twilio's own sentence is dropped: it quotes the number. */
export class TwilioAnswer extends Error {
  constructor(
    readonly status: number,
    readonly code: string | null,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`Twilio answered ${status}${code ? ` with code ${code}` : ''}`);
  }
}

/** Longest wait that we let an answer ask for, in seconds. */
const maxRetryAfter = 3600;

/** This is above a page of 500 messages of 1,600 characters, and far below what could hurt the process. */
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * TwilioHttp is the HTTP client of Twilio's SDK, on one undici pool. Every request goes to `baseUrl`, whatever host the SDK or an answer
 * names, and no redirect is followed. Answers other than 2xx are thrown as `TwilioAnswer`, before the SDK can wrap them: its
 * own exception believes a status in the body over the real one.
 */
export class TwilioHttp extends RequestClient {
  private readonly pool: Pool;
  private readonly timeoutMs: number;
  private readonly notAfter = new AsyncLocalStorage<number>();

  /** As many calls as `connections` may be under way at once; more wait for one, inside their time-out. */
  constructor(settings: { baseUrl: string; timeoutMs: number; connections: number }) {
    super({ timeout: settings.timeoutMs, autoRetry: false });
    this.timeoutMs = settings.timeoutMs;
    this.pool = new Pool(new URL(settings.baseUrl).origin, {
      connections: settings.connections,
      pipelining: 1,
      connect: { timeout: Math.min(settings.timeoutMs, 5_000) },
      // callOnce keeps one deadline over the whole call, which a trickling answer cannot stretch.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: maxAnswerBytes,
    });
  }

  override async request<TData>(
    options: RequestClient.RequestOptions<TData>,
  ): ReturnType<typeof RequestClient.prototype.request<TData>> {
    const address = new URL(options.uri);
    const query = options.params ? `?${stringify(options.params as ParsedUrlQueryInput)}` : address.search;
    const answer = await callOnce(
      this.pool,
      {
        path: address.pathname + query,
        method: options.method.toUpperCase(),
        headers: { ...options.headers, authorization: basic(options) },
        body: options.data ? stringify(options.data) : null,
      },
      this.timeoutMs,
      this.notAfter.getStore(),
    );
    if (answer.status < 200 || answer.status > 299) throw refusal(answer);
    return { statusCode: answer.status, body: answer.body as TData, headers: answer.headers };
  }

  /** Runs work whose requests may not be written once `performance.now()` has reached `notAfter`. */
  before<T>(notAfter: number, work: () => Promise<T>): Promise<T> {
    return this.notAfter.run(notAfter, work);
  }

  /** Waits for the calls under way, each of which ends by its own time-out. */
  async close(): Promise<void> {
    if (!this.pool.closed) await this.pool.close();
  }
}

function basic({ username, password }: { username?: string; password?: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function refusal(answer: Answer): TwilioAnswer {
  return new TwilioAnswer(answer.status, codeIn(answer.body), retryAfter(answer.headers['retry-after']));
}

function codeIn(body: string): string | null {
  try {
    return errorBodySchema.parse(JSON.parse(body)).code;
  } catch {
    return null;
  }
}

/** Returns the seconds to wait; the header has them, or a date (RFC 9110, Retry-After). */
function retryAfter(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(Math.ceil(seconds), 0), maxRetryAfter);
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/**
 * CallFailed is thrown for a call that got no whole answer. Its message holds no address, number or credential.
 * `written` is false only when not one byte of the request can have left: then, and only then, may it be made again.
 */
export class CallFailed extends Error {
  constructor(
    readonly reason: CallProblem,
    readonly written: boolean,
    options?: { cause?: unknown },
  ) {
    super(`the call failed: ${reason}`, options);
  }
}

/**
 * Makes one request on the pool, which is written at most once, and answered or failed within `timeoutMs`. The wait for a
 * free connection counts, because a request that waited in the pool past its lease must not go out. `notAfter` is a moment of
 * `performance.now()` past which it is not written either.
 */
export function callOnce(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
  notAfter = Number.POSITIVE_INFINITY,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    pool.dispatch(request, new CallHandler(timeoutMs, notAfter, resolve, reject));
  });
}

class CallHandler implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private readonly writtenBy: number;
  private readonly chunks: Buffer[] = [];
  private controller: Dispatcher.DispatchController | null = null;
  private settled = false;
  private status = 0;
  private headers: Answer['headers'] = {};

  constructor(
    timeoutMs: number,
    notAfter: number,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: CallFailed) => void,
  ) {
    this.writtenBy = Math.min(notAfter, performance.now() + timeoutMs);
    this.timer = setTimeout(() => this.expire(), timeoutMs);
  }

  /**
   * undici calls this just before it writes, and throwing here keeps it from writing without costing the connection
   * (undici 7, `writeH1`). It documents that a request may be started again when a pipeline fails: a text must not be.
   * The clock is asked again here: a process that stood still writes before its timers run.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (performance.now() >= this.writtenBy) this.expire();
    if (this.settled) throw new Error('abandoned before it was written');
    if (this.controller) throw new Error('written once already');
    this.controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.settle()) return;
    this.resolve({
      status: this.status,
      headers: this.headers,
      body: Buffer.concat(this.chunks).toString(),
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (!this.settle()) return;
    const written = this.controller !== null;
    this.reject(new CallFailed(reasonOf(error, written), written, { cause: error }));
  }

  private expire(): void {
    if (!this.settle()) return;
    const controller = this.controller;
    this.reject(new CallFailed(controller ? 'timed-out' : 'not-sent-in-time', controller !== null));
    controller?.abort(new Error('timed out'));
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    return true;
  }
}

/** Node's and undici's codes of what happens before a request is written. */
const unwrittenReasons: Record<string, CallProblem> = {
  ECONNREFUSED: 'connection-refused',
  ENOTFOUND: 'name-not-resolved',
  EAI_AGAIN: 'name-not-resolved',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timed-out',
  ETIMEDOUT: 'connect-timed-out',
  UND_ERR_CLOSED: 'closing',
  UND_ERR_DESTROYED: 'closing',
};

function reasonOf(error: Error, written: boolean): CallProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (written) return 'connection-lost';
  if (/^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return 'tls-failed';
  return unwrittenReasons[code] ?? 'connection-failed';
}
