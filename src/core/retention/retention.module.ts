import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { Erasing } from './erasing.js';
import { Retention } from './retention.service.js';

@Module({
  imports: [SettingsModule],
  providers: [Erasing, Retention],
})
export class RetentionModule {}
