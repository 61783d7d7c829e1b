import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type Tally, TallyService } from '../tally/tally.service.js';
import { exceptional, isBySpans, type MessageFilters } from './log-filters.js';

/**
 * LogSpans keeps what messages of each span of time are of, so that a page is not read through spans that have none of what is
 * asked for. The first six hexadecimal digits of an id name a span of 2^24 milliseconds, about five hours. A span may name
 * what none of its messages is of any more, such as a department that they have left.
 */
@Injectable()
export class LogSpans implements Tally, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly tallies: TallyService,
  ) {}

  onModuleInit(): void {
    this.tallies.keep(this);
  }

  async countAgain(marked: string[]): Promise<void> {
    await this.database.run(
      `WITH found AS MATERIALIZED (
         SELECT id AS message_id FROM message WHERE id = ANY($1)
         UNION SELECT message_id FROM alert WHERE milestone_id = ANY($1) AND message_id IS NOT NULL
         UNION SELECT message_id FROM alert WHERE contract_id = ANY($1) AND message_id IS NOT NULL)
       INSERT INTO log_span (span, provider, status, department_id, kind, code)
       SELECT DISTINCT left(m.id::text, 6), m.provider, CASE WHEN m.status = ANY($2) THEN m.status END,
         a.department_id, c.kind, s.code
       FROM found JOIN message m ON m.id = found.message_id LEFT JOIN alert a ON a.message_id = m.id
         LEFT JOIN contract c ON c.id = a.contract_id LEFT JOIN milestone s ON s.id = a.milestone_id
       ON CONFLICT DO NOTHING`,
      [marked, exceptional],
    );
  }

  /** Counts what the spans do not know yet, if a page is to be read by them. */
  async catchUp(filters: MessageFilters): Promise<void> {
    if (isBySpans(filters)) await this.tallies.requireCounted();
  }
}
