import { Module } from '@nestjs/common';
import { PlanningModule } from '../planning/planning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { LogChecks } from './log-checks.service.js';
import { LogController } from './log.controller.js';
import { LogProofs } from './log-proofs.js';
import { LogStandings } from './log-standings.js';
import { LogTree } from './log-tree.js';
import { MisfitFlags } from './misfit-flags.js';
import { Sequencer } from './sequencer.service.js';
import { Witnesses } from './witnesses.service.js';

@Module({
  imports: [PlanningModule, SettingsModule],
  controllers: [LogController],
  providers: [LogChecks, LogProofs, LogStandings, LogTree, MisfitFlags, Sequencer, Witnesses],
  exports: [LogProofs, LogStandings, LogTree],
})
export class TransparencyModule {}
