import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, callerIdOf } from '../access/roles.js';
import { AccessLog } from '../accesses/access-log.service.js';
import { Journal } from '../proof/journal.service.js';
import { Database } from '../../platform/database/database.js';
import { exportQuota, logProblems } from './log.words.js';

/** ExportJournal keeps who took what out of the service, and limits how often: the message log, coverage, work lists, flags, evidence. */
@Injectable()
export class ExportJournal {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly accesses: AccessLog,
  ) {}

  /** Throws when the key has exported as often as it may within the hour; refused exports do not count. */
  async recordExport(
    caller: Caller,
    what: 'messages' | 'statistics' | 'coverage' | 'work-list' | 'flags' | 'evidence' | 'accesses',
    { format, ...filters }: { format: string; [filter: string]: unknown },
  ): Promise<void> {
    const key = callerIdOf(caller);
    // Counting and adding are one step for a key, or two calls at once would both be the last one allowed.
    await this.database.inTurn(`export ${key}`, async () => {
      const [made] = await this.database.rows<{ count: number }>(
        `SELECT count(*)::int AS count FROM leaf
         WHERE subject_id = $1 AND kind = 'change' AND body ->> 'subject' = 'export'
           AND recorded_at > clock_timestamp() - interval '1 hour'`,
        [key],
      );
      if ((made?.count ?? 0) >= exportQuota) throw logProblems.error('export-quota');
      await this.journal.record({
        subject: 'export',
        // The key's id: what a key took out is found by it.
        subjectId: key,
        what: `${what}-exported`,
        after: { format, filters },
        actor: actorOf(caller),
      });
      if (what === 'messages' || what === 'work-list')
        await this.accesses.record(caller, { act: `${what}-exported` });
    });
  }
}
