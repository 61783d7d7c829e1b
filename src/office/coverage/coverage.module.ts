import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SendingModule } from '../../core/sending/sending.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { TextsModule } from '../../core/texts/texts.module.js';
import { TallyModule } from '../../core/tally/tally.module.js';
import { CoverageQuery } from './coverage-query.js';
import { CoverageTally, PausedSending } from './coverage-tally.js';
import { CoverageController } from './coverage.controller.js';
import { CoverageService } from './coverage.service.js';

@Module({
  imports: [DepartmentsModule, MessagesModule, SendingModule, SettingsModule, TallyModule, TextsModule],
  controllers: [CoverageController],
  providers: [CoverageQuery, CoverageService, CoverageTally, PausedSending],
  exports: [CoverageService],
})
export class CoverageModule {}
