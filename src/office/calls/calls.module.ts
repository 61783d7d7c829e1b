import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { TransparencyModule } from '../../core/transparency/transparency.module.js';
import { Timers } from '../../platform/timers.js';
import { Rounds } from '../rounds/rounds.service.js';
import { CallCandidates } from './call-candidates.js';
import { CallFigureReader } from './call-figures.service.js';
import { CallSamples } from './call-samples.service.js';
import { CallsController } from './calls.controller.js';
import { Calls } from './calls.service.js';

/** A checkpoint comes within some seconds of what is laid down. */
const everyMs = 20_000;

@Module({
  imports: [ContractsModule, DepartmentsModule, PlanningModule, SettingsModule, TransparencyModule],
  controllers: [CallsController],
  providers: [CallCandidates, CallFigureReader, Calls, CallSamples],
  exports: [CallFigureReader, Calls],
})
export class CallsModule implements OnApplicationBootstrap {
  constructor(
    private readonly timers: Timers,
    private readonly samples: CallSamples,
    rounds: Rounds,
  ) {
    rounds.join(samples);
  }

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the drawing of calls', () => this.samples.drawDue());
  }
}
