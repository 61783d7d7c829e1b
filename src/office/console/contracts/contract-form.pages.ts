import { Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import {
  contactPatchSchema,
  type ContractPatch,
  contractPatchSchema,
  moveSchema,
  newContactSchema,
  type NewContract,
  newContractSchema,
  newCounterpartySchema,
  removalQuery,
} from '../../../core/contracts/contract.schema.js';
import { ContractsService, type Edit } from '../../../core/contracts/contracts.service.js';
import { type Move, moves } from '../../../core/contracts/lifecycle.js';
import { Id } from '../../../platform/http/query.schema.js';
import { contactChoices, FormChoices } from '../choices.js';
import { readAmount } from '../../imports/sheet/values.js';
import { ConsolePage } from '../console-page.js';
import { Form, type ShownProblem } from '../form.js';
import { fragment, page, redirect, ShownAgainBy, Submits, Visit, Visiting } from '../visit.js';
import { ContractInPage } from './contract.pages.js';
import { differenceShown, PlanShown } from './plan-shown.js';
import { Database } from '../../../platform/database/database.js';
import { ContactsService } from '../../../core/contracts/contacts.service.js';
import { notFound } from '../../../platform/app-error.js';
import { hasWords } from '../../../platform/words/words.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';

/** A question on the contract's page proposes this day. */
const dayGiven = z.object({ on: z.iso.date().optional() });

const MoveOf = () => Param('move', { schema: z.enum(moves) });

/** ChangingPages change a contract: its dates, its details and its state. They show the difference before it is saved. */
@ConsolePage('console/contracts/:id')
@Allow('officer', 'manager', 'admin')
export class ChangingPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly inPage: ContractInPage,
    private readonly choices: FormChoices,
  ) {}

  @Get('change')
  async form(@Visiting() visit: Visit, @Id() id: string) {
    visit.fill(valuesOf(await this.inPage.contract(visit, id)));
    return this.changePage(visit, id);
  }

  /** `step` is `preview` until the person has seen the difference and saves. */
  @Post('change')
  @ShownAgainBy('changePage')
  async change(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, form } = visit;
    const saving = form.text('step') === 'save' && !visit.isFromHtmx;
    const ifVersion = form.whole('version') ?? null;
    const patch = contractPatchOf(form, await this.choices.currency());
    const edit = { caller, id, dryRun: !saving, ifVersion, unasked: saving && !hasConfirmed(form) };
    const view = await this.contracts.amend(edit, patch);
    if (saving) return redirect(`/console/contracts/${id}`, doneBy(view, 'amended'));
    visit.shown = { values: form.values(), found: differenceShown(view, await this.inPage.today()) };
    return this.changePage(visit, id);
  }

  @Get('move/:move')
  async moveForm(@Visiting() visit: Visit, @Id() id: string, @MoveOf() move: Move) {
    const { on = await this.inPage.today() } = visit.query(dayGiven);
    return this.movePage(visit, id, move, { on });
  }

  @Post('move/:move')
  @Submits()
  move(@Visiting() visit: Visit, @Id() id: string, @MoveOf() move: Move) {
    return visit.submit(
      async (form) => {
        if (form.text('step') !== 'save') return this.movePage(visit, id, move, form.values());
        const edit = { caller: visit.caller, id, dryRun: false, unasked: !hasConfirmed(form) };
        const view = await this.contracts.move(edit, move, form.read(moveSchema));
        return redirect(`/console/contracts/${id}`, doneBy(view, 'moved'));
      },
      ({ values, problem }) => this.movePage(visit, id, move, values, problem),
    );
  }

  /** Shows the form, with the difference where a preview found one. */
  async changePage(visit: Visit, id: string) {
    const shown = { ...onFields(visit.shown), difference: visit.shown.found };
    if (visit.isFromHtmx) return fragment('contracts/difference', shown);
    const contract = await this.inPage.contract(visit, id);
    const choices = await this.choices.forContract(visit, contract.officerId);
    return page('contracts/change', 'contracts.changeDates', { contract, ...shown, ...choices });
  }

  /** Rehearses the move for its page, so that whoever confirms it has seen what it does. */
  private async movePage(
    visit: Visit,
    id: string,
    move: Move,
    values: Record<string, string>,
    problem?: ShownProblem,
  ) {
    const contract = await this.inPage.contract(visit, id);
    const rehearse = async () => {
      const body = new Form(values).read(moveSchema);
      const view = await this.contracts.move({ caller: visit.caller, id, dryRun: true }, move, body);
      return { difference: differenceShown(view, await this.inPage.today()) };
    };
    const found = await rehearse().catch((error: unknown) => ({ problem: visit.problem(error) }));
    return page('contracts/move', `contracts.move-${move}`, { contract, move, values, problem, ...found });
  }
}

/** RegisteringPages register a contract, and draw its plan before anything is saved. */
@ConsolePage('console/contracts/new')
@Allow('officer', 'manager', 'admin')
export class RegisteringPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly database: Database,
    private readonly choices: FormChoices,
    private readonly plans: PlanShown,
  ) {}

  @Get()
  blank(@Visiting() visit: Visit) {
    const { departmentId, officerId } = visit.caller;
    visit.fill({ departmentId: departmentId ?? '', officerId: officerId ?? '', country: 'KR', locale: 'ko' });
    return this.form(visit);
  }

  /** Draws the plan while somebody types, by htmx; without script, by a button of the form. */
  @Post('plan')
  @Submits()
  async plan(@Visiting() visit: Visit) {
    const form = await this.withDepartment(visit);
    const plan = await this.planned(visit, form);
    if (visit.isFromHtmx) return fragment('contracts/plan', { plan });
    visit.fill(form.values());
    return this.form(visit, plan);
  }

  @Post()
  @Submits()
  register(@Visiting() visit: Visit) {
    return visit.submit(
      async () => {
        const input = newContractOf(await this.withDepartment(visit), await this.choices.currency());
        const how = { caller: visit.caller, dryRun: false, unasked: !hasConfirmed(visit.form) };
        const { id } = await this.contracts.register(how, input);
        return redirect(`/console/contracts/${id}`, 'registered');
      },
      async () => this.form(visit, await this.planned(visit, await this.withDepartment(visit))),
    );
  }

  private async form(visit: Visit, plan?: unknown) {
    const choices = await this.choices.forContract(visit);
    return page('contracts/new', 'contracts.register', { ...onFields(visit.shown), plan, ...choices });
  }

  /** Reads the form; an officer who was chosen without a department brings the department that they are in. */
  private async withDepartment(visit: Visit): Promise<Form> {
    const { form } = visit;
    const officerId = form.text('officerId');
    if (form.has('departmentId') || officerId === undefined) return form;
    const officer = (await this.choices.officersFor(visit)).find(({ value }) => value === officerId);
    return new Form({ ...form.values(), departmentId: officer?.departmentId });
  }

  /** Rehearses the contract, with stand-ins for what only saving asks for. Null while too little is filled in. */
  private async planned(visit: Visit, form: Form) {
    if (!form.has('kind') || !(form.has('signedOn') || form.has('startsOn'))) return null;
    const stoodIn = new Form({
      ...form.values(),
      reference: form.text('reference') ?? 'C-0000-0000',
      title: form.text('title') ?? '-',
      departmentId: form.text('departmentId') ?? (await this.choices.firstDepartment(visit)),
      signedOn: form.text('signedOn') ?? form.text('startsOn'),
    });
    try {
      const input = newContractOf(stoodIn, await this.choices.currency());
      return await this.database.rehearse(async () =>
        this.plans.shown(
          visit,
          await this.contracts.register({ caller: visit.caller, dryRun: false }, input),
        ),
      );
    } catch (error) {
      return onFields({ problem: visit.problem(error) });
    }
  }
}

const toWhom = z.object({ to: z.uuid().optional() });

/**
 * ContactPages add, change and remove the people who are informed, each with a reason. What texts somebody today, or takes
 * a text from somebody, shows the difference before it is saved.
 */
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
      difference: visit.shown.found,
      ...contactChoices(visit),
    });
  }

  /** Adds a contact to the counterparty named by `to`; without it, a counterparty. */
  @Post('new')
  @ShownAgainBy('blank')
  async add(@Visiting() visit: Visit, @Id() id: string) {
    const { form } = visit;
    const { to } = form.read(toWhom);
    const add = (edit: Edit) =>
      to
        ? this.contacts.addContact(edit, to, parsed(newContactSchema, contactBody(form)))
        : this.contacts.addCounterparty(edit, parsed(newCounterpartySchema, counterpartyBody(form)));
    const saved = await this.saved(visit, id, add);
    if (!saved) return this.blank(visit, id);
    return redirect(`/console/contracts/${id}`, doneBy(saved, to ? 'contact-added' : 'counterparty-added'));
  }

  @Get(':contactId')
  async form(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const found = await this.requireContact(visit, id, contactId);
    const { role, locale, legalBasis, legalBasisOn } = found.contact;
    visit.fill({
      contactRole: role && !hasWords(`positions.${role}`) ? role : '',
      locale,
      legalBasis,
      legalBasisOn: legalBasisOn ?? '',
    });
    const { found: difference, ...typed } = onFields(visit.shown);
    const shown = { ...found, ...typed, difference, ...contactChoices(visit) };
    return page('contracts/change-contact', 'contracts.changeContact', shown);
  }

  /** Blank fields stay as they are: a name and a number are shown masked, and nobody has to type them again. */
  @Post(':contactId')
  @ShownAgainBy('form')
  async change(@Visiting() visit: Visit, @Id() id: string, @Id('contactId') contactId: string) {
    const { form } = visit;
    const patch = parsed(contactPatchSchema, { ...contactBody(form), reason: form.text('reason') });
    const change = (edit: Edit) => this.contacts.changeContact(edit, contactId, patch);
    const saved = await this.saved(visit, id, change, form.has('phone') ? contactId : undefined);
    if (!saved) return this.form(visit, id, contactId);
    return redirect(`/console/contracts/${id}`, doneBy(saved, 'contact-changed'));
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
    const view = await this.contacts.removeContact({ caller, id, dryRun: false }, contactId, reason);
    return redirect(`/console/contracts/${id}`, doneBy(view, 'contact-removed'));
  }

  /** Returns null where the difference is to be looked at first. */
  private async saved(
    visit: Visit,
    id: string,
    work: (edit: Edit) => Promise<ContractView>,
    renumbered?: string,
  ): Promise<ContractView | null> {
    const { caller, form } = visit;
    const done = await this.inPage.saveUnlessFelt((dryRun) => work({ caller, id, dryRun }), {
      isSeen: form.text('step') === 'save',
      renumbered,
    });
    if ('saved' in done) return done.saved;
    visit.shown = { values: form.values(), found: done.found };
    return null;
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

/** Names what was done, which is to wait where a second person is asked. */
export function doneBy({ proposal }: ContractView, done: string): string {
  return proposal ? 'proposed' : done;
}

/** Reads a new contract from the fields of its page. */
export function newContractOf(form: Form, currency: string): NewContract {
  return form.read(newContractSchema, {
    value: valueOf(form, currency),
    counterparties: form.has('companyName') || hasContact(form) ? [counterpartyBody(form)] : [],
  });
}

/** Reads a change of a contract: a blank field clears what it held. */
export function contractPatchOf(form: Form, agencyCurrency: string): ContractPatch {
  const value = valueOf(form, form.text('currency') ?? agencyCurrency);
  return form.read(contractPatchSchema, { value: value ?? null });
}

/** Returns the texts of a contract's fields as it has them now, by the names of the page's fields. */
export function valuesOf(contract: ContractView): Record<string, string> {
  const fields = Object.entries({ ...contract, ...contract.value }).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? [] : [[name, String(value ?? '')]],
  );
  return Object.fromEntries(fields) as Record<string, string>;
}

export function counterpartyBody(form: Form) {
  return {
    name: form.text('companyName'),
    registrationNumber: form.text('registrationNumber'),
    country: form.text('country')?.toUpperCase(),
    contacts: hasContact(form) ? [contactBody(form)] : [],
  };
}

export function contactBody(form: Form) {
  return {
    name: form.text('contactName'),
    role: form.text('contactRole'),
    phone: form.text('phone'),
    locale: form.text('locale'),
    legalBasis: form.text('legalBasis'),
    legalBasisOn: form.text('legalBasisOn'),
  };
}

/** Whether somebody has confirmed the days that now stand in the form; see the partial `oddDates`. */
function hasConfirmed(form: Form): boolean {
  const days = ['on', 'signedOn', 'startsOn', 'endsOn'].map((name) => form.text(name) ?? '');
  return form.text('confirmedDates') === days.join('/');
}

function hasContact(form: Form): boolean {
  return form.has('phone') || form.has('contactName');
}

/**
 * Reads the amount as sheets do: full-width digits, `1.5억원`. What cannot be read, or names another currency, is refused
 * as it was written.
 */
function valueOf(form: Form, currency: string): { amount: string; currency: string } | undefined {
  const text = form.text('amount');
  if (text === undefined) return undefined;
  const read = readAmount(text);
  const isIts = read.ok && (read.value.currency ?? currency) === currency;
  return { amount: isIts ? read.value.amount : text, currency };
}

const fieldOfPath: Record<string, string> = {
  'value.amount': 'amount',
  'counterparties[0].name': 'companyName',
  'counterparties[0].registrationNumber': 'registrationNumber',
  'counterparties[0].country': 'country',
  'counterparties[0].contacts[0].phone': 'phone',
  'counterparties[0].contacts[0].name': 'contactName',
  'counterparties[0].contacts[0].legalBasisOn': 'legalBasisOn',
};

/** Names the fields of a form's problem, if there is one, as the page names them. */
export function onFields<S extends { problem?: ShownProblem | undefined }>(shown: S): S {
  const { problem } = shown;
  if (!problem) return shown;
  const named = (path: string) => fieldOfPath[path] ?? path;
  const fields = Object.entries(problem.fields).map(([path, message]) => [named(path), message]);
  const list = problem.list.map(({ path, message }) => ({ path: named(path), message }));
  return {
    ...shown,
    problem: { ...problem, fields: Object.fromEntries(fields) as Record<string, string>, list },
  };
}
