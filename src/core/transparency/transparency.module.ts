import { Module } from '@nestjs/common';
import { LogController } from './log.controller.js';
import { LogTree } from './log-tree.js';
import { Sequencer } from './sequencer.service.js';
import { Witnesses } from './witnesses.service.js';

@Module({
  controllers: [LogController],
  providers: [LogTree, Sequencer, Witnesses],
  exports: [LogTree, Witnesses],
})
export class TransparencyModule {}
