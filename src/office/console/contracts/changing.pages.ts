import { Body, Get, Param, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import {
  type ContractPatch,
  contractPatchSchema,
  moveSchema,
  newOccurrenceSchema,
} from '../../../core/contracts/contract.schema.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { ContractsService } from '../../../core/contracts/contracts.service.js';
import { type Move, moves } from '../../../core/contracts/lifecycle.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { ConsolePage } from '../console-page.js';
import { Form, isFromHtmx, ownAddress, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { isMendable, type ShownProblem } from '../problem-words.js';
import { amountOf, onFields } from './contract-form.js';
import { ContractInPage } from './contract-in-page.js';
import { differenceShown, type ShownDifference } from './difference-shown.js';
import { FormChoices } from './form-choices.js';
import { Today } from './today.js';

const moveParam = z.enum(moves);

interface Shown {
  values: Record<string, string>;
  problem?: ShownProblem;
  difference?: ShownDifference;
}

/** Changing a contract: its dates and details, its state, and what happened. The difference is shown before it is saved. */
@ConsolePage('console/contracts/:id')
@Allow('officer', 'manager', 'admin')
export class ChangingPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly inPage: ContractInPage,
    private readonly choices: FormChoices,
    private readonly days: Today,
    private readonly writer: PageWriter,
  ) {}

  @Get('change')
  async form(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    const { contract } = await this.inPage.of(caller, id);
    return this.changePage(request, caller, id, { values: valuesOf(contract) });
  }

  /** `step` is `preview` until the person has seen the difference and saves. */
  @Post('change')
  async change(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const saving = form.text('step') === 'save' && !isFromHtmx(request);
    try {
      const patch = await this.patchOf(form);
      const how = { dryRun: !saving, ifVersion: Number(form.text('version') ?? NaN) || null };
      const view = await this.contracts.amend(caller, id, patch, how);
      if (saving) return redirect(`/console/contracts/${id}`, 'amended');
      const difference = differenceShown(view, await this.days.today());
      if (isFromHtmx(request)) return page('contracts/difference', '', { difference }, { fragment: true });
      return await this.changePage(request, caller, id, { values: form.values(), difference });
    } catch (error) {
      const problem = onFields(await this.writer.problem(request, error));
      if (isFromHtmx(request)) return page('contracts/difference', '', { problem }, { fragment: true });
      return this.changePage(request, caller, id, { values: form.values(), problem });
    }
  }

  @Get('move/:move')
  async moveForm(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('move', { schema: moveParam }) move: Move,
  ): Promise<PageAnswer> {
    return this.movePage(request, caller, id, move, { on: await this.days.today() });
  }

  @Post('move/:move')
  async move(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('move', { schema: moveParam }) move: Move,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    if (form.text('step') !== 'save') return this.movePage(request, caller, id, move, form.values());
    try {
      await this.contracts.move(
        caller,
        id,
        move,
        parsed(moveSchema, { on: form.text('on'), reason: form.text('reason') }),
        { dryRun: false },
      );
      return redirect(`/console/contracts/${id}`, 'moved');
    } catch (error) {
      if (!isMendable(error)) throw error;
      return this.movePage(request, caller, id, move, form.values());
    }
  }

  @Post('occurrences')
  async record(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const occurrence = parsed(newOccurrenceSchema, {
      occurredOn: form.text('occurredOn'),
      note: form.text('note'),
    });
    await this.contracts.recordOccurrence(caller, id, form.text('code') ?? '', occurrence, { dryRun: false });
    // From a work list, back to it: there are more to record.
    return redirect(ownAddress(form.text('next'), `/console/contracts/${id}`), 'recorded');
  }

  private async changePage(
    request: PageRequest,
    caller: Caller,
    id: string,
    shown: Shown,
  ): Promise<PageAnswer> {
    const { contract } = await this.inPage.of(caller, id);
    const locale = await this.writer.localeOf(request);
    const choices = await this.choices.of(caller, locale, contract.officerId);
    return page(
      'contracts/change',
      'contracts.changeDates',
      { contract, ...shown, ...choices },
      { status: shown.problem?.status ?? 200 },
    );
  }

  /** The move is rehearsed for the page, so that whoever confirms it has seen what it does. */
  private async movePage(
    request: PageRequest,
    caller: Caller,
    id: string,
    move: Move,
    values: Record<string, string>,
  ): Promise<PageAnswer> {
    const { contract, today } = await this.inPage.of(caller, id);
    let difference: ShownDifference | undefined;
    let problem: ShownProblem | undefined;
    try {
      const body = parsed(moveSchema, { on: values['on'], reason: values['reason'] || undefined });
      difference = differenceShown(
        await this.contracts.move(caller, id, move, body, { dryRun: true }),
        today,
      );
    } catch (error) {
      problem = await this.writer.problem(request, error);
    }
    return page(
      'contracts/move',
      `contracts.move-${move}`,
      { contract, move, values, difference, problem },
      { status: problem?.status ?? 200 },
    );
  }

  private async patchOf(form: Form): Promise<ContractPatch> {
    const amount = amountOf(form);
    return parsed(contractPatchSchema, {
      title: form.text('title'),
      departmentId: form.text('departmentId'),
      officerId: form.text('officerId') ?? null,
      signedOn: form.text('signedOn') ?? null,
      startsOn: form.text('startsOn') ?? null,
      endsOn: form.text('endsOn') ?? null,
      liabilityEndsOn: form.text('liabilityEndsOn') ?? null,
      value:
        amount === undefined
          ? null
          : { amount, currency: form.text('currency') ?? (await this.choices.currency()) },
      amendedOn: form.text('amendedOn'),
      reason: form.text('reason'),
    });
  }
}

function valuesOf(contract: ContractView): Record<string, string> {
  const { title, departmentId, officerId, signedOn, startsOn, endsOn, liabilityEndsOn, value, version } =
    contract;
  return Object.fromEntries(
    Object.entries({
      title,
      departmentId,
      officerId,
      signedOn,
      startsOn,
      endsOn,
      liabilityEndsOn,
      amount: value?.amount,
      currency: value?.currency,
      version,
    }).map(([name, of]) => [name, of === null || of === undefined ? '' : String(of)]),
  );
}
