import { Get } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { Id } from '../../../platform/http/query.schema.js';
import { ContractNotices } from '../../register/contract-notice.js';
import { ConsolePage } from '../console-page.js';
import { page, Visit, Visiting } from '../visit.js';

/** NoticePages show what goes into a contract's papers: one printed page in both languages. */
@ConsolePage('console/contracts/:id/notice')
@Allow('officer', 'manager', 'admin', 'auditor')
export class NoticePages {
  constructor(private readonly notices: ContractNotices) {}

  @Get()
  async notice(@Visiting() { caller, request }: Visit, @Id() id: string) {
    return page('contracts/notice', 'notice.title', {
      ...(await this.notices.noticeOf(caller, id, request)),
      contractId: id,
    });
  }
}
