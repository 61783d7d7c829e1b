import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { WorkModule } from '../work/work.module.js';
import { LadderController } from './ladder.controller.js';
import { Rounds } from '../rounds/rounds.service.js';
import { LadderMail } from './ladder-mail.js';
import { Ladder, LadderNames } from './ladder.service.js';

@Module({
  imports: [DepartmentsModule, SettingsModule, WorkModule],
  controllers: [LadderController],
  providers: [Ladder, LadderMail, LadderNames],
  exports: [Ladder],
})
export class LadderModule {
  constructor(rounds: Rounds, mail: LadderMail) {
    rounds.join(mail);
  }
}
