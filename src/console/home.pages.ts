import { Get } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { AlertsService } from '../messages/alerts.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { BrakesService } from '../sending/brakes.service.js';
import { ConsolePage } from './console-page.js';
import { type PageAnswer, page } from './page.js';
import { messageTones } from './tones.js';

/** What needs somebody today. */
@ConsolePage('console')
@Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
export class HomePages {
  constructor(
    private readonly alerts: AlertsService,
    private readonly messages: MessagesService,
    private readonly brakes: BrakesService,
  ) {}

  @Get()
  async home(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    const brakes = (await this.brakes.list()).filter((brake) => brake.releasedAt === null);
    if (caller.role === 'monitor')
      return page('home', 'home.title', { person: caller, brakes, reads: false });
    const planned = await this.alerts.list(caller, { view: 'planned', limit: 6 });
    const sent = await this.messages.list(caller, { limit: 5 });
    return page('home', 'home.title', {
      person: caller,
      brakes,
      reads: true,
      mayRegister: caller.role !== 'auditor',
      planned: planned.items,
      sent: sent.items.map((message) => ({ ...message, tone: messageTones[message.status] })),
    });
  }
}
