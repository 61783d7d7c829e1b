import { Body, Controller, Get, Post } from '@nestjs/common';
import { Answers } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { evidenceView, type OpeningBody, openingSchema } from './evidence.schema.js';
import { EvidencePacks } from './evidence-packs.js';

/** EvidenceController gives whoever may read the log of a contract all of it with its proofs; numbers are for auditors alone. */
@Controller('contracts/:id/evidence')
@Allow('officer', 'manager', 'admin', 'auditor')
export class EvidenceController {
  constructor(private readonly packs: EvidencePacks) {}

  @Get()
  @Answers(200, evidenceView, 'The evidence pack of a contract, to be checked without us; each is journalled')
  pack(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.packs.file(caller, id, null);
  }

  @Post()
  @Allow('auditor')
  @Answers(200, evidenceView, 'The same with the numbers opened; the journal keeps the reason')
  opened(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: openingSchema }) { reason }: OpeningBody,
  ) {
    return this.packs.file(caller, id, reason);
  }
}
