import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../core/access/rules.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { daySchema } from '../../core/calendar/calendar.schema.js';
import { sandboxEndings } from '../../core/providers/sandbox/sandbox.provider.js';
import { SandboxService } from '../../core/sandbox/sandbox.service.js';
import { Mails } from '../mail/mails.service.js';
import { ConsolePage } from './console-page.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from './visit.js';
import { groupedBy } from '../../platform/grouped-by.js';

const moveTo = z.object({ on: daySchema });

/** A person does not look through more texts than these. */
const shownTexts = 200;
const shownMails = 40;

/** PhonesPages show the sandbox: what arrived on which phone, and the clock. */
@ConsolePage('console/phones')
@Allow('officer', 'manager', 'admin', 'auditor')
export class PhonesPages {
  constructor(
    private readonly sandbox: SandboxService,
    private readonly clock: ServiceClock,
    private readonly mails: Mails,
  ) {}

  @Get()
  async show(@Visiting() { caller, form, shown }: Visit) {
    const texts = await this.sandbox.newest(shownTexts);
    const phones = groupedBy(texts, ({ to }) => to);
    const now = await this.sandbox.now();
    return page('phones', 'navigation.phones', {
      phones: [...phones].map(([number, received]) => ({ number, received })),
      now,
      on: form.text('on') ?? now.slice(0, 10),
      running: (await this.clock.stoppedAt()) === null,
      mayMove: caller.role === 'admin',
      endings: sandboxEndings,
      // A mail may hold a link that opens an account.
      mails: caller.role === 'admin' ? await this.mails.newest(shownMails) : [],
      problem: shown.problem,
    });
  }

  /** Moves the clock on to the end of a day; what falls due on the way goes out. */
  @Post('clock')
  @Allow('admin')
  @ShownAgainBy('show')
  async move(@Visiting() { form }: Visit) {
    await this.sandbox.advanceTo(await this.sandbox.endOf(form.read(moveTo).on));
    return redirect('/console/phones', 'clock-moved');
  }
}
