import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { notFound } from '../../platform/app-error.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import { lengthsOfText } from '../texts/lengths.js';
import { AttemptRows } from './attempt-rows.js';
import { attemptViewOf, receiptViewOf } from './attempt-views.js';
import { LogScope } from './log-scope.js';
import { MessageRows } from './message-rows.js';
import type { MessageView } from './message.schema.js';

/** One message with all that is known of it. */
@Injectable()
export class MessageInFull {
  constructor(
    private readonly providers: Providers,
    private readonly settings: SettingsService,
    private readonly scope: LogScope,
    private readonly rows: MessageRows,
    private readonly attempts: AttemptRows,
  ) {}

  /** Throws what an unknown message throws when no alert of it is of a department that the caller sees. */
  async get(caller: Caller, id: string): Promise<MessageView> {
    const seen = await this.scope.seen(caller);
    const [row] = await this.rows.of([id]);
    const [item] = row ? await this.rows.views([row], seen) : [];
    if (!row || !item || (seen !== null && item.alerts.length === 0)) throw notFound('message');
    const { timeZone } = (await this.settings.calendar()).setting;
    const told = (moment: Date | null) => moment && zonedIso(moment, timeZone);
    return {
      ...item,
      finalAt: told(row.finalAt),
      nextAttemptAt: told(row.nextAttemptAt),
      lengths: lengthsOfText(row.text),
      attemptsMade: (await this.attempts.attemptsOf([id])).map((a) =>
        attemptViewOf(a, this.providers, timeZone),
      ),
      receipts: (await this.attempts.receiptsOf([id])).map((r) => receiptViewOf(r, this.providers, timeZone)),
    };
  }
}
