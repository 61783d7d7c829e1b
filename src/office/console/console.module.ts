import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { CoverageModule } from '../coverage/coverage.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { HandingOverModule } from '../handing-over/handing-over.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SendingModule } from '../../core/sending/sending.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { TextsModule } from '../../core/texts/texts.module.js';
import { WorkModule } from '../work/work.module.js';
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
import { CoveragePages } from './coverage/coverage.pages.js';
import { CoverageShown } from './coverage/coverage-shown.js';
import { CoveredMilestonesPages } from './coverage/covered-milestones.pages.js';
import { FrameModule } from './frame.module.js';
import { ExampleTexts } from './genuine/example-texts.js';
import { GenuinePages } from './genuine/genuine.pages.js';
import { HomePages } from './home.pages.js';
import { HomeShown } from './home-shown.js';
import { ColumnsPage } from './imports/columns-page.js';
import { EffectsShown } from './imports/effects-shown.js';
import { ImportList } from './imports/import-list.js';
import { ImportListPages } from './imports/import-list.pages.js';
import { ImportShown } from './imports/import-shown.js';
import { ImportStepPages } from './imports/import-steps.pages.js';
import { ImportUndoPages } from './imports/import-undo.pages.js';
import { ImportPages } from './imports/import.pages.js';
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
import { WorkPages } from './work/work.pages.js';
import { WorkShown } from './work/work-shown.js';

/** The pages for people. Nothing imports it but the whole, so that the service runs on without it. */
@Module({
  imports: [
    AccountsModule,
    ContractsModule,
    CoverageModule,
    DepartmentsModule,
    FrameModule,
    HandingOverModule,
    ImportsModule,
    MessagesModule,
    SendingModule,
    SettingsModule,
    TextsModule,
    WorkModule,
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
    WorkPages,
    CoveragePages,
    CoveredMilestonesPages,
    GenuinePages,
    ImportListPages,
    ImportPages,
    ImportStepPages,
    ImportUndoPages,
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
  providers: [
    ColumnsPage,
    ContractInPage,
    CoverageShown,
    EffectsShown,
    ExampleTexts,
    FormChoices,
    HomeShown,
    ImportList,
    ImportShown,
    MessageChoices,
    PlanShown,
    SettingInForce,
    Today,
    WorkShown,
  ],
})
export class ConsoleModule {
  static with({ provider }: { provider: string }): DynamicModule {
    return { module: ConsoleModule, imports: provider === 'sandbox' ? [PhonesModule] : [] };
  }
}
