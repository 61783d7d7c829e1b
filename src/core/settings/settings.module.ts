import { Module } from '@nestjs/common';
import { AgencyNumbers } from './agency-numbers.js';
import { SettingActs } from './setting-acts.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  controllers: [SettingsController],
  providers: [AgencyNumbers, SettingActs, SettingsService],
  exports: [AgencyNumbers, SettingActs, SettingsService],
})
export class SettingsModule {}
