import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { addDays } from '../calendar/local-date.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { firstIdAt } from '../../platform/ids.js';
import { SettingsService } from '../settings/settings.service.js';
import type { MessageFilters } from './message-query.js';
import type { MessageFilterQuery, PeriodQuery } from './message.schema.js';

/**
 * How far apart the time in a message's id and its service time may be: hosts' clocks differ, and a drain reads its
 * time before it freezes. Milliseconds.
 */
const idSlack = 86_400_000;

/** What of the log a caller asks for and may see. */
@Injectable()
export class LogScope {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
  ) {}

  /** The departments that the caller sees; null: all. */
  seen(caller: Caller): Promise<string[] | null> {
    return this.departments.seenBy(caller);
  }

  seenWithin(caller: Caller, departmentId: string | undefined): Promise<string[] | null> {
    return this.departments.seenWithin(caller, departmentId);
  }

  async filters(
    caller: Caller,
    query: MessageFilterQuery,
    sought: Pick<MessageFilters, 'numberIndex' | 'words'> = { numberIndex: null, words: [] },
  ): Promise<MessageFilters> {
    const period = await this.period(query);
    return {
      departments: await this.seenWithin(caller, query.departmentId),
      contractId: query.contractId ?? null,
      kind: query.kind ?? null,
      milestone: query.milestone ?? null,
      status: query.status ?? null,
      provider: query.provider ?? null,
      ...period,
      ids: await this.idsOf(period),
      ...sought,
    };
  }

  /** A bare day begins at its first moment in the agency's zone and, as the last of a period, is whole. */
  async period({ from, to }: PeriodQuery): Promise<{ from: Date | null; before: Date | null }> {
    const calendar = await this.settings.calendar();
    const startOf = (day: string) => calendar.instantOf(day, '00:00');
    const isDay = (moment: string) => moment.length === 10;
    return {
      from: from === undefined ? null : isDay(from) ? startOf(from) : new Date(from),
      before: to === undefined ? null : isDay(to) ? startOf(addDays(to, 1)) : new Date(to),
    };
  }

  /** A stopped clock parts the service time from that of the ids, which is the machine's. */
  private async idsOf({
    from,
    before,
  }: {
    from: Date | null;
    before: Date | null;
  }): Promise<MessageFilters['ids']> {
    if ((await this.clock.stoppedAt()) !== null) return { from: null, before: null };
    return {
      from: from && firstIdAt(new Date(from.getTime() - idSlack)),
      before: before && firstIdAt(new Date(before.getTime() + idSlack)),
    };
  }
}
