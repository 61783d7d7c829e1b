import type { Dispatcher } from 'undici';
import { callOnce, retryAfter } from './call-once.js';

type Events = (handler: Dispatcher.DispatchHandler, controller: Dispatcher.DispatchController) => void;

/** What has become of the one call: whether it was cut off. */
interface Call {
  aborted: boolean;
}

/** A pool that lets a call meet these events, in the place of undici's: some of them no test can bring about for real. */
function poolWith(events: Events, call: Call = { aborted: false }): Dispatcher {
  const controller = { abort: () => (call.aborted = true) } as unknown as Dispatcher.DispatchController;
  const dispatch = (_: unknown, handler: Dispatcher.DispatchHandler) => {
    events(handler, controller);
    return true;
  };
  return { dispatch } as unknown as Dispatcher;
}

const request = { path: '/', method: 'POST' } as const;
const call = (events: Events, timeoutMs = 5000, notAfter?: number) =>
  callOnce(poolWith(events), request, timeoutMs, notAfter);
const failure = (code: string) => Object.assign(new Error('made up'), { code });

describe('a call that fails', () => {
  it.each([
    ['ECONNREFUSED', 'connection-refused'],
    ['ENOTFOUND', 'name-not-resolved'],
    ['EAI_AGAIN', 'name-not-resolved'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect-timed-out'],
    ['ETIMEDOUT', 'connect-timed-out'],
    ['UND_ERR_CLOSED', 'closing'],
    ['UND_ERR_DESTROYED', 'closing'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
    ['EPROTO', 'tls-failed'],
    ['CERT_HAS_EXPIRED', 'tls-failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failed'],
    ['EHOSTUNREACH', 'connection-failed'],
    ['', 'connection-failed'],
  ])('by %s was not made before it was written, and is lost after', async (code, reason) => {
    const before = call((handler, controller) => handler.onResponseError?.(controller, failure(code)));
    await expect(before).rejects.toMatchObject({ reason, written: false });
    const after = call((handler, controller) => {
      handler.onRequestStart?.(controller, {});
      handler.onResponseError?.(controller, failure(code));
    });
    await expect(after).rejects.toMatchObject({ reason: 'connection-lost', written: true });
  });

  it('in time is cut off, and what comes later counts for nothing', async () => {
    const met = { aborted: false };
    let late: () => void = () => undefined;
    const pool = poolWith((handler, controller) => {
      handler.onRequestStart?.(controller, {});
      late = () => {
        handler.onResponseStart?.(controller, 201, {});
        handler.onResponseEnd?.(controller, {});
      };
    }, met);
    const lost = callOnce(pool, request, 300);
    await expect(lost).rejects.toMatchObject({ reason: 'timed-out', written: true });
    expect(met.aborted).toBe(true);
    late();
    await expect(lost).rejects.toMatchObject({ reason: 'timed-out' });
  });
});

describe('a call is written', () => {
  it('once: undici may start a request again when a kept connection breaks', async () => {
    let again: unknown;
    const made = call((handler, controller) => {
      handler.onRequestStart?.(controller, {});
      try {
        handler.onRequestStart?.(controller, {});
      } catch (error) {
        again = error;
      }
      handler.onResponseStart?.(controller, 201, { 'retry-after': '3' });
      handler.onResponseData?.(controller, Buffer.from('{"a"'));
      handler.onResponseData?.(controller, Buffer.from(':1}'));
      handler.onResponseEnd?.(controller, {});
    });
    expect(await made).toEqual({ status: 201, headers: { 'retry-after': '3' }, body: '{"a":1}' });
    expect(String(again)).toContain('written once already');
  });

  it.each([
    ['its own time', 0, undefined],
    ['its last moment', 5000, -1],
  ])('not past %s', async (_what, timeoutMs, inMs) => {
    let refused: unknown;
    const notAfter = inMs === undefined ? undefined : performance.now() + inMs;
    const made = call(
      (handler, controller) => {
        try {
          handler.onRequestStart?.(controller, {});
        } catch (error) {
          refused = error;
        }
      },
      timeoutMs,
      notAfter,
    );
    await expect(made).rejects.toMatchObject({ reason: 'not-sent-in-time', written: false });
    expect(String(refused)).toContain('abandoned');
  });
});

describe('an answer asks to wait', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-03-03T10:00:00.400Z') });
  });
  afterEach(() => jest.useRealTimers());

  it.each<[string | string[] | undefined, number | null]>([
    ['7', 7],
    ['0', 0],
    ['900', 900],
    ['901', 900],
    // Rounded up: a little too early would be asked again.
    ['Tue, 03 Mar 2026 10:00:30 GMT', 30],
    ['Tue, 03 Mar 2026 09:59:30 GMT', 0],
    ['Wed, 04 Mar 2026 10:00:00 GMT', 900],
    ['soon', null],
    [['7'], null],
    [undefined, null],
  ])('%s', (header, seconds) => {
    expect(retryAfter(header)).toBe(seconds);
  });
});
