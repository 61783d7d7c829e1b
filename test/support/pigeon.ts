import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type Deduplication,
  defineProvider,
  type Delivery,
  type Failure,
  type FailureAction,
  type FoundText,
  type OutgoingText,
  type SendOutcome,
  type SentText,
  type SmsProvider,
  type SoughtText,
  type TwoPhase,
} from '../../src/core/providers/sms-provider.js';
import { words } from '../../src/platform/words/words.js';

type Answer = (text: OutgoingText) => Promise<SendOutcome> | SendOutcome;

/**
 * A provider of texts inside the test's own process. It keeps what it is given, and does with the next text what the
 * test says, so that a test can look around while a call is under way.
 */
export class Pigeon implements SmsProvider {
  rate = 1000;
  deduplication: Deduplication = { kind: 'none', graceSeconds: 60 };
  twoPhase?: TwoPhase;
  redact?: (reference: string) => Promise<void>;
  listsNumbers = true;
  firstPollSeconds = 60;
  /** Every text that it was called with, in order, with the moment of `performance.now()`. */
  readonly called: (OutgoingText & { at: number })[] = [];
  /** What it holds, as its list would show it. */
  readonly held: SentText[] = [];
  /** What it was asked for by its list, and by its status. */
  readonly searches: { to: string }[] = [];
  readonly polled: string[] = [];
  /** What `status` answers by reference. */
  readonly reports = new Map<string, Omit<Delivery, 'reference'>>();
  answer: Answer = () => this.accepting();
  /** Makes `find`, `newest` and `status` fail, as a provider does that does not answer. */
  isMute = false;

  constructor(
    readonly name: string,
    readonly sender: string,
  ) {}

  async send(text: OutgoingText): Promise<SendOutcome> {
    this.called.push({ ...text, at: performance.now() });
    const outcome = await this.answer(text);
    if (outcome.kind === 'accepted') this.hold(text, outcome.reference);
    return outcome;
  }

  find({ to, text }: SoughtText): Promise<FoundText[]> {
    this.searches.push({ to });
    if (this.isMute) return Promise.reject(new Error(`${this.name} does not answer`));
    const found = this.held.filter((held) => held.to === to && (this.listsNumbers || held.text === text));
    return Promise.resolve(found);
  }

  newest(since: Date): Promise<SentText[]> {
    if (this.isMute) return Promise.reject(new Error(`${this.name} does not answer`));
    return Promise.resolve(this.held.filter(({ createdAt }) => createdAt >= since));
  }

  status(reference: string): Promise<Delivery | null> {
    this.polled.push(reference);
    if (this.isMute) return Promise.reject(new Error(`${this.name} does not answer`));
    const report = this.reports.get(reference);
    return Promise.resolve(report ? { reference, ...report } : null);
  }

  /** Its codes are the actions themselves; any other is held. */
  failure(code: string): Failure {
    return { code, action: actions.find((action) => action === code) ?? 'hold', detail: `It says ${code}.` };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  accepting(): SendOutcome {
    return { kind: 'accepted', reference: `${this.name}-${randomUUID()}` };
  }

  refusing(action: FailureAction, retryAfterSeconds?: number): SendOutcome {
    return {
      kind: 'refused',
      ...this.failure(action),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }

  hold(
    { to, text }: Pick<OutgoingText, 'to' | 'text'>,
    reference = `${this.name}-${randomUUID()}`,
    createdAt = new Date(),
  ): string {
    this.held.push({ to, text, reference, status: 'accepted', code: null, createdAt });
    return reference;
  }

  /** Forgets all that happened, and accepts again. */
  reset(): void {
    for (const list of [this.called, this.held, this.searches, this.polled]) list.length = 0;
    this.reports.clear();
    Object.assign(this, { isMute: false, rate: 1000, firstPollSeconds: 60, listsNumbers: true });
    delete this.twoPhase;
    delete this.redact;
    this.deduplication = { kind: 'none', graceSeconds: 60 };
    this.answer = () => this.accepting();
  }
}

const actions: readonly FailureAction[] = [
  'retry',
  'retry-bounded',
  'permanent',
  'hold-route',
  'stop-line',
  'hold',
];

export function pigeonDefinition(pigeon: Pigeon) {
  return defineProvider({
    name: pigeon.name,
    environment: z.object({}),
    controllers: [],
    explain: (code) => words(`${pigeon.name}의 코드 ${code}`, `${pigeon.name}'s code ${code}`),
    make: () => pigeon,
  });
}
