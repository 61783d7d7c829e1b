import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Failpoints } from './failpoints.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { SendOutcome, SmsProvider } from '../providers/sms-provider.js';
import type { OpenAttempt } from './attempt-states.js';
import { InstanceMarker } from './instance.service.js';
import { Outcomes } from './outcomes.js';

/** Pace keeps the sender's rate for all processes as one instant: from when on the next text may go. */
@Injectable()
export class Pace {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { rate: number | null } },
    private readonly database: Database,
  ) {}

  /** Returns the milliseconds from now until each of `count` texts may go, ascending. */
  async reserveTurns({ sender, rate }: SmsProvider, count: number): Promise<number[]> {
    const gapMs = 1000 / (this.config.sending.rate ?? rate);
    const [row] = await this.database.rows<{ wait: number }>(
      `INSERT INTO pace (sender, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
       ON CONFLICT (sender) DO UPDATE
         SET next_at = greatest(pace.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
       RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000 - $2)::float8 AS wait`,
      [sender, count * gapMs],
    );
    return turnsMs(row?.wait ?? 0, count, gapMs);
  }
}

/** This time is kept between the last moment of a call and the end of its lease. */
const marginMs = 250;

/** ProviderCalls calls the provider for committed attempts, at the sender's pace, each before its deadline or not at all. */
@Injectable()
export class ProviderCalls {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { timeoutMs: number; leaseSeconds: number } },
    private readonly pace: Pace,
    private readonly outcomes: Outcomes,
    private readonly marker: InstanceMarker,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * Calls what `open` commits. The deadline is set before it runs, on the clock that no one can move, so that a process
   * frozen past its lease does not send. Returns how many were called.
   */
  async callAttempts(open: () => Promise<OpenAttempt[]>): Promise<number> {
    const { leaseSeconds, timeoutMs } = this.config.sending;
    const deadline = performance.now() + leaseSeconds * 1000 - timeoutMs - marginMs;
    const attempts = await open();
    const last = attempts.at(-1);
    if (!last) return 0;
    this.marker.rememberAttempt(last.id);
    this.failpoints.pass('after-attempt');
    await Promise.all(
      [...new Set(attempts.map(({ provider }) => provider))].map((provider) => {
        const own = attempts.filter((attempt) => attempt.provider === provider);
        return this.callInTurn(provider, own, deadline);
      }),
    );
    return attempts.length;
  }

  private async callInTurn(provider: SmsProvider, attempts: OpenAttempt[], deadline: number): Promise<void> {
    const waits = await this.pace.reserveTurns(provider, attempts.length);
    const started = performance.now();
    await Promise.all(
      attempts.map(async (attempt, i) => {
        const turn = started + (waits[i] ?? 0);
        const wait = Math.min(turn, deadline) - performance.now();
        if (wait > 1) await sleep(wait);
        // A timer may fire a little early: what has its turn after the deadline is not called for that.
        const outcome = turn < deadline ? await this.call(attempt, deadline) : cameTooLate();
        await this.outcomes.addAnswer({ ...attempt, outcome });
      }),
    );
  }

  private async call(attempt: OpenAttempt, deadline: number): Promise<SendOutcome> {
    if (performance.now() >= deadline) return cameTooLate();
    const { id: attemptId, provider, to, text } = attempt;
    const outcome = await provider.send({ attemptId, to, text, notAfter: deadline });
    if (outcome.kind === 'accepted') this.failpoints.pass('after-accept');
    return outcome;
  }
}

function cameTooLate(): SendOutcome {
  const detail = 'Its turn came too late: not called.';
  return { kind: 'refused', code: 'deadline-passed', own: 'deadline-passed', action: 'retry', detail };
}

/** Spaces `count` turns by `gapMs`, the first after `waitMs`; clocks that differ by a little make no turn negative. */
export function turnsMs(waitMs: number, count: number, gapMs: number): number[] {
  const first = Math.max(0, waitMs);
  return Array.from({ length: count }, (_, i) => first + i * gapMs);
}
