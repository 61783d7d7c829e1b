import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { HandingOverModule } from '../handing-over/handing-over.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { SendingModule } from '../sending/sending.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { AccountPages } from './account.pages.js';
import { ChangingPages } from './contracts/changing.pages.js';
import { ContactPages } from './contracts/contact.pages.js';
import { ContractInPage } from './contracts/contract-in-page.js';
import { ContractListPages } from './contracts/contract-list.pages.js';
import { ContractPages } from './contracts/contract.pages.js';
import { FormChoices } from './contracts/form-choices.js';
import { PlanShown } from './contracts/plan-shown.js';
import { RegisteringPages } from './contracts/registering.pages.js';
import { Today } from './contracts/today.js';
import { FrameModule } from './frame.module.js';
import { ExampleTexts } from './genuine/example-texts.js';
import { GenuinePages } from './genuine/genuine.pages.js';
import { HomePages } from './home.pages.js';
import { MessageChoices } from './messages/message-choices.js';
import { MessagePages } from './messages/message.pages.js';
import { PhonesModule } from './phones/phones.module.js';
import { AgencyPages } from './settings/agency.pages.js';
import { BrakesPages } from './settings/brakes.pages.js';
import { CalendarPages } from './settings/calendar.pages.js';
import { ChannelsPages } from './settings/channels.pages.js';
import { DepartmentsPages } from './settings/departments.pages.js';
import { HandOverPages } from './settings/hand-over.pages.js';
import { KeysPages } from './settings/keys.pages.js';
import { PeoplePages } from './settings/people.pages.js';
import { SettingsPages } from './settings/settings.pages.js';
import { SettingInForce } from './settings/versioned.js';
import { SigningInPages } from './signing-in.pages.js';

/** The pages for people. Nothing imports it but the whole, so that the service runs on without it. */
@Module({
  imports: [
    AccountsModule,
    ContractsModule,
    DepartmentsModule,
    FrameModule,
    HandingOverModule,
    MessagesModule,
    SendingModule,
    SettingsModule,
    TextsModule,
  ],
  controllers: [
    SigningInPages,
    HomePages,
    AccountPages,
    ContractListPages,
    // Before those with an id in their path.
    RegisteringPages,
    ContractPages,
    ChangingPages,
    ContactPages,
    MessagePages,
    GenuinePages,
    AgencyPages,
    BrakesPages,
    CalendarPages,
    ChannelsPages,
    DepartmentsPages,
    HandOverPages,
    KeysPages,
    PeoplePages,
    SettingsPages,
  ],
  providers: [ContractInPage, ExampleTexts, FormChoices, MessageChoices, PlanShown, SettingInForce, Today],
})
export class ConsoleModule {
  static with({ provider }: { provider: string }): DynamicModule {
    return { module: ConsoleModule, imports: provider === 'sandbox' ? [PhonesModule] : [] };
  }
}
