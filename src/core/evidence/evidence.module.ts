import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { MessagesModule } from '../log/messages.module.js';
import { TransparencyModule } from '../transparency/transparency.module.js';
import { ContractLeaves } from './contract-leaves.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidencePacks } from './evidence-packs.js';

@Module({
  imports: [ContractsModule, MessagesModule, TransparencyModule],
  controllers: [EvidenceController],
  providers: [ContractLeaves, EvidencePacks],
  exports: [EvidencePacks],
})
export class EvidenceModule {}
