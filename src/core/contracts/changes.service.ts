import { Injectable } from '@nestjs/common';
import { zonedIso } from '../calendar/zoned-iso.js';
import { SettingsService } from '../settings/settings.service.js';
import type { ChangeView } from './contract.view.js';
import { Database } from '../../platform/database/database.js';

/** The history of a contract, oldest first; whole, because a part of it could mislead. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  async of(contractId: string): Promise<ChangeView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<Omit<ChangeView, 'at'> & { at: Date }>(
      `SELECT id, at, what, before, after, actor, reason FROM change WHERE contract_id = $1 ORDER BY id`,
      [contractId],
    );
    return rows.map((row) => ({ ...row, at: zonedIso(row.at, timeZone) }));
  }
}
