import { words, type Words } from '../../platform/words/words.js';
import { CallFailed } from './call-once.js';
import { ProviderAnswer } from './http-calls.js';
import type { Failure, FailureAction, SendOutcome } from './sms-provider.js';

/** CodesByAction has each known code of a provider's under what it asks of us, with what it means. */
export type CodesByAction = Partial<
  Record<FailureAction, Readonly<Record<string, readonly [en: string, ko: string]>>>
>;

/** ProviderFailures knows what the codes and the failed calls of one provider ask of us; an unknown code is for a person. */
export class ProviderFailures {
  readonly codes: ReadonlyMap<string, { action: FailureAction; detail: string; ko: string }>;

  /** `name` is the provider's in both languages. */
  constructor(
    private readonly name: string,
    codesByAction: CodesByAction,
  ) {
    this.codes = new Map(
      Object.entries(codesByAction).flatMap(([action, codes]) =>
        Object.entries(codes).map(([code, [detail, ko]]) => [
          code,
          { action: action as FailureAction, detail, ko },
        ]),
      ),
    );
  }

  /** Returns what a code asks of us. */
  failure(code: string): Failure {
    const known = this.codes.get(code);
    if (known) return { code, action: known.action, detail: known.detail };
    return { code, action: 'hold', detail: `${this.name}'s code ${code} is not one that we know.` };
  }

  /** Explains a code in both languages. */
  words(code: string): Words {
    const ko = this.codes.get(code)?.ko ?? `알려지지 않은 ${this.name} 코드 ${code}입니다.`;
    return words(ko, this.failure(code).detail);
  }

  /** Judges a send that threw. Only what proves that nothing was accepted is `refused`; the rest is ambiguous. */
  outcomeOf(error: unknown): SendOutcome {
    if (error instanceof CallFailed) {
      return error.written ? { kind: 'ambiguous', detail: error.reason } : this.unsent(error);
    }
    if (error instanceof ProviderAnswer) return this.answered(error);
    return { kind: 'ambiguous', detail: 'answer-unreadable' };
  }

  private unsent({ reason }: CallFailed): SendOutcome {
    const detail = `${this.name} was not called (${reason}).`;
    return { kind: 'refused', code: reason, own: reason, action: 'retry', detail };
  }

  private answered(answer: ProviderAnswer): SendOutcome {
    // 408 may come from a gateway that had passed the request on.
    if (answer.status >= 500 || answer.status === 408) {
      return { kind: 'ambiguous', detail: `http-${answer.status}` };
    }
    const failure = this.failureOf(answer);
    if (failure.action !== 'retry' || answer.retryAfterSeconds === null)
      return { kind: 'refused', ...failure };
    return { kind: 'refused', ...failure, retryAfterSeconds: answer.retryAfterSeconds };
  }

  private failureOf({ status, code }: ProviderAnswer): Failure {
    if (status === 429) {
      const detail = `${this.name} asks us to send more slowly.`;
      return { code: code ?? '429', own: 'too-many-requests', action: 'retry', detail };
    }
    // A provider may answer with 403 about one number or country: its code says more than the status.
    if (code !== null && this.codes.has(code)) return this.failure(code);
    if (status === 401 || status === 403) {
      const detail = `${this.name} does not let this account send (${status}).`;
      return { code: code ?? String(status), own: 'not-allowed', action: 'stop-line', detail };
    }
    if (code !== null) return this.failure(code);
    const own = `http-${status}` as const;
    return { code: own, own, action: 'hold', detail: `${this.name} answered ${status} without a code.` };
  }
}

/** Refuses a text before any call. */
export function refusedBefore(
  own: 'text-too-long' | 'country-not-served',
  action: FailureAction,
  detail: string,
): SendOutcome {
  return { kind: 'refused', code: own, own, action, detail };
}
