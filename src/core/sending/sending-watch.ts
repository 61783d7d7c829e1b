import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { sendingProblems } from './sending.words.js';

/** A job fails when it has not succeeded for so long after a failure: a restart of the database is over by then. */
const failingAfterMs = 10_000;
/** Without these nothing is sent, and what they hang on does not come back by itself: only a new start helps. */
const vitalJobs = ['tick', 'drain'];

/** What becomes of an attempt: `adopted` and `absent` are what reconciliation found out of those that were ambiguous. */
type Became = 'accepted' | 'refused' | 'not-called' | 'ambiguous' | 'adopted' | 'absent';

/** SendingWatch remembers whether the jobs that send succeed in this process, so that health can tell when they do not. */
@Injectable()
export class SendingWatch {
  /** Whether this process sends: one that only answers requests has nothing to fail at. */
  readonly sends: boolean;
  /** How often each job has failed since the start. */
  readonly failures = new Map<string, number>();
  /** How many attempts have become what in this process since its start, for the metrics. */
  readonly attempts = new Map<Became, number>();
  /** When each part of a job failed first and last since it succeeded; all times are of the process's monotonic clock. */
  private readonly failed = new Map<string, { first: number; last: number }>();
  private readonly awaitedSince = new Map<string, number>();
  /** Each run that has not ended, with its beginning. */
  private readonly underWay = new Set<{ job: string; part: string; since: number }>();
  private readonly forgetAfterMs: number;

  constructor(
    @Inject(CONFIG)
    private readonly config: {
      role: string;
      sending: { leaseSeconds: number };
      limits: { standingMs: number };
    },
  ) {
    const { role, sending } = config;
    this.sends = role === 'all' || role === 'worker';
    // What a failed drain had opened is settled when its lease is over. Where it is not tried here again, another process did it.
    this.forgetAfterMs = sending.leaseSeconds * 1000 + 2 * failingAfterMs;
  }

  /** Runs a job and counts its failure, which it throws on. A part of it, such as a shard, fails for itself. */
  async watchJob<T>(job: string, work: () => Promise<T>, part = ''): Promise<T> {
    const key = `${job}${part}`;
    const run = { job, part, since: performance.now() };
    this.underWay.add(run);
    try {
      const result = await work();
      this.failed.delete(key);
      this.awaitedSince.delete(job);
      return result;
    } catch (error) {
      const now = performance.now();
      this.failed.set(key, { first: this.failed.get(key)?.first ?? now, last: now });
      this.countFailure(job);
      throw error;
    } finally {
      this.underWay.delete(run);
    }
  }

  /** Counts a failure for the metrics, which health does not tell of. */
  countFailure(job: string): void {
    this.failures.set(job, (this.failures.get(job) ?? 0) + 1);
  }

  /** Counts what attempts have become. One that is undone with its transaction is counted again. */
  countAttempts(became: Became, count = 1): void {
    this.attempts.set(became, (this.attempts.get(became) ?? 0) + count);
  }

  /** Notes whether there is something for a job to do. */
  awaitJob(job: string, isDue = true): void {
    if (!isDue) this.awaitedSince.delete(job);
    else if (!this.awaitedSince.has(job)) this.awaitedSince.set(job, performance.now());
  }

  /** Returns the job that fails again and again or stands still, and null while all is well. */
  failingJob(now = performance.now()): string | null {
    for (const [key, { last }] of this.failed) {
      if (now - last > this.forgetAfterMs) this.failed.delete(key);
    }
    const failing = [...this.failed].find(([, { first }]) => now - first > failingAfterMs);
    const awaited = [...this.awaitedSince].find(([, since]) => now - since > this.config.limits.standingMs);
    return failing?.[0] ?? this.standingRuns(now)[0]?.name ?? awaited?.[0] ?? null;
  }

  /** Throws `sending-fails` while a job without which nothing is sent has not ended, and will not by itself. */
  requireLife(now = performance.now()): void {
    const standing = this.standingRuns(now).find(({ job }) => vitalJobs.includes(job));
    if (standing) throw sendingProblems.error('sending-fails', { job: standing.name });
  }

  /** Throws `sending-fails` while a job does. */
  requireSuccess(): void {
    const job = this.failingJob();
    if (job !== null) throw sendingProblems.error('sending-fails', { job });
  }

  /** Returns the runs that have not ended for longer than any should take. */
  private standingRuns(now: number): { job: string; name: string }[] {
    return [...this.underWay]
      .filter(({ since }) => now - since > this.config.limits.standingMs)
      .map(({ job, part }) => ({ job, name: `${job}${part}` }));
  }
}
