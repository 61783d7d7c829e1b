import { Module } from '@nestjs/common';
import { SendingModule } from '../sending/sending.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { SandboxController } from './sandbox.controller.js';
import { SandboxService } from './sandbox.service.js';

@Module({
  imports: [SendingModule, SettingsModule],
  controllers: [SandboxController],
  providers: [SandboxService],
  exports: [SandboxService],
})
export class SandboxModule {}
