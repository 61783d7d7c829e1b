import { Module } from '@nestjs/common';
import { SendingModule } from '../sending/sending.module.js';
import { TallyModule } from '../tally/tally.module.js';
import { HealthController } from './health.controller.js';
import { MetricsService } from './metrics.service.js';

@Module({
  imports: [SendingModule, TallyModule],
  controllers: [HealthController],
  providers: [MetricsService],
})
export class HealthModule {}
