import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { breathe, mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { idOfCursor } from '../../platform/paging.js';
import { calendarOf } from '../calendar/calendar.js';
import type { CalendarSetting } from '../calendar/calendar.schema.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { Contract } from '../contracts/contract.entity.js';
import { ContractReader, type Parties } from '../contracts/contract.reader.js';
import { PartyRows } from '../contracts/party-rows.js';
import { PlanningService } from '../planning/planning.service.js';
import type { AlertChange, Difference } from '../planning/planning.types.js';
import { SettingsService } from '../settings/settings.service.js';
import { mayMove } from './may-move.js';
import type { CalendarPreviewQuery, CalendarPreviewView } from './replanning.schema.js';

/** Contracts that are read at once. */
const batchContracts = 50;

/** Contracts are looked at for so long; the next page goes on. */
const countingMs = 3000;

type Item = CalendarPreviewView['items'][number];
const ways = ['moved', 'added', 'cancelled'] as const;
type HowChanged = AlertChange & Pick<Item, 'how'>;

/** CalendarPreview plans contracts by a calendar that is not in force, by the code that plans them when it is. */
@Injectable()
export class CalendarPreview {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly reader: ContractReader,
    private readonly planning: PlanningService,
    private readonly parties: PartyRows,
  ) {}

  /**
   * Shows a page of what would change, contract by contract; of one contract no more than a page has room for. The counts go
   * on beyond the page, as far as there is time.
   */
  async preview(
    wanted: CalendarSetting,
    { cursor, limit }: CalendarPreviewQuery,
  ): Promise<CalendarPreviewView> {
    const calendar = calendarOf(wanted);
    const end = performance.now() + countingMs;
    const counts = { contracts: 0, moved: 0, added: 0, cancelled: 0, complete: false };
    const items: Item[] = [];
    let [last, listed, isMore] = [idOfCursor(cursor), null as string | null, false];
    while (!counts.complete && (performance.now() < end || counts.contracts === 0)) {
      const contracts = await this.openBehind(last);
      counts.complete = contracts.length === 0;
      const parties = await this.reader.partiesOf(contracts.map(({ id }) => id));
      const subjects = await this.reader.planningSubjectsOf(contracts, parties);
      const differences = await this.planning.foresee(subjects, calendar);
      for (const contract of contracts) {
        const changes = changesOf(differences.get(contract.id));
        for (const { how } of changes) counts[how] += 1;
        counts.contracts += 1;
        last = contract.id;
        if (listed !== null) isMore ||= changes.length > 0;
        else items.push(...(await this.itemsOf(contract, changes.slice(0, limit), parties.get(contract.id))));
        if (items.length >= limit) listed ??= contract.id;
        await breathe();
      }
    }
    const nextCursor = isMore || !counts.complete ? (listed ?? last) : null;
    return { counts, items, nextCursor };
  }

  private async openBehind(last: string | null): Promise<Contract[]> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM contract WHERE ($1::uuid IS NULL OR id > $1) AND ${mayMove} ORDER BY id LIMIT ${batchContracts}`,
      [last],
    );
    const ids = rows.map(({ id }) => id);
    const where = { id: In(ids.slice(0, await this.reader.countThatFit(ids))) };
    return this.database.repository(Contract).find({ where, order: { id: 'ASC' } });
  }

  private async itemsOf(contract: Contract, changes: HowChanged[], parties?: Parties): Promise<Item[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const { id, reference, planName, planVersion } = contract;
    return mapInTurns(changes, async ({ how, code, occurrence, contactId, from, to }) => {
      const contact = parties?.contacts.find((one) => one.id === contactId);
      return {
        how,
        contract: { id, reference },
        milestone: {
          code,
          occurrence,
          name: await this.settings.milestoneName({ planName, planVersion, code }),
        },
        contact: {
          id: contactId,
          name: contact ? this.parties.maskedNameOf(contact) : null,
          number: contact ? this.parties.maskedNumberOf(contact) : null,
        },
        from: from && { ...from, dueAt: zonedIso(from.dueAt, timeZone) },
        to: { ...to, dueAt: zonedIso(to.dueAt, timeZone) },
      };
    });
  }
}

function changesOf(difference: Difference | undefined): HowChanged[] {
  return ways.flatMap((how) => (difference?.[how] ?? []).map((change) => ({ ...change, how })));
}
