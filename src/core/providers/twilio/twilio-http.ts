import { stringify, type ParsedUrlQueryInput } from 'node:querystring';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import { Pool } from 'undici';
import { type Answer, callOnce, retryAfter } from '../call-once.js';
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
  private readonly deadlines = new WeakMap<object, number>();

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
    const query = options.params ? `?${stringify(options.params as ParsedUrlQueryInput)}` : '';
    const answer = await callOnce(
      this.pool,
      {
        path: pathIn(options.uri) + query,
        method: options.method.toUpperCase(),
        headers: { ...options.headers, authorization: basic(options) },
        body: options.data ? stringify(options.data) : null,
      },
      this.timeoutMs,
      options.data ? this.deadlines.get(options.data) : undefined,
    );
    if (answer.status < 200 || answer.status > 299) throw refusal(answer);
    return { statusCode: answer.status, body: answer.body as TData, headers: answer.headers };
  }

  /** Keeps a form from being written once `performance.now()` has reached `notAfter`. The SDK hands on the form as it is. */
  writeBefore(notAfter: number, form: object): void {
    this.deadlines.set(form, notAfter);
  }

  /** Waits for the calls under way, each of which ends by its own time-out. */
  async close(): Promise<void> {
    if (!this.pool.closed) await this.pool.close();
  }
}

/** Returns what stands behind the host: the SDK has parsed the address, and parsing it again is a tenth of a call. */
function pathIn(uri: string): string {
  return uri.slice(uri.indexOf('/', uri.indexOf('//') + 2));
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
