import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { notFound } from '../../platform/app-error.js';
import { Journal } from '../proof/journal.service.js';
import { Database } from '../../platform/database/database.js';

/** What the provider answered that no table of ours knows waits for a person, and this is the person's word. */
@Injectable()
export class HeldMessages {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** To be attempted again; the old attempt stays as it is. */
  async release(caller: Caller, id: string, reason: string): Promise<{ id: string; status: 'waiting' }> {
    return this.database.inTransaction(async () => {
      const [held] = await this.database.rows<{ reason: string | null }>(
        `UPDATE message m SET status = 'waiting', next_attempt_at = clock_timestamp(), final_at = NULL, reason = NULL
         FROM message old WHERE m.id = $1 AND old.id = m.id AND m.status = 'held' RETURNING old.reason`,
        [id],
      );
      if (!held) throw notFound('message that is held');
      await this.journal.record({
        subject: 'message',
        subjectId: id,
        what: 'held-message-released',
        before: { status: 'held', reason: held.reason },
        after: { status: 'waiting' },
        actor: actorOf(caller),
        reason,
      });
      return { id, status: 'waiting' };
    });
  }
}
