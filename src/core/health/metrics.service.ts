import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { BrakesService } from '../sending/brakes.service.js';
import { Routing } from '../sending/routing.js';
import { shardCount } from '../planning/alert-states.js';
import { SendingWatch } from '../sending/sending-watch.js';
import { type Tally, TallyService } from '../tally/tally.service.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';

/** So many rows are added up faster than they are put together. */
const mostCounts = 1000;

/** How many rows of a table have which status, as the statements that change it keep it. */
const statusesOf = (table: 'alert' | 'message') => ({
  label: 'status',
  from: `status_count WHERE subject = '${table}'`,
  count: 'sum(count)',
});

/** What is counted by a label: the rows of these tables, unless it is counted already. */
const counted: { name: string; help: string; label: string; from: string; count?: string }[] = [
  { name: 'chorong_alerts', help: 'Alerts by status', ...statusesOf('alert') },
  { name: 'chorong_messages', help: 'Messages by status', ...statusesOf('message') },
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
export class MetricsService implements Tally {
  private readonly registry = new Registry();
  private readonly counts = counted.map(({ name, help, label, from, count = 'count(*)' }) => ({
    gauge: this.gauge(name, help, [label]),
    label,
    sql: `SELECT ${label} AS name, ${count}::int AS value FROM ${from} GROUP BY ${label} HAVING ${count} <> 0`,
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

  private readonly attempts = this.gauge(
    'chorong_attempts_total',
    'What attempts have become in this process since its start; adopted and absent are what reconciliation found',
    ['became'],
  );
  private readonly shares = this.gauge(
    'chorong_provider_share',
    'Percent of its share of new texts that a provider has at present: errors and slowness take of it',
    ['provider'],
  );
  private readonly flags = this.gauge('chorong_flags_open', 'Flags that nobody has closed');

  constructor(
    private readonly database: Database,
    private readonly brakesService: BrakesService,
    private readonly watch: SendingWatch,
    private readonly serviceClock: ServiceClock,
    private readonly routing: Routing,
    tallies: TallyService,
  ) {
    tallies.keep(this);
    this.registry.registerMetric(routing.callSeconds);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Makes one row of many counts of statuses; what another process adds meanwhile stays as it is. */
  async markBeside(): Promise<void> {
    const [rows] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM status_count`,
    );
    if ((rows?.count ?? 0) <= mostCounts) return;
    await this.database.run(
      `WITH gone AS (DELETE FROM status_count RETURNING *)
       INSERT INTO status_count SELECT subject, status, sum(count) FROM gone GROUP BY subject, status`,
    );
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
      `SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(first.due_at)), 0))::float8 AS seconds
       FROM generate_series(0, ${shardCount - 1}) s (shard) CROSS JOIN LATERAL (
         SELECT due_at FROM alert a WHERE a.status = 'planned' AND a.shard = s.shard ORDER BY due_at LIMIT 1) first`,
    );
    this.overdue.set(due?.seconds ?? 0);
    this.unreadable.set(Number((await this.brakesService.brakesOn()).unreadable));
    this.clock.set(await this.serviceClock.secondsAhead());
    for (const [job, count] of this.watch.failures) this.failures.set({ job }, count);
    for (const [became, count] of this.watch.attempts) this.attempts.set({ became }, count);
    for (const [provider, { share }] of await this.routing.standingsNow())
      this.shares.set({ provider }, share);
    const [open] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM flag WHERE closed_at IS NULL`,
    );
    this.flags.set(open?.count ?? 0);
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
