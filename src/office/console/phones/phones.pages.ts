import { Body, Get, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ServiceClock } from '../../../platform/clock/service-clock.js';
import { SandboxService } from '../../../core/sandbox/sandbox.service.js';
import { ConsolePage } from '../console-page.js';
import { Form, parsed } from '../form.js';
import { z } from 'zod';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';

const moveTo = z.object({ on: z.iso.date() });

/** As many as a person looks through. */
const shownTexts = 200;

/** The sandbox: what arrived on which phone, and the clock. */
@ConsolePage('console/phones')
@Allow('officer', 'manager', 'admin', 'auditor')
export class PhonesPages {
  constructor(
    private readonly sandbox: SandboxService,
    private readonly clock: ServiceClock,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  show(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.phones(caller);
  }

  /** To the end of a day: what falls due on the way goes out. */
  @Post('clock')
  @Allow('admin')
  async move(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const { on } = parsed(moveTo, { on: form.text('on') });
      await this.sandbox.advanceTo(await this.sandbox.endOf(on));
      return redirect('/console/phones', 'clock-moved');
    } catch (error) {
      return this.phones(caller, form.text('on'), await this.writer.problem(request, error));
    }
  }

  private async phones(caller: Caller, on?: string, problem?: ShownProblem): Promise<PageAnswer> {
    const texts = await this.sandbox.newest(shownTexts);
    const phones = new Map<string, typeof texts>();
    for (const text of texts) phones.set(text.to, [...(phones.get(text.to) ?? []), text]);
    const now = await this.sandbox.now();
    return page(
      'phones',
      'phones.title',
      {
        phones: [...phones].map(([number, received]) => ({ number, received })),
        now,
        on: on ?? now.slice(0, 10),
        running: (await this.clock.stoppedAt()) === null,
        mayMove: caller.role === 'admin',
        problem,
      },
      { status: problem?.status ?? 200 },
    );
  }
}
