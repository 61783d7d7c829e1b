import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { FlagsService } from '../../core/flags/flags.service.js';
import { Deciders } from '../../core/proposals/deciders.js';
import { ProposalsModule } from '../../core/proposals/proposals.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { AccountActs } from './account-acts.js';
import { AccountRecords } from './account-records.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { CsrfCheck, CsrfInterceptor } from './csrf.js';
import { OwnAccountService } from './own-account.service.js';
import { Passkeys } from './passkeys.js';
import { Passwords } from './passwords.js';
import { SandboxPeople } from './sandbox-people.js';
import { SecondFactors } from './second-factors.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { TypedWork } from './typed-work.js';

@Global()
@Module({
  imports: [DepartmentsModule, FlagsModule, ProposalsModule, SettingsModule],
  controllers: [AccountsController],
  providers: [
    AccountActs,
    AccountsService,
    AccountRecords,
    CsrfCheck,
    OwnAccountService,
    Passkeys,
    Passwords,
    SandboxPeople,
    SecondFactors,
    SessionCookie,
    SessionsService,
    SignInThrottle,
    TypedWork,
    { provide: APP_INTERCEPTOR, useClass: CsrfInterceptor },
  ],
  exports: [
    AccountActs,
    AccountsService,
    AccountRecords,
    CsrfCheck,
    OwnAccountService,
    Passkeys,
    SecondFactors,
    SessionCookie,
    SessionsService,
    SignInThrottle,
    TypedWork,
  ],
})
export class AccountsModule {
  constructor(deciders: Deciders, flags: FlagsService, records: AccountRecords) {
    deciders.knowPeople(() => records.secondPersons());
    flags.knowAuditors(async () => (await records.auditors()).map(({ id }) => id));
  }
}
