import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { Rounds } from '../rounds/rounds.service.js';
import { AccessReminder } from './access-reminder.js';
import { AccessReviews } from './access-reviews.service.js';

@Module({
  imports: [ContractsModule, SettingsModule],
  providers: [AccessReminder, AccessReviews],
  exports: [AccessReviews],
})
export class AccessReviewsModule {
  constructor(rounds: Rounds, reminder: AccessReminder) {
    rounds.join(reminder);
  }
}
