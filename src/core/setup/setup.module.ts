import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { SandboxCity, SetupService } from './setup.service.js';

@Module({
  imports: [DepartmentsModule, SettingsModule, TextsModule],
  providers: [SandboxCity, SetupService],
})
export class SetupModule {}
