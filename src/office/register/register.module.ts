import { Module } from '@nestjs/common';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { PublicRegister } from './register.service.js';

@Module({
  imports: [AccountsModule, SettingsModule],
  providers: [PublicRegister],
  exports: [PublicRegister],
})
export class RegisterModule {}
