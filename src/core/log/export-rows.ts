import { Injectable } from '@nestjs/common';
import { zonedIso } from '../calendar/zoned-iso.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import type { ExportLine } from './export-lines.js';
import type { ReasonOrigin } from '../sending/message.entity.js';
import { Masked } from './masked.js';
import { type MessageFilters, messagesWhere, type Statement } from './message-query.js';
import { explain, type MessageStatus, messageWords } from './status-words.js';
import { Database } from '../../platform/database/database.js';

interface ExportRow {
  id: string;
  serviceTime: Date;
  dueAt: Date;
  status: MessageStatus;
  reason: string | null;
  reasonOrigin: ReasonOrigin | null;
  provider: string;
  sender: string;
  numberSealed: Buffer;
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

/** The rows of an export, and how each becomes a line. */
@Injectable()
export class ExportRows {
  constructor(
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly masked: Masked,
  ) {}

  /** Newest first; of a message's alerts those of departments that the caller sees (null: all). */
  statement(filters: MessageFilters, seen: string[] | null): Statement {
    const parameters: unknown[] = [seen];
    const where = messagesWhere(filters, parameters);
    return {
      sql: `SELECT m.id, m.service_time AS "serviceTime", m.due_at AS "dueAt", m.status, m.reason,
              m.reason_origin AS "reasonOrigin", m.provider, m.sender,
              m.number_sealed AS "numberSealed", m.country, m.locale, v.key AS "templateKey",
              v.version AS "templateVersion", m.encoding, m.parts, m.attempts,
              told.departments, told.contracts, told.milestones, m.text
       FROM message m JOIN template_version v ON v.id = m.template_version_id
         CROSS JOIN LATERAL (
           SELECT string_agg(a.department_id::text, E'\\n') AS departments, string_agg(c.reference, E'\\n') AS contracts,
                  string_agg(s.code, E'\\n') AS milestones
           FROM alert a JOIN contract c ON c.id = a.contract_id JOIN milestone s ON s.id = a.milestone_id
           WHERE a.message_id = m.id AND ($1::uuid[] IS NULL OR a.department_id = ANY($1))) told
       WHERE ${where} ORDER BY m.id DESC`,
      parameters,
    };
  }

  async reader(): Promise<(row: ExportRow) => ExportLine> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const codes = await this.departmentCodes();
    return (row) => ({
      message_id: row.id,
      frozen_at: zonedIso(row.serviceTime, timeZone),
      due_at: zonedIso(row.dueAt, timeZone),
      status: row.status,
      status_text: messageWords[row.status].en,
      reason: row.reason,
      reason_detail: explain(this.providers, row.provider, row.reason, row.reasonOrigin),
      provider: row.provider,
      sender: row.sender,
      number: this.masked.messageNumber(row.id, row.numberSealed),
      country: row.country,
      locale: row.locale,
      template: row.templateKey,
      template_version: row.templateVersion,
      encoding: row.encoding,
      parts: row.parts,
      attempts: row.attempts,
      departments: eachOnce(row.departments, (id) => codes.get(id) ?? id),
      contracts: eachOnce(row.contracts),
      milestones: eachOnce(row.milestones),
      text: row.text,
    });
  }

  private async departmentCodes(): Promise<Map<string, string>> {
    const rows = await this.database.rows<{ id: string; code: string }>(`SELECT id, code FROM department`);
    return new Map(rows.map((row) => [row.id, row.code]));
  }
}

/** What a line break parts becomes one cell; nearly every message stands for one alert. */
function eachOnce(lines: string | null, named: (line: string) => string = (line) => line): string | null {
  if (lines === null) return null;
  if (!lines.includes('\n')) return named(lines);
  return [...new Set(lines.split('\n').map(named))].sort().join('; ');
}
