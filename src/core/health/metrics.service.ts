import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { BrakesService } from '../sending/brakes.service.js';
import { SendingWatch } from '../sending/sending-watch.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';

/** Counts from the database, which is the truth for every process; no personal data in any label. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly alerts = this.gauge('chorong_alerts', 'Alerts by status', ['status']);
  private readonly messages = this.gauge('chorong_messages', 'Messages by status', ['status']);
  private readonly attempts = this.gauge(
    'chorong_attempts_unsettled',
    'Attempts that are open or ambiguous',
    ['status'],
  );
  private readonly overdue = this.gauge(
    'chorong_oldest_due_seconds',
    'Age of the oldest alert that is due',
    [],
  );
  private readonly brakes = this.gauge('chorong_brakes', 'Brakes that are on', ['scope']);
  private readonly unhandled = new Counter({
    name: 'chorong_unhandled_errors_total',
    help: 'Errors of this process that nothing handled; each is in its log, and is a fault of the service',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  private readonly unreadable = this.gauge(
    'chorong_brakes_unreadable',
    'Whether a brake that cannot be read stops everything',
    [],
  );
  private readonly clock = this.gauge(
    'chorong_clock_ahead_seconds',
    "By how much this process's clock is ahead of the database's",
    [],
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
    await this.fill(this.alerts, `SELECT status AS label, count(*)::int AS value FROM alert GROUP BY status`);
    await this.fill(
      this.messages,
      `SELECT status AS label, count(*)::int AS value FROM message GROUP BY status`,
    );
    await this.fill(
      this.attempts,
      `SELECT status AS label, count(*)::int AS value FROM attempt WHERE status IN ('open', 'ambiguous') GROUP BY status`,
    );
    await this.fill(
      this.brakes,
      `SELECT scope AS label, count(*)::int AS value FROM brake WHERE released_at IS NULL GROUP BY scope`,
    );
    await this.fill(
      this.overdue,
      `SELECT '' AS label, greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0))::float8 AS value
       FROM alert WHERE status = 'planned'`,
    );
    this.unreadable.set(Number((await this.brakesService.brakesOn()).unreadable));
    this.clock.set(await this.serviceClock.secondsAhead());
    for (const [job, count] of this.watch.failures) this.failures.set({ job }, count);
    return this.registry.metrics();
  }

  private async fill(gauge: Gauge, sql: string): Promise<void> {
    gauge.reset();
    for (const { label, value } of await this.database.rows<{ label: string; value: number }>(sql)) {
      const [name] = (gauge as unknown as { labelNames: string[] }).labelNames;
      if (name) gauge.set({ [name]: label }, value);
      else gauge.set(value);
    }
  }

  private gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
