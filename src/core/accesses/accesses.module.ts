import { Global, Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { AccessLog } from './access-log.service.js';

@Global()
@Module({ imports: [SettingsModule], providers: [AccessLog], exports: [AccessLog] })
export class AccessesModule {}
