import { Injectable } from '@nestjs/common';
import { Failpoints } from '../../platform/failpoints.js';
import type { Failure, SendOutcome, SmsProvider } from '../providers/sms-provider.js';
import { Brakes } from './line-brakes.js';
import { backoffSeconds, resendLimit } from './backoff.js';
import { Statuses } from './statuses.js';
import { Database } from '../../platform/database/database.js';

export interface Settled {
  attemptId: string;
  messageId: string;
  provider: SmsProvider;
  outcome: SendOutcome;
}

interface Waiting {
  settled: Settled;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const flushAt = { rows: 50, afterMs: 5 };

/** Writes what came of the calls, many in one transaction; a smaller flush leaves less for reconciliation to settle. */
@Injectable()
export class Outcomes {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly statuses: Statuses,
    private readonly brakes: Brakes,
    private readonly failpoints: Failpoints,
  ) {}

  /** Resolves when the outcome is committed. */
  add(settled: Settled): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ settled, resolve, reject });
      if (this.waiting.length >= flushAt.rows) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), flushAt.afterMs);
    });
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const batch = this.waiting.splice(0);
    this.write(batch.map((one) => one.settled)).then(
      () => batch.forEach((one) => one.resolve()),
      (error: unknown) => batch.forEach((one) => one.reject(error)),
    );
  }

  async write(all: Settled[]): Promise<void> {
    if (all.length === 0) return;
    await this.database.inTransaction(async () => {
      for (const provider of new Set(all.map((one) => one.provider))) {
        await this.accepted(
          provider,
          all.filter((one) => one.provider === provider),
        );
      }
      await this.ambiguous(all);
      for (const one of all) {
        if (one.outcome.kind === 'refused') await this.refused(one, one.outcome);
      }
    });
    this.failpoints.pass('after-outcome');
  }

  private async accepted(provider: SmsProvider, all: Settled[]): Promise<void> {
    const rows = all.flatMap(({ attemptId, outcome }) =>
      outcome.kind === 'accepted' ? [{ id: attemptId, reference: outcome.reference }] : [],
    );
    await this.statuses.acceptAttempts(provider, rows);
  }

  private async ambiguous(all: Settled[]): Promise<void> {
    const rows = all.flatMap(({ attemptId, outcome }) =>
      outcome.kind === 'ambiguous' ? [{ id: attemptId, detail: outcome.detail }] : [],
    );
    if (rows.length === 0) return;
    await this.database.run(
      `UPDATE attempt SET status = 'ambiguous', detail = n.detail, lease_until = clock_timestamp(),
              check_at = clock_timestamp() + interval '1 second'
       FROM json_populate_recordset(NULL::attempt, $1::json) n
       WHERE attempt.id = n.id AND attempt.status = 'open'`,
      [JSON.stringify(rows)],
    );
  }

  private async refused(
    { attemptId, messageId, provider: { sender } }: Settled,
    failure: Failure,
  ): Promise<void> {
    const [attempt] = await this.database.rows<{
      attempts: number;
      resent: number;
      country: string | null;
      message: string;
    }>(
      `UPDATE attempt SET status = 'refused', code = $2, detail = $3, settled_at = clock_timestamp()
       FROM message m WHERE attempt.id = $1 AND attempt.status IN ('open', 'ambiguous') AND m.id = attempt.message_id
       RETURNING m.attempts, m.resent_unproved AS resent, m.country, m.status AS message`,
      [attemptId, failure.code, failure.detail],
    );
    // Settled meanwhile by somebody who knew better, or by an earlier attempt that was found late.
    if (attempt?.message !== 'sending') return;
    switch (failure.action) {
      case 'permanent':
        return this.statuses.end(messageId, 'failed', failure.code);
      case 'hold':
        return this.statuses.end(messageId, 'held', failure.code);
      case 'retry-bounded':
        if (attempt.resent >= resendLimit) return this.statuses.end(messageId, 'failed', failure.code);
        return this.statuses.wait(messageId, backoffSeconds(attempt.attempts), { unproved: true });
      case 'hold-route':
        await this.brakes.holdRoute(sender, attempt.country, failure);
        return this.statuses.wait(messageId, 60);
      case 'stop-line':
        await this.brakes.stopLine(sender, failure);
        return this.statuses.wait(messageId, 60);
      case 'retry':
        return this.statuses.wait(
          messageId,
          Math.max(failure.retryAfterSeconds ?? 0, backoffSeconds(attempt.attempts)),
        );
    }
  }
}
