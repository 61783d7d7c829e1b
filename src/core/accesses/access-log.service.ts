import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { callingAddress } from '../../platform/http/calling-address.js';
import { newId } from '../../platform/ids.js';
import { Timers } from '../../platform/timers.js';
import { actorOf, type Caller } from '../access/roles.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { AccessEntry } from './access.entities.js';

const forgetEveryMs = 3_600_000;

/** Accesses that one statement forgets, as the database's function has it. */
const forgottenAtOnce = 1000;

/** AccessLog keeps who saw whose personal data, and forgets it after the years that the agency has set. */
@Injectable()
export class AccessLog {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly settings: SettingsService,
    timers: Timers,
  ) {
    timers.every(forgetEveryMs, 'old accesses', () => this.forgetOld());
  }

  /** Records an access before its answer leaves: what cannot be recorded is not shown. */
  async record(
    caller: Caller,
    { act, subject = null, subjectIds = [], reason = null }: Pick<AccessEntry, 'act'> & Partial<AccessEntry>,
  ): Promise<void> {
    const entry = { id: newId(), actor: actorOf(caller), act, subject, subjectIds, reason };
    await this.database.inTransaction(async () => {
      await this.database.insert(AccessEntry, [{ ...entry, address: callingAddress() }]);
      // Where from stays out of what is kept for ever.
      await this.journal.leaves([{ kind: 'access', subjectId: entry.id, body: entry }]);
    });
  }

  /** Records a search by a number, with the contacts that have it. */
  async recordSearch(caller: Caller, numberIndex: Buffer): Promise<void> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM contact WHERE phone_index = $1 ORDER BY id LIMIT 100`,
      [numberIndex],
    );
    await this.record(caller, {
      act: 'number-searched',
      subject: 'contact',
      subjectIds: rows.map(({ id }) => id),
    });
  }

  /** Forgets what is older than the agency's period. Returns how many accesses that were. */
  async forgetOld(): Promise<number> {
    const { accessLogYears } = await this.settings.retention();
    let forgotten = 0;
    for (let last = forgottenAtOnce; last === forgottenAtOnce; forgotten += last)
      last = await this.database.inTransaction(() => this.forgetSome(accessLogYears));
    return forgotten;
  }

  private async forgetSome(years: number): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT forget_accesses(clock_timestamp() - $1 * interval '1 year') AS count`,
      [years],
    );
    const count = row?.count ?? 0;
    if (count > 0)
      await this.journal.leaves([
        { kind: 'accesses-forgotten', subjectId: 'access-log', body: { count, years } },
      ]);
    return count;
  }
}
