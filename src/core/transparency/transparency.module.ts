import { Module } from '@nestjs/common';
import { LogController } from './log.controller.js';
import { LogProofs } from './log-proofs.js';
import { LogTree } from './log-tree.js';
import { Sequencer } from './sequencer.service.js';
import { Witnesses } from './witnesses.service.js';

@Module({
  controllers: [LogController],
  providers: [LogProofs, LogTree, Sequencer, Witnesses],
  exports: [LogProofs, LogTree, Witnesses],
})
export class TransparencyModule {}
