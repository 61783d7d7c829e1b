import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { actorOf, type Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Flag } from '../planning/flag.entity.js';
import type { ClosingBody, FlagView } from './flags.schema.js';

/** FlagsService shows the flags of a contract to auditors, who close them. */
@Injectable()
export class FlagsService {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
  ) {}

  /** Lists the flags of a contract, newest first. */
  async flagsOf(contractId: string): Promise<FlagView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const flags = await this.database
      .repository(Flag)
      .find({ where: { contractId }, order: { id: 'DESC' }, take: 500 });
    return flags.map(({ contractId: _contractId, at, closedAt, lost, ...flag }) => ({
      ...flag,
      at: zonedIso(at, timeZone),
      closedAt: closedAt && zonedIso(closedAt, timeZone),
      lost: lost.map((text) => ({ ...text, dueAt: zonedIso(new Date(text.dueAt), timeZone) })),
    }));
  }

  /** Closes the flags of a kind that a contract has open, with what was found. Throws when it has none. */
  async close(caller: Caller, { contractId, kind, finding, note }: ClosingBody): Promise<number> {
    return this.database.inTransaction(async () => {
      const [closedAt, closedBy] = [await this.clock.now(), actorOf(caller)];
      const { affected } = await this.database
        .repository(Flag)
        .update({ contractId, kind, closedAt: IsNull() }, { closedAt, closedBy, finding, note });
      if (!affected) throw notFound('flag that is open');
      await this.journal.record({
        subject: 'flag',
        subjectId: contractId,
        what: 'flag-closed',
        after: { kind, finding, count: affected },
        actor: closedBy,
        reason: note,
      });
      return affected;
    });
  }
}
