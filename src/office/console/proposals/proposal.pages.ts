import { Get, Injectable, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { ContractReader } from '../../../core/contracts/contract.reader.js';
import { ContractViewer } from '../../../core/contracts/contract.view.js';
import { ProposalReader } from '../../../core/proposals/proposal-reader.js';
import {
  approvalBody,
  type ProposalNow,
  proposalsQuery,
  proposalStates,
  type ProposalView,
  refusalBody,
} from '../../../core/proposals/proposal.schema.js';
import { Proposals } from '../../../core/proposals/proposals.service.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { actorText, historyShown, reasonShown } from '../contracts/history.js';
import { lostShown } from '../contracts/plan-shown.js';
import { waysOn } from '../form.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { agencyActShown } from '../settings/agency-act-shown.js';
import { TemplateNames } from '../template-names.js';
import './proposals.words.js';

const path = '/console/proposals';

/** ProposalShown makes proposals what people read: who asks for what, and who is not told because of it. */
@Injectable()
export class ProposalShown {
  constructor(
    private readonly contracts: ContractReader,
    private readonly viewer: ContractViewer,
    private readonly names: AccountRecords,
    private readonly choices: FormChoices,
    private readonly templates: TemplateNames,
    private readonly departments: DepartmentsService,
  ) {}

  /** Shows a list's rows. */
  async rows(visit: Visit, items: ProposalView[]) {
    const actors = await this.names.namesOfActors(items.map(({ proposer }) => proposer));
    return items.map(({ lostPeople, proposer, ...proposal }) => ({
      ...proposal,
      who: actorText(proposer, actors, visit.locale),
      people: lostPeople,
    }));
  }

  /**
   * Shows one. The decider may be of another department: of the contract they see what this change is about, with the
   * names and numbers masked.
   */
  async whole(visit: Visit, proposal: ProposalNow) {
    const { locale } = visit;
    const { contract: of, decidedBy, proposer, at, reason } = proposal;
    const loss = proposal.now ?? proposal;
    const row = of && (await this.contracts.contractOf(of.id));
    const contract = row && (await this.viewer.view(row));
    const sees = await this.departments.sightOf(visit.caller);
    const names = {
      actors: await this.names.namesOfActors([proposer, decidedBy ?? proposer]),
      milestones: new Map(contract?.milestones.map(({ code, name }) => [code, name?.[locale] ?? code])),
      others: await this.choices.namesSeen(visit),
    };
    const template = await this.templates.inWords(locale);
    const lines = proposal.changes.map((line, n) => ({
      ...line,
      id: String(n),
      at,
      actor: proposer,
      reason,
    }));
    return {
      ...proposal,
      reason: reasonShown(reason, locale),
      ofAgency: agencyActShown(proposal, visit, { departments: names.others, template }),
      impossible: proposal.problem !== null,
      seesContract: row !== null && sees(row.departmentId),
      who: actorText(proposer, names.actors, locale),
      decider: decidedBy && actorText(decidedBy, names.actors, locale),
      companies: contract?.counterparties.map(({ name }) => name) ?? [],
      changes: historyShown(lines as Parameters<typeof historyShown>[0], names, locale).reverse(),
      lost: contract && lostShown(contract, loss.lost, loss),
    };
  }
}

/** ProposalPages show changes that wait for a second person, and let that person decide. */
@ConsolePage('console/proposals')
@Allow('officer', 'manager', 'admin', 'auditor')
export class ProposalPages {
  constructor(
    private readonly proposals: Proposals,
    private readonly reader: ProposalReader,
    private readonly shown: ProposalShown,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const query = visit.query(proposalsQuery);
    const { items, nextCursor } = await this.reader.proposalsPage(visit.caller, query);
    return page('proposals/list', 'proposals.title', {
      query,
      ...waysOn(path, query, nextCursor),
      toDecide: await this.shown.rows(visit, await this.reader.toDecide(visit.caller)),
      items: await this.shown.rows(visit, items),
      states: visit.choices('proposals.state-', proposalStates),
    });
  }

  @Get(':id')
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const proposal = await this.reader.proposalNow(visit.caller, id);
    return page('proposals/show', 'proposals.title', {
      proposal: await this.shown.whole(visit, proposal),
      ...visit.shown,
    });
  }

  @Post(':id/approve')
  @Allow('manager', 'admin', 'auditor')
  @ShownAgainBy('show')
  async approve(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.proposals.approve(caller, id, form.read(approvalBody));
    return redirect(`${path}/${id}`, 'proposal-approved');
  }

  @Post(':id/refuse')
  @Allow('manager', 'admin', 'auditor')
  @ShownAgainBy('show')
  async refuse(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.proposals.refuse(caller, id, form.read(refusalBody).reason);
    return redirect(`${path}/${id}`, 'proposal-refused');
  }

  @Post(':id/withdraw')
  @Allow('officer', 'manager', 'admin')
  @ShownAgainBy('show')
  async withdraw(@Visiting() { caller }: Visit, @Id() id: string) {
    await this.proposals.withdraw(caller, id);
    return redirect(`${path}/${id}`, 'proposal-withdrawn');
  }
}
