import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type Tally, TallyService } from '../tally/tally.service.js';
import { exceptional, isBySpans, type MessageFilters } from './log-filters.js';

/**
 * LogSpans keeps what messages of each span of time are of, so that a page is not read through spans that have none of what is
 * asked for. The first six hexadecimal digits of an id name a span of 2^24 milliseconds, about five hours. A span may name
 * what none of its messages is of any more, such as a department that they have left.
 */
@Injectable()
export class LogSpans implements Tally {
  constructor(
    private readonly database: Database,
    private readonly tallies: TallyService,
  ) {
    tallies.keep(this);
  }

  async countAgain(marked: string[]): Promise<void> {
    await this.database.run(
      // Subqueries of their own look each mark up by the indexes, whatever the planner believes of the tables.
      `WITH found AS MATERIALIZED (
         SELECT DISTINCT of_mark.message_id FROM unnest($1::uuid[]) AS marked (id) CROSS JOIN LATERAL (
           SELECT id AS message_id FROM message WHERE message.id = marked.id
           UNION ALL SELECT message_id FROM alert WHERE milestone_id = marked.id AND message_id IS NOT NULL
           UNION ALL SELECT message_id FROM alert WHERE contract_id = marked.id AND message_id IS NOT NULL OFFSET 0) AS of_mark)
       INSERT INTO log_span (span, provider, status, department_id, kind, code)
       SELECT DISTINCT left(one.id::text, 6), one.provider, CASE WHEN one.status = ANY($2) THEN one.status END,
         one.department_id, one.kind, one.code
       FROM found CROSS JOIN LATERAL (
         SELECT m.id, m.provider, m.status, a.department_id, c.kind, s.code
         FROM message m LEFT JOIN alert a ON a.message_id = m.id
           LEFT JOIN contract c ON c.id = a.contract_id LEFT JOIN milestone s ON s.id = a.milestone_id
         WHERE m.id = found.message_id OFFSET 0) AS one
       ON CONFLICT DO NOTHING`,
      [marked, exceptional],
    );
  }

  /** Counts what the spans do not know yet, if a page is to be read by them. */
  async catchUp(filters: MessageFilters): Promise<void> {
    if (isBySpans(filters)) await this.tallies.requireCounted();
  }
}
