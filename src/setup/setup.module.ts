import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { SandboxPeople } from './sandbox-people.js';
import { SetupService } from './setup.service.js';

@Module({
  imports: [AccountsModule, DepartmentsModule, SettingsModule, TextsModule],
  providers: [SandboxPeople, SetupService],
})
export class SetupModule {}
