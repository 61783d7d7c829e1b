import { Get, Query, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ContractList, contractSearchQuery, contractSorts } from '../../../core/contracts/contract-list.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { addressOf, departmentChoices, kindChoices, stateChoices, stateTones } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { translate } from '../words/words.js';

const sortWords = { newest: 'sortNewest', ends: 'sortEnds', reference: 'sortReference' } as const;

@ConsolePage('console/contracts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class ContractListPages {
  constructor(
    private readonly contracts: ContractList,
    private readonly departments: DepartmentsService,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async list(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Query() sent: unknown,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const query = contractSearchQuery.parse(sent);
    const { items, nextCursor } = await this.contracts.searchPage(caller, query);
    const { after, ...filters } = query;
    const filtered = Boolean(query.q ?? query.state ?? query.kind ?? query.departmentId);
    return page('contracts/list', 'contracts.title', {
      query,
      filtered,
      items: items.map((item) => ({ ...item, tone: stateTones[item.state] })),
      count: items.length,
      next: nextCursor && addressOf('/console/contracts', { ...filters, after: nextCursor }),
      first: after && addressOf('/console/contracts', filters),
      kinds: kindChoices(locale),
      states: stateChoices(locale),
      departments: departmentChoices(await this.departments.list(caller), locale),
      sorts: contractSorts.map((sort) => ({
        value: sort,
        text: translate(locale, `contracts.${sortWords[sort]}`),
      })),
      mayRegister: caller.role !== 'auditor',
    });
  }
}
