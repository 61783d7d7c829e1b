import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendar/calendar.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { Words } from '../../platform/words/words.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import type { AttemptRow, ReceiptRow } from './attempt-rows.js';
import { attemptViewOf, receiptViewOf } from './attempt-views.js';
import { Masked } from './masked.js';
import type { MessageRow } from './message-rows.js';
import { alertReason, alertReasonText, alertStatusText } from '../planning/planning.words.js';
import { explain, explainInBoth, messageWords } from './status-words.js';
import type { AlertOfContract, MilestoneOfContract } from './timeline-rows.js';
import type { TimelineEntry } from './timeline.schema.js';

interface OfContract {
  milestones: MilestoneOfContract[];
  alerts: AlertOfContract[];
  messages: MessageRow[];
  attempts: AttemptRow[];
  receipts: ReceiptRow[];
}

interface Dated {
  /** Null: it has no day yet. */
  moment: Date | null;
  entry: TimelineEntry;
}

/** What is of one moment is told in the order in which one follows from the other. */
const order: readonly TimelineEntry['type'][] = ['milestone', 'alert', 'message', 'attempt', 'receipt'];

/** Rows of a contract as the entries of its time line. */
@Injectable()
export class TimelineEntries {
  constructor(
    private readonly providers: Providers,
    private readonly settings: SettingsService,
    private readonly masked: Masked,
  ) {}

  async of(plan: { planName: string; planVersion: number }, rows: OfContract): Promise<TimelineEntry[]> {
    const calendar = await this.settings.calendar();
    const { timeZone } = calendar.setting;
    const { value } = await this.settings.plan(plan.planName, plan.planVersion);
    const names = new Map(value.milestones.map((milestone) => [milestone.code, milestone.name]));
    const dated = [
      ...rows.milestones.map((row) => milestoneEntry(row, names, calendar)),
      ...rows.alerts.map((row) => this.alertEntry(row, names, timeZone)),
      ...rows.messages.map((row) => this.messageEntry(row, timeZone)),
      ...rows.attempts.map((row) => this.attemptEntry(row, timeZone)),
      ...rows.receipts.map((row) => this.receiptEntry(row, timeZone)),
    ];
    return dated.sort(byTime).map(({ entry }) => entry);
  }

  private alertEntry(row: AlertOfContract, names: Map<string, Words>, timeZone: string): Dated {
    return {
      moment: row.dueAt,
      entry: {
        type: 'alert',
        at: zonedIso(row.dueAt, timeZone),
        id: row.id,
        milestone: row.code,
        occurrence: row.occurrence,
        name: names.get(row.code) ?? null,
        contact: {
          id: row.contactId,
          name: this.masked.contactName(row.contactId, row.nameSealed),
          role: row.role,
          number: this.masked.contactNumber(row.contactId, row.phoneSealed),
        },
        wording: row.wording,
        status: row.status,
        statusText: alertStatusText(row.status),
        reason: alertReason(row),
        reasonText: alertReasonText(row),
        messageId: row.messageId,
      },
    };
  }

  private messageEntry(row: MessageRow, timeZone: string): Dated {
    return {
      moment: row.serviceTime,
      entry: {
        type: 'message',
        at: zonedIso(row.serviceTime, timeZone),
        id: row.id,
        number: this.masked.messageNumber(row.id, row.numberSealed),
        text: row.text,
        template: { key: row.templateKey, version: row.templateVersion },
        parts: row.parts,
        status: row.status,
        statusText: messageWords[row.status],
        reason: row.reason,
        reasonDetail: explain(this.providers, row.provider, row.reason, row.reasonOrigin),
        reasonText: explainInBoth(this.providers, row.provider, row.reason, row.reasonOrigin),
      },
    };
  }

  private attemptEntry(row: AttemptRow, timeZone: string): Dated {
    const at = zonedIso(row.serviceTime, timeZone);
    const view = attemptViewOf(row, this.providers, timeZone);
    return { moment: row.serviceTime, entry: { type: 'attempt', at, messageId: row.messageId, ...view } };
  }

  private receiptEntry(row: ReceiptRow, timeZone: string): Dated {
    const at = zonedIso(row.serviceTime, timeZone);
    const view = receiptViewOf(row, this.providers, timeZone);
    return { moment: row.serviceTime, entry: { type: 'receipt', at, messageId: row.messageId, ...view } };
  }
}

function milestoneEntry(row: MilestoneOfContract, names: Map<string, Words>, calendar: Calendar): Dated {
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
      name: names.get(row.code) ?? null,
      date: row.date,
      occurredOn: row.occurredOn,
      expectedBy: row.expectedBy,
      wording: row.wording,
      withdrawn: row.withdrawn,
      note: row.note,
    },
  };
}

function byTime(a: Dated, b: Dated): number {
  const [earlier, later] = [a.moment?.getTime() ?? Infinity, b.moment?.getTime() ?? Infinity];
  if (earlier !== later) return earlier - later;
  const step = order.indexOf(a.entry.type) - order.indexOf(b.entry.type);
  return step || (a.entry.id < b.entry.id ? -1 : 1);
}
