import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import type { Page } from '../../platform/paging.js';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { lengthsOfText } from '../texts/lengths.js';
import { AlertsService } from './alerts.service.js';
import { LogFilters, type MessageFilters } from './log-filters.js';
import { MessagePages } from './message-pages.js';
import type { MessageItemView, MessageListQuery, MessageSearch, MessageView } from './log.schema.js';
import { MessageReader, type MessageRow } from './message-reader.js';

/** MessagesService shows the message log, newest first. A page takes a few statements, however many messages it has. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly filters: LogFilters,
    private readonly pages: MessagePages,
    private readonly reader: MessageReader,
    private readonly alerts: AlertsService,
  ) {}

  async list(caller: Caller, query: MessageListQuery): Promise<Page<MessageItemView>> {
    const filters = await this.filters.filtersFor(caller, query);
    return this.shown(await this.pages.page(filters, query), filters);
  }

  /** Throws when the search takes so long that it had better be narrowed. */
  async search(caller: Caller, search: MessageSearch): Promise<Page<MessageItemView>> {
    const filters = await this.filters.filtersFor(caller, search);
    return this.shown(await this.pages.search(filters, search), filters);
  }

  /** Throws what an unknown message throws when no alert of it is of a department that the caller sees. */
  async get(caller: Caller, id: string): Promise<MessageView> {
    const seen = await this.departments.seenBy(caller);
    const [row] = await this.reader.messagesOf([id]);
    const alerts = (await this.alerts.alertsOfMessages([id], seen)).get(id) ?? [];
    if (!row || (seen !== null && alerts.length === 0)) throw notFound('message');
    const { timeZone } = (await this.settings.calendar()).setting;
    const attempts = await this.reader.attemptsOf([id]);
    const receipts = await this.reader.receiptsOf([id]);
    return {
      ...this.reader.viewOfMessage(row, timeZone),
      alerts,
      finalAt: row.finalAt && zonedIso(row.finalAt, timeZone, 'milliseconds'),
      nextAttemptAt: row.nextAttemptAt && zonedIso(row.nextAttemptAt, timeZone, 'milliseconds'),
      lengths: lengthsOfText(row.text ?? ''),
      attemptsMade: attempts.map((attempt) => this.reader.viewOfAttempt(attempt, timeZone)),
      receipts: receipts.map((receipt) => this.reader.viewOfReceipt(receipt, timeZone)),
    };
  }

  private async shown(
    { items, nextCursor }: Page<{ id: string }>,
    { seen }: MessageFilters,
  ): Promise<Page<MessageItemView>> {
    const rows = await this.reader.messagesOf(items.map(({ id }) => id));
    return { items: await this.views(rows, seen), nextCursor };
  }

  private async views(rows: MessageRow[], seen: string[] | null): Promise<MessageItemView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const ids = rows.map(({ id }) => id);
    const alerts = await this.alerts.alertsOfMessages(ids, seen);
    return rows.map((row) => ({
      ...this.reader.viewOfMessage(row, timeZone),
      alerts: alerts.get(row.id) ?? [],
    }));
  }
}
