import { Module } from '@nestjs/common';
import { Failpoints } from './failpoints.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { PlanningModule } from '../planning/planning.module.js';
import { ReceiptDesk } from '../providers/sms-provider.js';
import { ReplanningModule } from '../replanning/replanning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { AttemptStates } from './attempt-states.js';
import { BrakeActs } from './brake-acts.js';
import { BrakesService, Situations } from './brakes.service.js';
import { ClockJumps } from './clock-jumps.js';
import { DrainService } from './drain.service.js';
import { FailingTexts } from './failing-texts.js';
import { ForeignTexts } from './foreign-texts.js';
import { FrozenTexts } from './frozen-texts.js';
import { InstanceMarker, InstanceService } from './instance.service.js';
import { DueMessages, MessageFreezer, TextComposer } from './message-freezer.js';
import { MessageStates } from './message-states.js';
import { Outcomes } from './outcomes.js';
import { Pace, ProviderCalls } from './provider-calls.js';
import { ProviderLists } from './provider-lists.js';
import { ReceiptPolls } from './receipt-polls.js';
import { Receipts } from './receipts.service.js';
import { ReconcileService } from './reconcile.service.js';
import { Redaction } from './redaction.js';
import { Routing } from './routing.js';
import { Schedule } from './schedule.js';
import { SendingController } from './sending.controller.js';
import { SendingWatch } from './sending-watch.js';
import { StrandedAlerts, SweepService, TickService } from './tick.service.js';
import { WaitingMessages } from './waiting-messages.js';
import { WindowOpener } from './window-opener.js';

@Module({
  imports: [
    ContractsModule,
    DepartmentsModule,
    PlanningModule,
    ReplanningModule,
    SettingsModule,
    TextsModule,
  ],
  controllers: [SendingController],
  providers: [
    AttemptStates,
    BrakeActs,
    BrakesService,
    ClockJumps,
    DrainService,
    DueMessages,
    FailingTexts,
    Failpoints,
    ForeignTexts,
    FrozenTexts,
    InstanceMarker,
    InstanceService,
    MessageFreezer,
    MessageStates,
    Outcomes,
    Pace,
    ProviderCalls,
    ProviderLists,
    ReceiptPolls,
    Receipts,
    { provide: ReceiptDesk, useExisting: Receipts },
    ReconcileService,
    Redaction,
    Routing,
    Schedule,
    SendingWatch,
    Situations,
    StrandedAlerts,
    SweepService,
    TextComposer,
    TickService,
    WaitingMessages,
    WindowOpener,
  ],
  exports: [
    BrakeActs,
    BrakesService,
    DrainService,
    MessageStates,
    ReceiptDesk,
    ReceiptPolls,
    Routing,
    SendingWatch,
    Situations,
  ],
})
export class SendingModule {}
