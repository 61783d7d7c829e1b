import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SandboxModule } from '../../core/sandbox/sandbox.module.js';
import { EvidenceModule } from '../../core/evidence/evidence.module.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { TransparencyModule } from '../../core/transparency/transparency.module.js';
import { ProposalsModule } from '../../core/proposals/proposals.module.js';
import { ProposalPages, ProposalShown } from './proposals/proposal.pages.js';
import { ReplanningModule } from '../../core/replanning/replanning.module.js';
import { SendingModule } from '../../core/sending/sending.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { SetupModule } from '../../core/setup/setup.module.js';
import { TextsModule } from '../../core/texts/texts.module.js';
import { CallsModule } from '../calls/calls.module.js';
import { CoverageModule } from '../coverage/coverage.module.js';
import { HandingOverModule } from '../handing-over/handing-over.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ReferenceListsModule } from '../reference-lists/reference-lists.module.js';
import { OidcModule } from '../oidc/oidc.module.js';
import { RegisterModule } from '../register/register.module.js';
import { ReportsModule } from '../reports/reports.module.js';
import { WorkModule } from '../work/work.module.js';
import { AccountPages, SigningInPages } from './account.pages.js';
import { CallPages } from './calls.pages.js';
import { FormChoices } from './choices.js';
import { FiguresPages } from './figures/figures.pages.js';
import { FiguresShown } from './figures/figures-shown.js';
import { ReportPages } from './figures/report.pages.js';
import { CostFiles } from './figures/costs-shown.js';
import { ReportShown } from './figures/report-shown.js';
import { FlagsApart } from './flags-apart.js';
import { AgencyFlagPages, FlagInboxPages } from './flags.pages.js';
import { PageWriter, Surroundings } from './console-page.js';
import { Looks } from './looks.js';
import { ChangingPages, ContactPages, RegisteringPages } from './contracts/contract-form.pages.js';
import { ContractSearch } from './contracts/contract-search.js';
import { ContractInPage, ContractPages } from './contracts/contract.pages.js';
import { FlagPages } from './contracts/flag.pages.js';
import { EvidencePages } from './contracts/evidence.pages.js';
import { NoticePages } from './contracts/notice.pages.js';
import { OccurrencePages } from './contracts/occurrence.pages.js';
import { PlanShown } from './contracts/plan-shown.js';
import { CoverageShown } from './coverage/coverage-shown.js';
import { CoveragePages } from './coverage/coverage.pages.js';
import { ExampleTexts } from './example-texts.js';
import { ExportedFiles } from './exported-files.js';
import { GenuinePages } from './genuine.pages.js';
import { HomeLists, HomePages, UnknownPages } from './home.pages.js';
import { ImportShown } from './imports/import-shown.js';
import { ImportListPages, ImportPages } from './imports/import.pages.js';
import { AccessReviewsModule } from '../accesses/access-reviews.module.js';
import { AccessPages } from './accesses.pages.js';
import { IssuerPages } from './issuer.pages.js';
import { LadderModule } from '../ladder/ladder.module.js';
import { LadderPages } from './ladder.pages.js';
import { MessagePages } from './messages.pages.js';
import { OutgoingPages } from './outgoing.pages.js';
import { PasskeyPages } from './passkey.pages.js';
import { PhonesPages } from './phones.pages.js';
import { AgencyHistoryPages } from './settings/history.pages.js';
import { BrakesPages } from './settings/brakes.pages.js';
import { CalendarPages } from './settings/calendar.pages.js';
import { TemplateNames } from './template-names.js';
import { TextPreviews } from './settings/text-previews.js';
import { PersonalDataPages } from './settings/personal-data.pages.js';
import { RetentionModule } from '../../core/retention/retention.module.js';
import { RetentionPages } from './settings/retention.pages.js';
import { TextPages } from './settings/text.pages.js';
import { VersionPages } from './settings/version.pages.js';
import { VersionsShown } from './settings/versions-shown.js';
import { PlanPages } from './settings/plan.pages.js';
import { DefaultsPages, SettingFormPages, SettingsPages } from './settings/settings.pages.js';
import { DepartmentsPages, HandOverPages } from './settings/departments.pages.js';
import { KeysPages, PeoplePages } from './settings/people.pages.js';
import { SignInSteps } from './sign-in-steps.js';
import { Assets, AssetsController, Views } from './views.js';
import { MendingMany } from './mending-many.js';
import { PerformancePages } from './performance.pages.js';
import { ReferenceListPages, ReferenceRecordPages } from './reference-lists/reference-lists.pages.js';
import { RegisterPages } from './register.pages.js';
import { WorkPages } from './work.pages.js';

const controllers = [
  AssetsController,
  SigningInPages,
  PasskeyPages,
  HomePages,
  AccountPages,
  // Before those with an id in their path.
  RegisteringPages,
  ContractPages,
  ChangingPages,
  AgencyFlagPages,
  FlagInboxPages,
  FlagPages,
  EvidencePages,
  NoticePages,
  OccurrencePages,
  ContactPages,
  MessagePages,
  OutgoingPages,
  WorkPages,
  CoveragePages,
  FiguresPages,
  ReportPages,
  GenuinePages,
  ReferenceListPages,
  ReferenceRecordPages,
  RegisterPages,
  PerformancePages,
  CallPages,
  LadderPages,
  AccessPages,
  ImportListPages,
  ImportPages,
  AgencyHistoryPages,
  BrakesPages,
  DefaultsPages,
  DepartmentsPages,
  HandOverPages,
  KeysPages,
  PeoplePages,
  CalendarPages,
  RetentionPages,
  PersonalDataPages,
  SettingFormPages,
  SettingsPages,
  TextPages,
  PlanPages,
  VersionPages,
  ProposalPages,
  UnknownPages,
];

/** ConsoleModule has the pages for people. Nothing but the office imports it, so that the service runs on without it. */
@Module({
  imports: [
    CallsModule,
    ContractsModule,
    CoverageModule,
    DepartmentsModule,
    EvidenceModule,
    HandingOverModule,
    ImportsModule,
    LadderModule,
    AccessReviewsModule,
    MessagesModule,
    FlagsModule,
    PlanningModule,
    ProposalsModule,
    ReferenceListsModule,
    RegisterModule,
    ReplanningModule,
    ReportsModule,
    RetentionModule,
    SendingModule,
    TransparencyModule,
    SettingsModule,
    SetupModule,
    TextsModule,
    WorkModule,
  ],
  providers: [
    Assets,
    ContractInPage,
    ContractSearch,
    CoverageShown,
    ExampleTexts,
    ExportedFiles,
    FiguresShown,
    FlagsApart,
    FormChoices,
    HomeLists,
    MendingMany,
    ImportShown,
    Looks,
    PageWriter,
    PlanShown,
    ProposalShown,
    CostFiles,
    ReportShown,
    SignInSteps,
    Surroundings,
    TemplateNames,
    TextPreviews,
    VersionsShown,
    Views,
  ],
})
export class ConsoleModule {
  /** The sandbox has pages of its own: the phones on which its texts arrive. */
  static with({ provider, oidc }: Pick<Config, 'provider' | 'oidc'>): DynamicModule {
    const isSandbox = provider === 'sandbox';
    return {
      module: ConsoleModule,
      imports: [...(isSandbox ? [SandboxModule] : []), ...(oidc ? [OidcModule] : [])],
      controllers: [...(oidc ? [IssuerPages] : []), ...controllers, ...(isSandbox ? [PhonesPages] : [])],
    };
  }
}
