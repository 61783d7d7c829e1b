import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { Id, wordsView } from '../../platform/http/query.schema.js';
import { ContractNotices, qrPicture } from './contract-notice.js';

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
  constructor(private readonly notices: ContractNotices) {}

  @Get()
  @Answers(200, noticeView, 'A notice for the papers of a contract')
  async notice(@CurrentCaller() caller: Caller, @Id() id: string, @Req() request: FastifyRequest) {
    const notice = await this.notices.noticeOf(caller, id, request);
    return { ...notice, qr: qrPicture(notice) };
  }
}
