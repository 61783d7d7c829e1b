import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Failpoints } from '../../platform/failpoints.js';
import type { SendOutcome, SmsProvider } from '../providers/sms-provider.js';
import type { OpenAttempt } from './freezing.js';
import { InstanceMarker } from './instance-marker.js';
import { Outcomes } from './outcomes.js';
import { Pace } from './pace.js';

/** Milliseconds kept between the last moment of a call and the end of its lease. */
const margin = 250;

/** Makes the calls of committed attempts, at the sender's pace, each before its deadline or not at all. */
@Injectable()
export class Calls {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { timeoutMs: number; leaseSeconds: number } },
    private readonly pace: Pace,
    private readonly outcomes: Outcomes,
    private readonly marker: InstanceMarker,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * `open` commits the attempts; the deadline is set before it runs, on the clock that no one can move, so that a
   * process frozen past its lease does not send. Returns how many were called.
   */
  async paced(open: () => Promise<OpenAttempt[]>): Promise<number> {
    const { leaseSeconds, timeoutMs } = this.config.sending;
    const deadline = performance.now() + leaseSeconds * 1000 - timeoutMs - margin;
    const attempts = await open();
    if (attempts.length === 0) return 0;
    const last = attempts.at(-1);
    if (last) this.marker.rememberAttempt(last.attemptId);
    this.failpoints.pass('after-attempt');
    const providers = new Set(attempts.map((attempt) => attempt.provider));
    await Promise.all(
      [...providers].map((provider) =>
        this.callAll(
          provider,
          attempts.filter((attempt) => attempt.provider === provider),
          deadline,
        ),
      ),
    );
    return attempts.length;
  }

  private async callAll(provider: SmsProvider, attempts: OpenAttempt[], deadline: number): Promise<void> {
    const waits = await this.pace.reserve(provider, attempts.length);
    const started = performance.now();
    await Promise.all(
      attempts.map(async (attempt, i) => {
        const wait = (waits[i] ?? 0) - (performance.now() - started);
        if (wait > 1) await sleep(Math.min(wait, Math.max(0, deadline - performance.now())));
        const outcome = await this.call(attempt, deadline);
        await this.outcomes.add({ ...attempt, outcome });
      }),
    );
  }

  private async call(attempt: OpenAttempt, deadline: number): Promise<SendOutcome> {
    if (performance.now() >= deadline) {
      return {
        kind: 'refused',
        code: 'deadline-passed',
        action: 'retry',
        detail: 'Its turn came too late: not called.',
      };
    }
    const outcome = await attempt.provider.send({
      attemptId: attempt.attemptId,
      to: attempt.to,
      text: attempt.text,
      notAfter: deadline,
    });
    if (outcome.kind === 'accepted') this.failpoints.pass('after-accept');
    return outcome;
  }
}
