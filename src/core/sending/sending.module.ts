import { Attempt, Message, Receipt } from './message.entity.js';
import { Brake } from './brake.entity.js';
import { Instance, PaceRow } from './instance.entity.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { Failpoints } from '../../platform/failpoints.js';
import { ReceiptDesk } from '../providers/sms-provider.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { BrakesService } from './brakes.service.js';
import { Calls } from './calls.js';
import { Claims } from './claims.js';
import { Composer } from './composing.js';
import { DrainService } from './drain.service.js';
import { FreezerParts } from './freezer-parts.js';
import { Freezer } from './freezing.js';
import { HeldMessages } from './held-messages.service.js';
import { InstanceMarker } from './instance-marker.js';
import { InstanceStatus } from './instance-status.js';
import { InstanceService } from './instance.service.js';
import { Brakes } from './line-brakes.js';
import { Outcomes } from './outcomes.js';
import { Pace } from './pace.js';
import { Receipts } from './receipts.service.js';
import { ReconcileService } from './reconcile.service.js';
import { Retries } from './retries.js';
import { SendingController } from './sending.controller.js';
import { Statuses } from './statuses.js';
import { SweepService } from './sweep.service.js';
import { TickService } from './tick.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Message, Attempt, Receipt, Brake, Instance, PaceRow]),
    ContractsModule,
    DepartmentsModule,
    SettingsModule,
    TextsModule,
  ],
  controllers: [SendingController],
  providers: [
    Brakes,
    BrakesService,
    Calls,
    Claims,
    Composer,
    DrainService,
    Failpoints,
    Freezer,
    FreezerParts,
    HeldMessages,
    InstanceMarker,
    InstanceService,
    InstanceStatus,
    Outcomes,
    Pace,
    Receipts,
    { provide: ReceiptDesk, useExisting: Receipts },
    ReconcileService,
    Retries,
    Statuses,
    SweepService,
    TickService,
  ],
  exports: [
    BrakesService,
    DrainService,
    HeldMessages,
    InstanceStatus,
    ReceiptDesk,
    Receipts,
    ReconcileService,
  ],
})
export class SendingModule {}
