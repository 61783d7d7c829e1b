import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { ContactsService } from '../../../core/contracts/contacts.service.js';
import {
  contactPatchSchema,
  newContactSchema,
  newCounterpartySchema,
} from '../../../core/contracts/contract.schema.js';
import { notFound } from '../../../platform/app-error.js';
import { Id, idParam } from '../../../platform/http/query.schema.js';
import { contactChoices } from '../choices.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import { ConsolePage } from '../console-page.js';
import { page, redirect } from '../page.js';
import { type FormShown, Visit, Visiting } from '../visit.js';
import { contactBody, counterpartyBody, onFields } from './contract-form.js';
import { ContractInPage } from './contract.pages.js';
import { differenceShown } from './plan-shown.js';

/** ContactPages add, change and remove the people who are informed, each with a reason. */
@ConsolePage('console/contracts/:id/contacts')
@Allow('officer', 'manager', 'admin')
export class ContactPages {
  constructor(
    private readonly contacts: ContactsService,
    private readonly inPage: ContractInPage,
  ) {}

  @Get('new')
  blank(@Visiting() visit: Visit, @Id() id: string) {
    const { to } = visit.request.query as { to?: unknown };
    return this.newPage(visit, id, {
      values: { to: typeof to === 'string' ? to : '', country: 'KR', locale: 'ko' },
    });
  }

  /** Adds a contact to the counterparty named by `to`; without it, a counterparty. */
  @Post('new')
  add(@Visiting() visit: Visit, @Id() id: string) {
    const edit = { caller: visit.caller, id, dryRun: false };
    return visit.submit(
      async (form) => {
        const to = form.text('to');
        if (to) {
          const contact = parsed(newContactSchema, contactBody(form));
          await this.contacts.addContact(edit, parsed(idParam, to), contact);
          return redirect(`/console/contracts/${id}`, 'contact-added');
        }
        const party = parsed(newCounterpartySchema, counterpartyBody(form));
        await this.contacts.addCounterparty(edit, party);
        return redirect(`/console/contracts/${id}`, 'counterparty-added');
      },
      (again) => this.newPage(visit, id, again),
    );
  }

  @Get(':contactId')
  async form(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const { contact } = await this.requireContact(visit, id, contactId);
    const { role, locale, legalBasis, legalBasisOn } = contact;
    const values = { contactRole: role ?? '', locale, legalBasis, legalBasisOn: legalBasisOn ?? '' };
    return this.changePage(visit, id, contactId, { values });
  }

  /** Blank fields stay as they are: a name and a number are shown masked, and nobody has to type them again. */
  @Post(':contactId')
  change(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    return visit.submit(
      async (form) => {
        const patch = { ...contactBody(form), reason: form.text('reason') };
        const edit = { caller: visit.caller, id, dryRun: false };
        await this.contacts.changeContact(edit, contactId, parsed(contactPatchSchema, patch));
        return redirect(`/console/contracts/${id}`, 'contact-changed');
      },
      (again) => this.changePage(visit, id, contactId, again),
    );
  }

  @Get(':contactId/remove')
  async ask(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const { contract, contact } = await this.requireContact(visit, id, contactId);
    const edit = { caller: visit.caller, id, dryRun: true };
    const view = await this.contacts.removeContact(edit, contactId, null);
    const difference = differenceShown(view, await this.inPage.today());
    return page('contracts/remove-contact', 'contracts.removeContact', { contract, contact, difference });
  }

  @Post(':contactId/remove')
  async remove(@Visiting() { caller, form }: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const reason = form.text('reason') ?? null;
    await this.contacts.removeContact({ caller, id, dryRun: false }, contactId, reason);
    return redirect(`/console/contracts/${id}`, 'contact-removed');
  }

  private async newPage(visit: Visit, id: string, { values, problem }: FormShown) {
    const contract = await this.inPage.contract(visit, id);
    const party = contract.counterparties.find((one) => one.id === values['to']) ?? null;
    const title = party ? 'contracts.addContact' : 'contracts.addCounterparty';
    return page('contracts/new-contact', title, {
      contract,
      party,
      values,
      problem: problem && onFields(problem),
      ...contactChoices(visit),
    });
  }

  private async changePage(visit: Visit, id: string, contactId: string, { values, problem }: FormShown) {
    return page('contracts/change-contact', 'contracts.changeContact', {
      ...(await this.requireContact(visit, id, contactId)),
      values,
      problem: problem && onFields(problem),
      ...contactChoices(visit),
    });
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
