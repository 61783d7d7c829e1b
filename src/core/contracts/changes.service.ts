import { Injectable } from '@nestjs/common';
import { zonedIso } from '../calendar/zoned-iso.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Change } from '../proof/change.entity.js';
import { Database } from '../../platform/database/database.js';

/** HistoryEntry is one change of a contract; `at` is in the agency's zone. */
export type HistoryEntry = Pick<
  Change,
  'id' | 'what' | 'params' | 'before' | 'after' | 'actor' | 'reason'
> & { at: string };

/** The history of a contract, oldest first; whole, because a part of it could mislead. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  async of(contractId: string): Promise<HistoryEntry[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<Omit<HistoryEntry, 'at'> & { at: Date }>(
      `SELECT id, at, what, params, before, after, actor, reason FROM change WHERE contract_id = $1 ORDER BY id`,
      [contractId],
    );
    return rows.map((row) => ({ ...row, at: zonedIso(row.at, timeZone) }));
  }
}
