import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { AttemptRows } from './attempt-rows.js';
import { MessageRows } from './message-rows.js';
import { TimelineEntries } from './timeline-entries.js';
import { TimelineRows } from './timeline-rows.js';
import type { TimelineEntry } from './timeline.schema.js';

/** What was planned, written, sent and reported for one contract, in the order of time. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly reader: ContractReader,
    private readonly planned: TimelineRows,
    private readonly messages: MessageRows,
    private readonly attempts: AttemptRows,
    private readonly entries: TimelineEntries,
  ) {}

  /** Another department's contract is not found. */
  async of(caller: Caller, contractId: string): Promise<TimelineEntry[]> {
    const contract = await this.reader.requireVisible(caller, contractId);
    const alerts = await this.planned.alertsOf(contractId);
    const ids = [...new Set(alerts.flatMap((alert) => alert.messageId ?? []))];
    return this.entries.of(contract, {
      milestones: await this.planned.milestonesOf(contractId),
      alerts,
      messages: await this.messages.of(ids),
      attempts: await this.attempts.attemptsOf(ids),
      receipts: await this.attempts.receiptsOf(ids),
    });
  }
}
