import { Module } from '@nestjs/common';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ContractNotices } from './contract-notice.js';
import { NoticeController } from './notice.controller.js';
import { PublicRegister } from './register.service.js';

@Module({
  imports: [AccountsModule, ContractsModule, SettingsModule],
  controllers: [NoticeController],
  providers: [ContractNotices, PublicRegister],
  exports: [ContractNotices, PublicRegister],
})
export class RegisterModule {}
