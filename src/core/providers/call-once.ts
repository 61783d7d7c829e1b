import type { Dispatcher } from 'undici';
import type { CallProblem } from './call-problems.words.js';
import { longestWaitSeconds } from './sms-provider.js';

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

/** Returns the seconds to wait; the header has them, or a date (RFC 9110, Retry-After). */
export function retryAfter(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(Math.ceil(seconds), 0), longestWaitSeconds);
}
