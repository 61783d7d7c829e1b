import { Module } from '@nestjs/common';
import { AgencyNumbers } from './agency-numbers.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  controllers: [SettingsController],
  providers: [AgencyNumbers, SettingsService],
  exports: [AgencyNumbers, SettingsService],
})
export class SettingsModule {}
