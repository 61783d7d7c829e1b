import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type Tally, TallyService } from '../../core/tally/tally.service.js';
import { candidates, deadNumbers } from './work-lists.js';

const found = Object.entries(candidates).map(([list, sql]) => `SELECT '${list}' AS list, id FROM (${sql}) f`);

/** WorkTally keeps the few contracts and numbers that a work list would have to look for among all. */
@Injectable()
export class WorkTally implements Tally {
  constructor(
    private readonly database: Database,
    tallies: TallyService,
  ) {
    tallies.keep(this);
  }

  async countAgain(marked: string[]): Promise<void> {
    await this.database.run(
      `WITH found AS MATERIALIZED (${found.join(' UNION ALL ')}),
         gone AS (DELETE FROM work_candidate k WHERE k.contract_id = ANY($1)
           AND NOT EXISTS (SELECT FROM found f WHERE f.list = k.list AND f.id = k.contract_id))
       INSERT INTO work_candidate (list, contract_id) SELECT list, id FROM found ON CONFLICT DO NOTHING`,
      [marked],
    );
    await this.database.run(deadNumbers, [marked]);
  }
}
