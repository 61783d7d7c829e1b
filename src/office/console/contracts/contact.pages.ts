import { Body, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ContactsService } from '../../../core/contracts/contacts.service.js';
import {
  contactPatchSchema,
  newContactSchema,
  newCounterpartySchema,
} from '../../../core/contracts/contract.schema.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { notFound } from '../../../platform/app-error.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { ConsolePage } from '../console-page.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import { contactBody, onFields } from './contract-form.js';
import { ContractInPage } from './contract-in-page.js';
import { differenceShown } from './difference-shown.js';
import { contactChoices } from './form-choices.js';

type Contact = ContractView['counterparties'][number]['contacts'][number];

/** The people who are told: added, changed and removed, each with its reason. */
@ConsolePage('console/contracts/:id/contacts')
@Allow('officer', 'manager', 'admin')
export class ContactPages {
  constructor(
    private readonly contacts: ContactsService,
    private readonly inPage: ContractInPage,
    private readonly writer: PageWriter,
  ) {}

  @Get('new')
  async blank(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Query('to') to: unknown,
  ): Promise<PageAnswer> {
    return this.newPage(request, caller, id, {
      to: typeof to === 'string' ? to : '',
      country: 'KR',
      locale: 'ko',
    });
  }

  @Post('new')
  async add(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const to = form.text('to');
      if (to) {
        await this.contacts.addContact(
          caller,
          id,
          parsed(idParam, to),
          parsed(newContactSchema, contactBody(form)),
          { dryRun: false },
        );
        return redirect(`/console/contracts/${id}`, 'contact-added');
      }
      const party = {
        name: form.text('companyName'),
        registrationNumber: form.text('registrationNumber'),
        country: form.text('country')?.toUpperCase(),
        contacts: form.has('phone') || form.has('contactName') ? [contactBody(form)] : [],
      };
      await this.contacts.addCounterparty(caller, id, parsed(newCounterpartySchema, party), {
        dryRun: false,
      });
      return redirect(`/console/contracts/${id}`, 'counterparty-added');
    } catch (error) {
      return this.newPage(request, caller, id, form.values(), await this.mendable(request, error));
    }
  }

  @Get(':contactId')
  async form(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('contactId', { schema: idParam }) contactId: string,
  ): Promise<PageAnswer> {
    const { contact } = await this.found(caller, id, contactId);
    return this.changePage(request, caller, id, contactId, {
      contactRole: contact.role ?? '',
      locale: contact.locale,
      legalBasis: contact.legalBasis,
      legalBasisOn: contact.legalBasisOn ?? '',
    });
  }

  /** Blank fields stay as they are: a name and a number are shown masked, and nobody has to type them again. */
  @Post(':contactId')
  async change(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('contactId', { schema: idParam }) contactId: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const patch = parsed(contactPatchSchema, {
        ...Object.fromEntries(Object.entries(contactBody(form)).filter(([, value]) => value !== undefined)),
        reason: form.text('reason'),
      });
      await this.contacts.changeContact(caller, id, contactId, patch, { dryRun: false });
      return redirect(`/console/contracts/${id}`, 'contact-changed');
    } catch (error) {
      return this.changePage(
        request,
        caller,
        id,
        contactId,
        form.values(),
        await this.mendable(request, error),
      );
    }
  }

  @Get(':contactId/remove')
  async ask(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('contactId', { schema: idParam }) contactId: string,
  ): Promise<PageAnswer> {
    const { contract, contact, today } = await this.found(caller, id, contactId);
    const view = await this.contacts.removeContact(caller, id, contactId, null, { dryRun: true });
    return page('contracts/remove-contact', 'contracts.removeContact', {
      contract,
      contact,
      difference: differenceShown(view, today),
    });
  }

  @Post(':contactId/remove')
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('contactId', { schema: idParam }) contactId: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    await this.contacts.removeContact(caller, id, contactId, new Form(body).text('reason') ?? null, {
      dryRun: false,
    });
    return redirect(`/console/contracts/${id}`, 'contact-removed');
  }

  private async newPage(
    request: PageRequest,
    caller: Caller,
    id: string,
    values: Record<string, string>,
    problem?: ShownProblem,
  ) {
    const { contract } = await this.inPage.of(caller, id);
    const party = contract.counterparties.find((one) => one.id === values['to']) ?? null;
    const choices = contactChoices(await this.writer.localeOf(request));
    return page(
      'contracts/new-contact',
      party ? 'contracts.addContact' : 'contracts.addCounterparty',
      { contract, party, values, problem, ...choices },
      { status: problem?.status ?? 200 },
    );
  }

  private async changePage(
    request: PageRequest,
    caller: Caller,
    id: string,
    contactId: string,
    values: Record<string, string>,
    problem?: ShownProblem,
  ) {
    const { contract, contact } = await this.found(caller, id, contactId);
    const choices = contactChoices(await this.writer.localeOf(request));
    return page(
      'contracts/change-contact',
      'contracts.changeContact',
      { contract, contact, values, problem, ...choices },
      { status: problem?.status ?? 200 },
    );
  }

  private async found(
    caller: Caller,
    id: string,
    contactId: string,
  ): Promise<{ contract: ContractView; contact: Contact; today: string }> {
    const { contract, today } = await this.inPage.of(caller, id);
    const contact = contract.counterparties
      .flatMap((party) => party.contacts)
      .find((one) => one.id === contactId && !one.removedAt);
    if (!contact) throw notFound('contact');
    return { contract, contact, today };
  }

  private async mendable(request: PageRequest, error: unknown): Promise<ShownProblem> {
    return onFields(await this.writer.problem(request, error));
  }
}
