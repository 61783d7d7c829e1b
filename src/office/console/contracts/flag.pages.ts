import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { assigningBody, closingBody, type Looked, notingBody } from '../../../core/flags/flags.schema.js';
import { FlagsService } from '../../../core/flags/flags.service.js';
import { findings } from '../../../core/planning/flag.entity.js';
import { Holds } from '../../../core/retention/holds.service.js';
import { holdBody } from '../../../core/retention/retention.schema.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { ConsolePage } from '../console-page.js';
import { ownAddress } from '../form.js';
import { onFields } from './contract-form.pages.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { ContractInPage } from './contract.pages.js';
import { actorText, changedText, namedBy, reasonShown } from './history.js';
import { FormChoices } from '../choices.js';
import '../flags.words.js';

/** FlagPages show an auditor the flags of a contract, and let them give these to somebody, note what they learn, and close them. */
@ConsolePage('console/contracts/:id/flags')
@Allow('auditor')
export class FlagPages {
  constructor(
    private readonly inPage: ContractInPage,
    private readonly flags: FlagsService,
    private readonly names: AccountRecords,
    private readonly choices: FormChoices,
    private readonly holds: Holds,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit, @Id() id: string) {
    const { locale } = visit;
    const contract = await this.inPage.contract(visit, id);
    const named = new Map(contract.milestones.map(({ code, name }) => [code, name?.[locale] ?? code]));
    const flags = await this.flags.flagsOf(id);
    const steps = await this.flags.historyOf(id);
    const assignees = await this.flags.assigneesOf(id);
    const actors = await this.names.namesOfActors([
      ...flags.flatMap(namedBy),
      ...steps.flatMap((one) => [one.actor, personOf(one.assignee)]),
      ...[...assignees.values()].map(personOf),
    ]);
    const nameOf = (assignee: string | null) =>
      assignee === null ? visit.t('flags.nobody') : (actors.get(personOf(assignee)) ?? assignee);
    const others = await this.choices.namesSeen(visit);
    const shown = flags.map(({ lost, actor, closedBy, ...flag }) => ({
      ...flag,
      changed: changedText(flag, { actors, others, milestones: named }, locale),
      reason: reasonShown(flag.reason, locale),
      who: actorText(actor, actors, locale),
      approver: flag.approvedBy && actorText(flag.approvedBy, actors, locale),
      closer: closedBy && actorText(closedBy, actors, locale),
      people: new Set(lost.map(({ contactId }) => contactId)).size,
      texts: [...new Set(lost.map(({ code }) => named.get(code) ?? code))].join(', '),
    }));
    // Those that are open come first, to be chosen.
    const openFirst = shown.toSorted((a, b) => Number(a.closedAt !== null) - Number(b.closedAt !== null));
    const kinds = [...new Set(openFirst.map(({ kind }) => kind))];
    const auditors = await this.names.auditors();
    const { held } = await this.holds.holdOf(id);
    const holders = await this.names.namesOfActors(held ? [held.actor] : []);
    return page('contracts/flags', 'contracts.flags', {
      contract,
      flags: shown,
      self: visit.caller.accountId,
      held: held && { ...held, who: actorText(held.actor, holders, locale) },
      looked: kinds.map((kind) => ({
        kind,
        assignee: assignees.get(kind) ?? null,
        assigned: nameOf(assignees.get(kind) ?? null),
      })),
      history: steps.map((step) => ({
        ...step,
        who: actorText(step.actor, actors, locale),
        did: didOf(step, visit, nameOf),
      })),
      kinds: visit.choices('contracts.flag-', kinds),
      findings: visit.choices('contracts.finding-', findings),
      auditors: auditors.map(({ id: value, name: text }) => ({ value, text })),
      ...onFields(visit.shown),
    });
  }

  /** Notes something about the flags of a kind and, with a finding, closes those that are open. */
  @Post()
  @ShownAgainBy('list')
  async look(@Visiting() { caller, form }: Visit, @Id() contractId: string) {
    if (form.has('finding')) await this.flags.close(caller, form.read(closingBody, { contractId }));
    else await this.flags.note(caller, form.read(notingBody, { contractId }));
    return redirect(pathOf(contractId), form.has('finding') ? 'flags-closed' : 'flags-noted');
  }

  /** Holds the personal data of the contract while somebody looks into it, or ends that. */
  @Post('hold')
  @ShownAgainBy('list')
  async hold(@Visiting() { caller, form }: Visit, @Id() contractId: string) {
    const { reason } = form.read(holdBody);
    if (form.has('release')) await this.holds.release(caller, contractId, reason);
    else await this.holds.hold(caller, contractId, reason);
    return redirect(pathOf(contractId), form.has('release') ? 'hold-ended' : 'held');
  }

  /** Gives the flags of a kind to an auditor; a blank field gives them to nobody. */
  @Post('assign')
  @ShownAgainBy('list')
  async assign(@Visiting() { caller, form }: Visit, @Id() contractId: string) {
    await this.flags.assign(caller, form.read(assigningBody, { contractId }));
    return redirect(ownAddress(form.text('next'), pathOf(contractId)), 'flags-assigned');
  }
}

const pathOf = (contractId: string) => `/console/contracts/${contractId}/flags`;

/** Returns how the log names an auditor by their account. */
const personOf = (accountId: string | null) => `auditor:@${accountId ?? ''}`;

function didOf(
  { what, assignee, finding }: Looked,
  visit: Visit,
  nameOf: (assignee: string | null) => string,
): string {
  return visit.t(`flags.did-${what}`, {
    who: nameOf(assignee),
    finding: finding === null ? '' : visit.t(`contracts.finding-${finding}`),
  });
}
