import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import { ContactsService } from '../../../core/contracts/contacts.service.js';
import {
  contactPatchSchema,
  newContactSchema,
  newCounterpartySchema,
  removalQuery,
} from '../../../core/contracts/contract.schema.js';
import { notFound } from '../../../platform/app-error.js';
import { Id } from '../../../platform/http/query.schema.js';
import { contactChoices } from '../choices.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import { ConsolePage } from '../console-page.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { contactBody, counterpartyBody, onFields } from './contract-form.js';
import { ContractInPage } from './contract.pages.js';
import { differenceShown } from './plan-shown.js';

const toWhom = z.object({ to: z.uuid().optional() });

/** ContactPages add, change and remove the people who are informed, each with a reason. */
@ConsolePage('console/contracts/:id/contacts')
@Allow('officer', 'manager', 'admin')
export class ContactPages {
  constructor(
    private readonly contacts: ContactsService,
    private readonly inPage: ContractInPage,
  ) {}

  @Get('new')
  async blank(@Visiting() visit: Visit, @Id() id: string) {
    const { to = '' } = visit.query(toWhom);
    visit.fill({ to, country: 'KR', locale: 'ko' });
    const contract = await this.inPage.contract(visit, id);
    const party = contract.counterparties.find((one) => one.id === visit.shown.values['to']) ?? null;
    return page('contracts/new-contact', party ? 'contracts.addContact' : 'contracts.addCounterparty', {
      contract,
      party,
      ...onFields(visit.shown),
      ...contactChoices(visit),
    });
  }

  /** Adds a contact to the counterparty named by `to`; without it, a counterparty. */
  @Post('new')
  @ShownAgainBy('blank')
  async add(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const edit = { caller, id, dryRun: false };
    const { to } = form.read(toWhom);
    if (to) {
      await this.contacts.addContact(edit, to, parsed(newContactSchema, contactBody(form)));
      return redirect(`/console/contracts/${id}`, 'contact-added');
    }
    await this.contacts.addCounterparty(edit, parsed(newCounterpartySchema, counterpartyBody(form)));
    return redirect(`/console/contracts/${id}`, 'counterparty-added');
  }

  @Get(':contactId')
  async form(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const found = await this.requireContact(visit, id, contactId);
    const { role, locale, legalBasis, legalBasisOn } = found.contact;
    visit.fill({ contactRole: role ?? '', locale, legalBasis, legalBasisOn: legalBasisOn ?? '' });
    const shown = { ...found, ...onFields(visit.shown), ...contactChoices(visit) };
    return page('contracts/change-contact', 'contracts.changeContact', shown);
  }

  /** Blank fields stay as they are: a name and a number are shown masked, and nobody has to type them again. */
  @Post(':contactId')
  @ShownAgainBy('form')
  async change(@Visiting() { caller, form }: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const patch = { ...contactBody(form), reason: form.text('reason') };
    const edit = { caller, id, dryRun: false };
    await this.contacts.changeContact(edit, contactId, parsed(contactPatchSchema, patch));
    return redirect(`/console/contracts/${id}`, 'contact-changed');
  }

  @Get(':contactId/remove')
  async ask(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const found = await this.requireContact(visit, id, contactId);
    const edit = { caller: visit.caller, id, dryRun: true };
    const view = await this.contacts.removeContact(edit, contactId, null);
    const difference = differenceShown(view, await this.inPage.today());
    const shown = { ...found, difference, ...visit.shown };
    return page('contracts/remove-contact', 'contracts.removeContact', shown);
  }

  @Post(':contactId/remove')
  @ShownAgainBy('ask')
  async remove(@Visiting() { caller, form }: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const { reason = null } = form.read(removalQuery.pick({ reason: true }));
    await this.contacts.removeContact({ caller, id, dryRun: false }, contactId, reason);
    return redirect(`/console/contracts/${id}`, 'contact-removed');
  }

  private async requireContact(visit: Visit, id: string, contactId: string) {
    const contract = await this.inPage.contract(visit, id);
    const contact = contract.counterparties
      .flatMap((party) => party.contacts)
      .find((one) => one.id === contactId && !one.removedAt);
    if (!contact) throw notFound('contact');
    return { contract, contact };
  }
}
