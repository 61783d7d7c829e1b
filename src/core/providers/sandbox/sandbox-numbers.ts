import { words, type Words } from '../../../platform/words/words.js';
import type { Failure } from '../sms-provider.js';

/** What a sandbox phone does with a text. */
export type Behaviour =
  | { kind: 'deliver' }
  | { kind: 'refuse'; code: SandboxCode; times?: number }
  | { kind: 'accept-then-fail'; code: SandboxCode }
  | { kind: 'accept-unfinished' }
  | { kind: 'time-out'; accepted: boolean; times?: number };

/**
 * The last four digits of a number choose what happens to a text for it, so that every state can be seen without a real provider.
 * A behaviour with `times` gives way to delivery once one text has met it that often; any other number delivers.
 *
 * | number ends in | what happens | what the message log shows |
 * |---|---|---|
 * | 0001 | refused: a landline | failed |
 * | 0002 | accepted, then the phone cannot be reached | failed, a few resends |
 * | 0003 | accepted, but the answer is lost | ambiguous, then adopted |
 * | 0004 | the call is lost on its way, once | ambiguous, absent, then sent again |
 * | 0005 | "too many requests", twice | waiting, then sent |
 * | 0006 | sent, and never reported on again | unconfirmed |
 * | 0007 | the sender may not text this country | the route is held |
 * | 0008 | refused by a code that nobody knows | held for a person |
 * | 0009 | the provider has suspended the account | sending pauses |
 */
export const sandboxNumbers: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ['0001', { kind: 'refuse', code: 'sandbox-landline' }],
  ['0002', { kind: 'accept-then-fail', code: 'sandbox-unreachable' }],
  ['0003', { kind: 'time-out', accepted: true }],
  ['0004', { kind: 'time-out', accepted: false, times: 1 }],
  ['0005', { kind: 'refuse', code: 'sandbox-too-many', times: 2 }],
  ['0006', { kind: 'accept-unfinished' }],
  ['0007', { kind: 'refuse', code: 'sandbox-route' }],
  ['0008', { kind: 'refuse', code: 'sandbox-mystery' }],
  ['0009', { kind: 'refuse', code: 'sandbox-suspended' }],
]);

const failures = {
  'sandbox-landline': { action: 'permanent', detail: 'A landline.' },
  'sandbox-unreachable': { action: 'retry-bounded', detail: 'The phone is off, or out of reach.' },
  'sandbox-too-many': {
    action: 'retry',
    detail: 'The sandbox asks us to send more slowly.',
    retryAfterSeconds: 1,
  },
  'sandbox-route': { action: 'hold-route', detail: 'The sender may not text this country.' },
  'sandbox-mystery': { action: 'hold', detail: 'A code that nobody knows.' },
  'sandbox-suspended': { action: 'stop-line', detail: 'The sandbox has suspended the account.' },
} satisfies Record<string, Omit<Failure, 'code'>>;

export type SandboxCode = keyof typeof failures;

const delivers: Behaviour = { kind: 'deliver' };

export function behaviourOf(number: string): Behaviour {
  return sandboxNumbers.get(number.slice(-4)) ?? delivers;
}

export function sandboxFailure(code: string): Failure {
  if (Object.hasOwn(failures, code)) return { code, ...failures[code as SandboxCode] };
  return { code, action: 'hold', detail: `The sandbox knows no code ${code}.` };
}

const korean: Readonly<Record<SandboxCode, string>> = {
  'sandbox-landline': '유선전화 번호입니다.',
  'sandbox-unreachable': '전화기가 꺼져 있거나 연결되지 않습니다.',
  'sandbox-too-many': '샌드박스가 더 천천히 보내 달라고 합니다.',
  'sandbox-route': '이 발신번호로는 해당 국가에 보낼 수 없습니다.',
  'sandbox-mystery': '아무도 모르는 코드입니다.',
  'sandbox-suspended': '샌드박스가 계정을 정지했습니다.',
};

/** What a code of the sandbox's means, in both languages. */
export function sandboxWords(code: string): Words {
  const known = Object.hasOwn(korean, code) ? korean[code as SandboxCode] : undefined;
  return words(known ?? `샌드박스가 모르는 코드 ${code}입니다.`, sandboxFailure(code).detail);
}
