import { Get, Query, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import {
  contractSearchQuery,
  ContractSearch,
  contractSorts,
} from '../../../core/contracts/contract-search.service.js';
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
    private readonly search: ContractSearch,
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
    const { items, next } = await this.search.find(caller, query);
    const { after, ...filters } = query;
    const filtered = Boolean(query.q ?? query.state ?? query.kind ?? query.departmentId);
    return page('contracts/list', 'contracts.title', {
      query,
      filtered,
      items: items.map((item) => ({ ...item, tone: stateTones[item.state] })),
      count: items.length,
      next: next && addressOf('/console/contracts', { ...filters, after: next }),
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
