import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { AccountJournal } from './account-journal.js';
import { AccountLinks } from './account-links.js';
import { AccountRows } from './account-rows.js';
import { Account } from './account.entity.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { ActorNames } from './actor-names.js';
import { OwnAccountService } from './own-account.service.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

@Module({
  imports: [TypeOrmModule.forFeature([Account]), DepartmentsModule, SettingsModule],
  controllers: [AccountsController],
  providers: [
    AccountJournal,
    AccountLinks,
    AccountRows,
    AccountsService,
    ActorNames,
    OwnAccountService,
    Passwords,
    SessionsService,
    SignInThrottle,
  ],
  exports: [AccountsService, ActorNames, OwnAccountService, SessionsService],
})
export class AccountsModule {}
