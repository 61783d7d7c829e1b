import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { DefaultsController } from './defaults.controller.js';
import { DefaultsService } from './defaults.service.js';
import { SandboxCity, SetupService } from './setup.service.js';

@Module({
  imports: [DepartmentsModule, SettingsModule, TextsModule],
  controllers: [DefaultsController],
  providers: [DefaultsService, SandboxCity, SetupService],
  exports: [DefaultsService],
})
export class SetupModule {}
