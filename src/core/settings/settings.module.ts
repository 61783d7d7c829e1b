import { Module } from '@nestjs/common';
import { AgencyChanges } from './agency-changes.service.js';
import { AgencyNumbers } from './agency-numbers.js';
import { SettingActs } from './setting-acts.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  controllers: [SettingsController],
  providers: [AgencyChanges, AgencyNumbers, SettingActs, SettingsService],
  exports: [AgencyChanges, AgencyNumbers, SettingActs, SettingsService],
})
export class SettingsModule {}
