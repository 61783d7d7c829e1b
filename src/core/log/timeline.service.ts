import { Injectable } from '@nestjs/common';
import { breathe, mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { Contract } from '../contracts/contract.entity.js';
import { ContractReader } from '../contracts/contract.reader.js';
import type { Milestone } from '../planning/planning.entities.js';
import { SettingsService } from '../settings/settings.service.js';
import { type AlertRow, AlertsService } from './alerts.service.js';
import type { TimelineEntry } from './log.schema.js';
import { MessageReader, type MessageRow, type OnServiceClock } from './message-reader.js';

interface Dated {
  /** Null while it has no day. */
  moment: Date | null;
  entry: TimelineEntry;
}

/** Entries of one moment stand in the order in which one follows from the other. */
const order: readonly TimelineEntry['type'][] = ['milestone', 'alert', 'message', 'attempt', 'receipt'];

/** TimelineService shows what was planned, written, sent and reported for one contract, in the order of time. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly database: Database,
    private readonly contracts: ContractReader,
    private readonly settings: SettingsService,
    private readonly alerts: AlertsService,
    private readonly messages: MessageReader,
  ) {}

  /** Throws as for an unknown contract when the caller does not see the contract. */
  async timelineOf(caller: Caller, contractId: string): Promise<TimelineEntry[]> {
    const contract = await this.contracts.requireVisible(caller, contractId);
    const { timeZone } = (await this.settings.calendar()).setting;
    const alerts = await this.alerts.alertsOfContract(contractId);
    const ids = [...new Set(alerts.flatMap(({ messageId }) => messageId ?? []))];
    const messages = await this.messages.messagesOf(ids);
    const attempts = await this.messages.attemptsOf(ids);
    const receipts = await this.messages.receiptsOf(ids);
    const placeOf = ({ serviceTime, messageId }: OnServiceClock) => ({
      at: zonedIso(serviceTime, timeZone),
      messageId,
    });
    const entries = [
      ...(await this.milestoneEntries(contract)),
      ...(await mapInTurns(alerts, (row) => this.alertEntry(row, timeZone))),
      ...(await mapInTurns(messages, (row) => this.messageEntry(row, timeZone))),
      ...(await mapInTurns(attempts, (row): Dated => {
        const view = this.messages.viewOfAttempt(row, timeZone);
        return { moment: row.serviceTime, entry: { type: 'attempt', ...view, ...placeOf(row) } };
      })),
      ...(await mapInTurns(receipts, (row): Dated => {
        const view = this.messages.viewOfReceipt(row, timeZone);
        return { moment: row.serviceTime, entry: { type: 'receipt', ...view, ...placeOf(row) } };
      })),
    ];
    await breathe();
    entries.sort(byTime);
    return mapInTurns(entries, ({ entry }) => entry);
  }

  /** A milestone that was withdrawn before anything was planned for it never mattered, and is left out. */
  private async milestoneEntries({ id, planName, planVersion }: Contract): Promise<Dated[]> {
    const rows = await this.database.rows<Milestone>(
      `SELECT s.* FROM milestone s
       WHERE s.contract_id = $1
         AND (NOT s.withdrawn OR EXISTS (SELECT 1 FROM alert a WHERE a.milestone_id = s.id))`,
      [id],
    );
    const calendar = await this.settings.calendar();
    return Promise.all(
      rows.map(async (row): Promise<Dated> => {
        const day = row.occurredOn ?? row.date ?? row.expectedBy;
        const moment = day === null ? null : calendar.instantOf(day, '00:00');
        return {
          moment,
          entry: {
            type: 'milestone',
            at: moment && zonedIso(moment, calendar.setting.timeZone),
            id: row.id,
            milestone: row.code,
            occurrence: row.occurrence,
            name: await this.settings.milestoneName({ ...row, planName, planVersion }),
            date: row.date,
            occurredOn: row.occurredOn,
            expectedBy: row.expectedBy,
            wording: row.wording,
            withdrawn: row.withdrawn,
            note: row.note,
          },
        };
      }),
    );
  }

  private async alertEntry(row: AlertRow, timeZone: string): Promise<Dated> {
    const { code: milestone, ...rest } = await this.alerts.milestoneOf(row);
    return {
      moment: row.dueAt,
      entry: {
        type: 'alert',
        at: zonedIso(row.dueAt, timeZone),
        id: row.id,
        milestone,
        ...rest,
        contact: this.alerts.contactOf(row),
        ...this.alerts.standingOf(row),
        messageId: row.messageId,
      },
    };
  }

  private messageEntry(row: MessageRow, timeZone: string): Dated {
    const view = this.messages.viewOfMessage(row, timeZone);
    return {
      moment: row.serviceTime,
      entry: {
        type: 'message',
        at: view.frozenAt,
        id: view.id,
        number: view.number,
        text: view.text,
        template: view.template,
        parts: view.parts,
        status: view.status,
        statusText: view.statusText,
        reason: view.reason,
        reasonDetail: view.reasonDetail,
        reasonText: view.reasonText,
      },
    };
  }
}

function byTime(a: Dated, b: Dated): number {
  const [earlier, later] = [a.moment?.getTime() ?? Infinity, b.moment?.getTime() ?? Infinity];
  if (earlier !== later) return earlier - later;
  const step = order.indexOf(a.entry.type) - order.indexOf(b.entry.type);
  return step || (a.entry.id < b.entry.id ? -1 : 1);
}
