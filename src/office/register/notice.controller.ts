import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Answers } from '../../platform/http/answers.js';
import { Id, wordsView } from '../../platform/http/query.schema.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { ownOrigin } from '../accounts/session-cookie.js';
import { noticeOf, qrPicture } from './contract-notice.js';

const noticeView = z
  .object({
    reference: z.string(),
    address: z
      .string()
      .meta({ description: 'Where anybody may see what was promised and kept for this contract.' }),
    title: wordsView,
    text: wordsView,
    qr: z.string().meta({ description: 'The address as a QR code: an SVG.' }),
  })
  .meta({ id: 'ContractNotice' });

/** NoticeController gives programs that print a contract's papers what goes into them. */
@Controller('contracts/:id/notice')
@Allow('officer', 'manager', 'admin', 'auditor')
export class NoticeController {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly contracts: ContractReader,
    private readonly settings: SettingsService,
  ) {}

  @Get()
  @Answers(200, noticeView, 'A notice for the papers of a contract')
  async notice(@CurrentCaller() caller: Caller, @Id() id: string, @Req() request: FastifyRequest) {
    const { reference } = await this.contracts.requireVisible(caller, id);
    const { value: agency } = await this.settings.agency();
    const notice = noticeOf(reference, agency.name, ownOrigin(request, this.config.publicUrl));
    return { ...notice, qr: qrPicture(notice) };
  }
}
