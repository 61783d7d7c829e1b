import { Body, Get, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { type HandedOver, handOverSchema } from '../../handing-over/handing-over.schema.js';
import { HandingOverService } from '../../handing-over/handing-over.service.js';
import { ConsolePage } from '../console-page.js';
import { FormChoices } from '../contracts/form-choices.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';

/** An officer's contracts go to another, counted before they go. */
@ConsolePage('console/settings/hand-over')
@Allow('manager', 'admin')
export class HandOverPages {
  constructor(
    private readonly handingOver: HandingOverService,
    private readonly choices: FormChoices,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  form(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.shown(request, caller, {});
  }

  @Post()
  async handOver(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const wanted = parsed(handOverSchema, {
        from: form.text('from'),
        to: form.text('to'),
        reason: form.text('reason'),
      });
      const dryRun = form.text('step') !== 'save';
      const found = await this.handingOver.handOver(caller, wanted, { dryRun });
      return dryRun
        ? await this.shown(request, caller, form.values(), { found })
        : redirect('/console/settings/hand-over', 'handed-over');
    } catch (error) {
      return this.shown(request, caller, form.values(), {
        problem: await this.writer.problem(request, error),
      });
    }
  }

  private async shown(
    request: PageRequest,
    caller: Caller,
    values: Record<string, string>,
    { found, problem }: { found?: HandedOver; problem?: ShownProblem } = {},
  ): Promise<PageAnswer> {
    const { officers } = await this.choices.of(caller, await this.writer.localeOf(request));
    return page(
      'settings/hand-over',
      'handingOver.title',
      { values, found, problem, officers },
      { status: problem?.status ?? 200 },
    );
  }
}
