import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { AccessReviews } from './access-reviews.service.js';

@Module({
  imports: [ContractsModule, SettingsModule],
  providers: [AccessReviews],
  exports: [AccessReviews],
})
export class AccessReviewsModule {}
