import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { LogChecks } from './log-checks.service.js';
import { LogController } from './log.controller.js';
import { LogProofs } from './log-proofs.js';
import { LogTree } from './log-tree.js';
import { Sequencer } from './sequencer.service.js';
import { Witnesses } from './witnesses.service.js';

@Module({
  imports: [SettingsModule],
  controllers: [LogController],
  providers: [LogChecks, LogProofs, LogTree, Sequencer, Witnesses],
  exports: [LogChecks, LogProofs, LogTree],
})
export class TransparencyModule {}
