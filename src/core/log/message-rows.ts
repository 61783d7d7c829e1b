import { Injectable } from '@nestjs/common';
import { zonedIso } from '../calendar/zoned-iso.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Kind } from '../settings/plan.schema.js';
import type { ReasonOrigin } from '../sending/message.entity.js';
import { Masked } from './masked.js';
import type { MessageItemView } from './message.schema.js';
import { milestoneName } from './milestone-names.js';
import { explain, explainInBoth, type MessageStatus, messageWords } from './status-words.js';
import { Database } from '../../platform/database/database.js';

export interface MessageRow {
  id: string;
  provider: string;
  sender: string;
  numberSealed: Buffer;
  country: string | null;
  locale: string;
  templateKey: string;
  templateVersion: number;
  text: string;
  encoding: string;
  parts: number;
  status: MessageStatus;
  reason: string | null;
  reasonOrigin: ReasonOrigin | null;
  attempts: number;
  dueAt: Date;
  serviceTime: Date;
  finalAt: Date | null;
  nextAttemptAt: Date | null;
}

interface AlertOfMessage {
  messageId: string;
  id: string;
  contractId: string;
  reference: string;
  title: string;
  kind: Kind;
  departmentId: string;
  planName: string;
  planVersion: number;
  code: string;
  occurrence: number;
}

/** Messages by their ids, with everything of theirs, in a few statements however many they are. */
@Injectable()
export class MessageRows {
  constructor(
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly masked: Masked,
  ) {}

  /** Newest first. */
  async of(ids: string[]): Promise<MessageRow[]> {
    if (ids.length === 0) return [];
    return this.database.rows<MessageRow>(
      `SELECT m.id, m.provider, m.sender, m.number_sealed, m.country, m.locale,
              v.key AS template_key, v.version AS template_version, m.text, m.encoding, m.parts, m.status, m.reason, m.reason_origin,
              m.attempts, m.due_at, m.service_time, m.final_at,
              m.next_attempt_at
       FROM message m JOIN template_version v ON v.id = m.template_version_id
       WHERE m.id = ANY($1) ORDER BY m.id DESC`,
      [ids],
    );
  }

  /** `departments`: whose alerts the reader sees; null: everyone's. */
  async views(rows: MessageRow[], departments: string[] | null): Promise<MessageItemView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const alerts = await this.alertsOf(
      rows.map((row) => row.id),
      departments,
    );
    return rows.map((row) => ({
      id: row.id,
      frozenAt: zonedIso(row.serviceTime, timeZone),
      dueAt: zonedIso(row.dueAt, timeZone),
      status: row.status,
      statusText: messageWords[row.status],
      reason: row.reason,
      reasonDetail: explain(this.providers, row.provider, row.reason, row.reasonOrigin),
      reasonText: explainInBoth(this.providers, row.provider, row.reason, row.reasonOrigin),
      provider: row.provider,
      sender: row.sender,
      number: this.masked.messageNumber(row.id, row.numberSealed),
      country: row.country,
      locale: row.locale,
      template: { key: row.templateKey, version: row.templateVersion },
      text: row.text,
      encoding: row.encoding,
      parts: row.parts,
      attempts: row.attempts,
      alerts: alerts.get(row.id) ?? [],
    }));
  }

  private async alertsOf(
    messageIds: string[],
    departments: string[] | null,
  ): Promise<Map<string, MessageItemView['alerts']>> {
    const byMessage = new Map<string, MessageItemView['alerts']>();
    if (messageIds.length === 0) return byMessage;
    const rows = await this.database.rows<AlertOfMessage>(
      `SELECT a.message_id, a.id, a.contract_id, c.reference, c.title, c.kind,
              a.department_id, c.plan_name, c.plan_version,
              s.code, s.occurrence
       FROM alert a JOIN contract c ON c.id = a.contract_id JOIN milestone s ON s.id = a.milestone_id
       WHERE a.message_id = ANY($1) AND ($2::uuid[] IS NULL OR a.department_id = ANY($2))
       ORDER BY a.due_at, a.id`,
      [messageIds, departments],
    );
    for (const { messageId, ...row } of rows) {
      const { planName: _plan, planVersion: _version, code, occurrence, ...alert } = row;
      const name = await milestoneName(this.settings, row);
      const view = { ...alert, milestone: { code, occurrence, name } };
      byMessage.set(messageId, [...(byMessage.get(messageId) ?? []), view]);
    }
    return byMessage;
  }
}
