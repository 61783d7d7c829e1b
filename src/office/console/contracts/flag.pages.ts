import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { closingBody } from '../../../core/flags/flags.schema.js';
import { FlagsService } from '../../../core/flags/flags.service.js';
import { findings } from '../../../core/planning/flag.entity.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { ConsolePage } from '../console-page.js';
import { onFields } from './contract-form.pages.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { ContractInPage } from './contract.pages.js';
import { actorText } from './history.js';

/** FlagPages show an auditor what changes of a contract kept from whom, and close that with a finding. */
@ConsolePage('console/contracts/:id/flags')
@Allow('auditor')
export class FlagPages {
  constructor(
    private readonly inPage: ContractInPage,
    private readonly flags: FlagsService,
    private readonly names: AccountRecords,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit, @Id() id: string) {
    const { locale } = visit;
    const contract = await this.inPage.contract(visit, id);
    const named = new Map(contract.milestones.map(({ code, name }) => [code, name?.[locale] ?? code]));
    const flags = await this.flags.flagsOf(id);
    const actors = await this.names.namesOfActors(
      flags.flatMap((one) => [one.actor, one.closedBy ?? one.actor]),
    );
    const shown = flags.map(({ lost, actor, closedBy, ...flag }) => ({
      ...flag,
      who: actorText(actor, actors, locale),
      closer: closedBy && actorText(closedBy, actors, locale),
      people: new Set(lost.map(({ contactId }) => contactId)).size,
      texts: [...new Set(lost.map(({ code }) => named.get(code) ?? code))].join(', '),
    }));
    const open = [...new Set(shown.filter(({ closedAt }) => closedAt === null).map(({ kind }) => kind))];
    return page('contracts/flags', 'contracts.flags', {
      ...{ contract, flags: shown },
      kinds: visit.choices('contracts.flag-', open),
      findings: visit.choices('contracts.finding-', findings),
      ...onFields(visit.shown),
    });
  }

  /** Closes all open flags of a kind. */
  @Post()
  @ShownAgainBy('list')
  async close(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.flags.close(caller, form.read(closingBody, { contractId: id }));
    return redirect(`/console/contracts/${id}/flags`, 'flags-closed');
  }
}
