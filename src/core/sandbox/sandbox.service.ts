import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { zonedIso } from '../calendar/zoned-iso.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { DrainService } from '../sending/drain.service.js';
import { ReceiptPolls } from '../sending/receipt-polls.js';
import { SettingsService } from '../settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import type { SandboxText } from '../providers/sandbox/sandbox.provider.js';
import { sandboxProblems } from './sandbox.words.js';

export const textView = z.object({
  id: z.uuid(),
  to: z.string().meta({ description: 'Masked.' }),
  text: z.string(),
  receivedAt: z.string(),
  status: z.string(),
});
export type TextView = z.infer<typeof textView>;

/** Seconds that the clock waits for a text which is to be tried again. */
const longestRetry = 5;

const arrived = `'accepted', 'sent', 'delivered', 'failed'`;

/** SandboxService shows the phones of the sandbox, and moves the clock, which only the sandbox may. */
@Injectable()
export class SandboxService {
  private readonly works: (() => Promise<unknown>)[] = [];

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly drains: DrainService,
    private readonly polls: ReceiptPolls,
  ) {}

  /** Lets a part of the service do what it does by the service clock, whenever that was moved. */
  afterEachStep(work: () => Promise<unknown>): void {
    this.works.push(work);
  }

  /** Returns what phones received, oldest first by the service clock; texts that never reached one are not among them. */
  async texts(query: { after?: string | undefined; limit: number }): Promise<TextView[]> {
    return this.textsOf(
      `WHERE status IN (${arrived}) AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      [query.after ?? null, query.limit],
    );
  }

  /** Returns the texts that arrived last, newest first. */
  async newest(limit: number): Promise<TextView[]> {
    return this.textsOf(`WHERE status IN (${arrived}) ORDER BY id DESC LIMIT $1`, [limit]);
  }

  private async textsOf(where: string, parameters: unknown[]): Promise<TextView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<
      Pick<SandboxText, 'id' | 'toSealed' | 'text' | 'serviceTime' | 'status'>
    >(`SELECT id, to_sealed, text, service_time, status FROM sandbox_text ${where}`, parameters);
    return rows.map((row) => ({
      id: row.id,
      to: maskPhoneNumber(
        this.sealer.open(row.toSealed, { table: 'sandbox_text', column: 'to_sealed', rowId: row.id }),
      ),
      text: row.text,
      receivedAt: zonedIso(row.serviceTime, timeZone),
      status: row.status,
    }));
  }

  /** Returns the last moment of a day in the agency's zone. */
  async endOf(day: string): Promise<Date> {
    return (await this.settings.calendar()).instantOf(day, '23:59');
  }

  async now(): Promise<string> {
    return zonedIso(await this.clock.now(), (await this.settings.calendar()).setting.timeZone);
  }

  /** Reads a moment; a bare day is its first moment in the agency's zone. */
  async momentOf(text: string): Promise<Date> {
    return text.length === 10 ? (await this.settings.calendar()).instantOf(text, '00:00') : new Date(text);
  }

  /** Starts the clock once, before anything is planned: alerts planned by one clock would make no sense by another. */
  async startAt(moment: Date): Promise<void> {
    const [used] = await this.database.rows(
      `SELECT 1 FROM alert UNION ALL SELECT 1 FROM sandbox_clock LIMIT 1`,
    );
    if (used) throw sandboxProblems.error('clock-started');
    await this.clock.stopAt(moment);
  }

  /** Steps through every moment at which something falls due, sends what falls there, and stops at the end. */
  async advanceTo(end: Date): Promise<{ steps: number; attempted: number }> {
    const start = await this.clock.now();
    if (end < start) throw sandboxProblems.error('clock-goes-forward', { now: await this.now() });
    const counts = { steps: 0, attempted: await this.settle() };
    for (
      let moment = await this.nextMoment(start, end);
      moment;
      moment = await this.nextMoment(moment, end)
    ) {
      counts.steps += 1;
      counts.attempted += await this.stepTo(moment);
    }
    counts.attempted += await this.stepTo(end);
    return counts;
  }

  private async stepTo(moment: Date): Promise<number> {
    await this.clock.stopAt(moment);
    const attempted = await this.settle();
    for (const work of this.works) await work();
    return attempted;
  }

  /**
   * Sends until nothing is under way and nothing waits for its number, since one gets one text at a time: what arrived
   * after time had moved on would show a day that is not its own.
   */
  private async settle(): Promise<number> {
    for (let all = 0; ;) {
      let attempted = await this.drains.drainAllShards();
      for (let under = await this.secondsUnderWay(); under !== null; under = await this.secondsUnderWay()) {
        await setTimeout(under * 1000);
        attempted += await this.drains.drainAllShards();
      }
      await this.polls.pollMessages();
      all += attempted;
      if (attempted === 0 || !(await this.someWaitedForTheirNumber())) return all;
    }
  }

  /**
   * Returns how long to wait for texts that other drains are sending, or that the provider wanted later by a little; null
   * when there is none. A lost answer is not waited for: what became of that one takes a grace to tell.
   */
  private async secondsUnderWay(): Promise<number | null> {
    const [row] = await this.database.rows<{ seconds: number | null }>(
      `SELECT least(
         (SELECT 0.05 FROM attempt WHERE status = 'open' AND lease_until > clock_timestamp() LIMIT 1),
         (SELECT extract(epoch FROM min(next_attempt_at) - clock_timestamp()) FROM message
          WHERE status = 'waiting' AND next_attempt_at > clock_timestamp()
            AND next_attempt_at <= clock_timestamp() + $1 * interval '1 second'))::float8 AS seconds`,
      [longestRetry],
    );
    return row && row.seconds !== null ? Math.max(row.seconds, 0) : null;
  }

  private async someWaitedForTheirNumber(): Promise<boolean> {
    const freed = await this.database.run(
      `UPDATE alert SET retry_at = NULL
       WHERE status = 'planned' AND retry_at IS NOT NULL AND due_at <= $1
         AND NOT EXISTS (SELECT 1 FROM attempt t
           WHERE t.number_index = alert.number_index AND t.status IN ('open', 'ambiguous'))`,
      [await this.clock.now()],
    );
    return freed > 0;
  }

  private async nextMoment(after: Date, end: Date): Promise<Date | null> {
    const [row] = await this.database.rows<{ next: Date | null; waiting: boolean }>(
      `SELECT (SELECT min(due_at) FROM alert WHERE status = 'planned' AND due_at > $1) AS next,
              EXISTS (SELECT 1 FROM alert WHERE status = 'planned' AND due_at <= $1) AS waiting`,
      [after],
    );
    const calendar = await this.settings.calendar();
    // What is due but waits for the window goes out when it opens next.
    const opening = calendar.nextOpening(new Date(after.getTime() + 1));
    const candidates = [
      row?.next ?? null,
      row?.waiting && opening.getTime() > after.getTime() + 1 ? opening : null,
    ];
    const next = candidates.filter((moment) => moment !== null).sort((a, b) => a.getTime() - b.getTime())[0];
    return next && next <= end ? next : null;
  }
}
