import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { TallyService } from './tally.service.js';

@Module({ imports: [SettingsModule], providers: [TallyService], exports: [TallyService] })
export class TallyModule {}
