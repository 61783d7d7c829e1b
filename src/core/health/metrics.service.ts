import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { BrakesService } from '../sending/brakes.service.js';
import { SendingWatch } from '../sending/sending-watch.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';

/** What is counted by a label: the rows of these tables. */
const counted = [
  { name: 'chorong_alerts', help: 'Alerts by status', label: 'status', from: 'alert' },
  { name: 'chorong_messages', help: 'Messages by status', label: 'status', from: 'message' },
  {
    name: 'chorong_attempts_unsettled',
    help: 'Attempts that are open or ambiguous',
    label: 'status',
    from: `attempt WHERE status IN ('open', 'ambiguous')`,
  },
  {
    name: 'chorong_brakes',
    help: 'Brakes that are on',
    label: 'scope',
    from: 'brake WHERE released_at IS NULL',
  },
];

/** Counts from the database, which is the truth for every process; no personal data in any label. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly counts = counted.map(({ name, help, label, from }) => ({
    gauge: this.gauge(name, help, [label]),
    label,
    sql: `SELECT ${label} AS name, count(*)::int AS value FROM ${from} GROUP BY ${label}`,
  }));
  private readonly overdue = this.gauge('chorong_oldest_due_seconds', 'Age of the oldest alert that is due');
  private readonly unhandled = new Counter({
    name: 'chorong_unhandled_errors_total',
    help: 'Errors of this process that nothing handled; each is in its log, and is a fault of the service',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  private readonly unreadable = this.gauge(
    'chorong_brakes_unreadable',
    'Whether a brake that cannot be read stops everything',
  );
  private readonly clock = this.gauge(
    'chorong_clock_ahead_seconds',
    "By how much this process's clock is ahead of the database's",
  );
  private readonly failures = this.gauge(
    'chorong_failed_jobs',
    'Failures of the jobs that send, in this process since its start',
    ['job'],
  );

  constructor(
    private readonly database: Database,
    private readonly brakesService: BrakesService,
    private readonly watch: SendingWatch,
    private readonly serviceClock: ServiceClock,
  ) {
    collectDefaultMetrics({ register: this.registry });
  }

  countUnhandled(kind: 'rejection' | 'exception'): void {
    this.unhandled.inc({ kind });
  }

  async text(): Promise<string> {
    for (const { gauge, label, sql } of this.counts) {
      gauge.reset();
      for (const { name, value } of await this.database.rows<{ name: string; value: number }>(sql))
        gauge.set({ [label]: name }, value);
    }
    const [due] = await this.database.rows<{ seconds: number }>(
      `SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0))::float8 AS seconds
       FROM alert WHERE status = 'planned'`,
    );
    this.overdue.set(due?.seconds ?? 0);
    this.unreadable.set(Number((await this.brakesService.brakesOn()).unreadable));
    this.clock.set(await this.serviceClock.secondsAhead());
    for (const [job, count] of this.watch.failures) this.failures.set({ job }, count);
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
