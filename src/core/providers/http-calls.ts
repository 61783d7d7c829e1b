import { Pool } from 'undici';
import type { z } from 'zod';
import { type Answer, callOnce, retryAfter } from './call-once.js';

/** A ProviderAnswer is an answer other than 2xx. The provider's own sentence is dropped: it may quote the number. */
export class ProviderAnswer extends Error {
  constructor(
    provider: string,
    readonly status: number,
    readonly code: string | null,
    readonly retryAfterSeconds: number | null,
    /** When it was answered, by the provider's clock; null when it does not say. */
    readonly answeredAt: Date | null,
  ) {
    super(`${provider} answered ${status}${code ? ` with code ${code}` : ''}`);
  }
}

/** An UnreadableAnswer is not of the provider's form. Its message names the fields, never their values. */
class UnreadableAnswer extends Error {}

/** This is above a page of 500 messages of 2,000 characters, and far below what could hurt the process. */
const maxAnswerBytes = 16 * 1024 * 1024;

/** CallLimits bound the calls to one provider. */
export interface CallLimits {
  /** One call may take as long, the wait for a connection included; it ends well inside the lease. */
  timeoutMs: number;
  /** As many calls may be under way at once; more wait for a connection, inside their time-out. */
  connections: number;
}

export interface ProviderHttpSettings extends CallLimits {
  /** The provider's name in English, for the logs. */
  name: string;
  /** Every call goes to the origin of this address. */
  baseUrl: string;
  /** Reads the provider's code from the parsed body of an answer other than 2xx. */
  codeIn(body: unknown): string | null;
}

export interface ProviderRequest {
  method: string;
  /** It begins with a slash and holds the query. */
  path: string;
  headers: Record<string, string>;
  body: string | null;
  /** A moment of `performance.now()`: no byte leaves after it. */
  notAfter?: number | undefined;
}

/** ProviderHttp makes single calls to one provider on a pool of its own, and follows no redirect. */
export class ProviderHttp {
  private readonly pool: Pool;

  constructor(private readonly settings: ProviderHttpSettings) {
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

  /** Throws a CallFailed when there was no whole answer, and a ProviderAnswer when it is other than 2xx. */
  async call({ notAfter, ...request }: ProviderRequest): Promise<Answer> {
    const { name, timeoutMs } = this.settings;
    const method = request.method as 'GET' | 'POST';
    const answer = await callOnce(this.pool, { ...request, method }, timeoutMs, notAfter);
    if (answer.status >= 200 && answer.status <= 299) return answer;
    throw new ProviderAnswer(
      name,
      answer.status,
      this.codeOf(answer.body),
      retryAfter(answer.headers['retry-after']),
      dateOf(answer.headers['date']),
    );
  }

  /** Reads the body of an answer strictly: what has another form than documented proves nothing. */
  read<T>(body: unknown, schema: z.ZodType<T>): T {
    const { name } = this.settings;
    const json = parsed(body);
    // JSON.parse quotes the body, which may hold a number: no cause is kept.
    if (json === undefined) throw new UnreadableAnswer(`${name}'s answer is not JSON`);
    const read = schema.safeParse(json);
    if (read.success) return read.data;
    const fields = read.error.issues.map((issue) => issue.path.join('.') || 'the whole');
    throw new UnreadableAnswer(
      `${name}'s answer has another form than documented: ${fields.slice(0, 5).join(', ')}`,
    );
  }

  /** Waits for the calls under way, each of which ends by its own time-out. */
  async close(): Promise<void> {
    if (!this.pool.closed) await this.pool.close();
  }

  private codeOf(body: string): string | null {
    const json = parsed(body);
    return json === undefined ? null : this.settings.codeIn(json);
  }
}

function dateOf(header: string | string[] | undefined): Date | null {
  const date = new Date(String(header));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Returns undefined for what is no JSON. */
function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body)) as unknown;
  } catch {
    return undefined;
  }
}
