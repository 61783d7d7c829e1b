import { httpProblems } from '../../platform/http/http.words.js';
import { Controller, Get, Header } from '@nestjs/common';
import { z } from 'zod';
import { Public } from '../access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { Situations } from '../sending/brakes.service.js';
import { SendingWatch } from '../sending/sending-watch.js';
import { MetricsService } from './metrics.service.js';
import { Kept } from '../../platform/kept.js';
import { Database } from '../../platform/database/database.js';

/** Counting rows costs more than asking for them. */
const metricsKeptMs = 1000;

const upView = z.object({ status: z.literal('up') });

@Controller()
@Public()
export class HealthController {
  /** Probes need no key and never wait: however many there are, they cost one connection. */
  private readonly readiness = new Kept(0, async () => {
    const [row] = await this.database.rows<{ readonly: boolean }>(
      `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS readonly`,
    );
    if (row?.readonly) throw httpProblems.error('database-read-only');
    await this.situations.requireSending();
  });
  private readonly texts = new Kept(metricsKeptMs, () => this.metrics.text());

  constructor(
    private readonly database: Database,
    private readonly metrics: MetricsService,
    private readonly situations: Situations,
    private readonly watch: SendingWatch,
  ) {}

  /** Alive is a process that a new start would not mend. */
  @Get('health/live')
  @Answers(200, upView, 'The process answers')
  live() {
    this.watch.requireLife();
    return { status: 'up' as const };
  }

  /** Ready means that a change could be written now, and that sending works where this process sends. */
  @Get('health/ready')
  @Answers(200, upView, 'The database can be written to, and sending works')
  async ready() {
    await this.readiness.get();
    return { status: 'up' as const };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metricsText() {
    return this.texts.get();
  }
}
