import { Get, Param, Req } from '@nestjs/common';
import { AccountRecords } from '../../accounts/account-records.js';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ContractReader } from '../../../core/contracts/contract.reader.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { movesFrom } from '../../../core/contracts/lifecycle.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { TimelineService } from '../../../core/log/timeline.service.js';
import { stateTones } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { Locale } from '../../../platform/words/words.js';
import { ContractInPage } from './contract-in-page.js';
import { historyShown } from './history-shown.js';
import { milestonesShown } from './milestones-shown.js';

/** One contract: what was planned and what came of it, whom it tells, and who changed what. */
@ConsolePage('console/contracts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class ContractPages {
  constructor(
    private readonly contracts: ContractInPage,
    private readonly timelines: TimelineService,
    private readonly reader: ContractReader,
    private readonly names: AccountRecords,
    private readonly writer: PageWriter,
  ) {}

  @Get(':id')
  async show(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const { contract, department, officer, recordable, today } = await this.contracts.of(caller, id);
    const milestones = milestonesShown(contract, await this.timelines.of(caller, id));
    const changes = await this.reader.historyOf(contract.id);
    const names = {
      actors: await this.names.namesOfActors(changes.map((change) => change.actor)),
      milestones: milestoneNames(contract, locale),
      others: await this.contracts.names(caller, locale),
    };
    const mayChange = caller.role !== 'auditor';
    return page('contracts/show', `${contract.reference} ${contract.title}`, {
      contract,
      department,
      officer,
      tone: stateTones[contract.state],
      milestones: milestones.map((milestone) => ({
        ...milestone,
        record:
          mayChange &&
          contract.state !== 'draft' &&
          recordable.some(({ code }) => code === milestone.code) &&
          milestone.occurredOn === null,
      })),
      others: mayChange && contract.state !== 'draft' ? recordable : [],
      moves: mayChange ? movesFrom(contract.state) : [],
      changes: historyShown(changes, names, locale),
      mayChange,
      today,
    });
  }
}

function milestoneNames({ milestones }: ContractView, locale: Locale): Map<string, string> {
  return new Map(milestones.map(({ code, name }) => [code, name?.[locale] ?? code]));
}
