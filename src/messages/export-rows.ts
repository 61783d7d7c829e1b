import { Inject, Injectable } from '@nestjs/common';
import { zonedIso } from '../calendar/zoned-iso.js';
import { SMS_PROVIDER } from '../providers/providers.module.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { SettingsService } from '../settings/settings.service.js';
import type { ExportLine } from './export-lines.js';
import { Masked } from './masked.js';
import { type MessageFilters, messagesWhere, type Statement } from './message-query.js';
import { explain, type MessageStatus, messageWords } from './status-words.js';

interface ExportRow {
  id: string;
  serviceTime: Date;
  dueAt: Date;
  status: MessageStatus;
  reason: string | null;
  provider: string;
  sender: string;
  numberSealed: Buffer;
  numberIndex: Buffer;
  country: string | null;
  locale: string;
  templateKey: string;
  templateVersion: number;
  encoding: string;
  parts: number;
  attempts: number;
  departments: string | null;
  contracts: string | null;
  milestones: string | null;
  text: string;
}

/** Masked numbers that are kept, the log holding most numbers many times; bounded, as the log is not. */
const numbersKept = 50_000;

/** The rows of an export, and how each becomes a line. */
@Injectable()
export class ExportRows {
  constructor(
    @Inject(SMS_PROVIDER) private readonly provider: SmsProvider,
    private readonly settings: SettingsService,
    private readonly masked: Masked,
  ) {}

  /** Newest first; of a message's alerts those of departments that the caller sees (null: all). */
  statement(filters: MessageFilters, seen: string[] | null): Statement {
    const parameters: unknown[] = [seen];
    const where = messagesWhere(filters, parameters);
    return {
      sql: `SELECT m.id, m.service_time AS "serviceTime", m.due_at AS "dueAt", m.status, m.reason, m.provider, m.sender,
              m.number_sealed AS "numberSealed", m.number_index AS "numberIndex", m.country, m.locale,
              v.key AS "templateKey", v.version AS "templateVersion", m.encoding, m.parts, m.attempts,
              told.departments, told.contracts, told.milestones, m.text
       FROM message m JOIN template_version v ON v.id = m.template_version_id
         CROSS JOIN LATERAL (
           SELECT string_agg(DISTINCT d.code, '; ') AS departments, string_agg(DISTINCT c.reference, '; ') AS contracts,
                  string_agg(DISTINCT s.code, '; ') AS milestones
           FROM alert a JOIN contract c ON c.id = a.contract_id JOIN milestone s ON s.id = a.milestone_id
             JOIN department d ON d.id = a.department_id
           WHERE a.message_id = m.id AND ($1::uuid[] IS NULL OR a.department_id = ANY($1))) told
       WHERE ${where} ORDER BY m.id DESC`,
      parameters,
    };
  }

  async reader(): Promise<(row: ExportRow) => ExportLine> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const numbers = new Map<string, string>();
    return (row) => ({
      message_id: row.id,
      frozen_at: zonedIso(row.serviceTime, timeZone),
      due_at: zonedIso(row.dueAt, timeZone),
      status: row.status,
      status_text: messageWords[row.status].en,
      reason: row.reason,
      reason_detail: explain(this.provider, row.provider, row.reason),
      provider: row.provider,
      sender: row.sender,
      number: this.numberOf(row, numbers),
      country: row.country,
      locale: row.locale,
      template: row.templateKey,
      template_version: row.templateVersion,
      encoding: row.encoding,
      parts: row.parts,
      attempts: row.attempts,
      departments: row.departments,
      contracts: row.contracts,
      milestones: row.milestones,
      text: row.text,
    });
  }

  private numberOf(row: ExportRow, known: Map<string, string>): string {
    const key = row.numberIndex.toString('latin1');
    let number = known.get(key);
    if (number === undefined) {
      if (known.size >= numbersKept) known.clear();
      number = this.masked.messageNumber(row.id, row.numberSealed);
      known.set(key, number);
    }
    return number;
  }
}
