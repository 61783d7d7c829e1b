import { SandboxText } from '../../core/providers/sandbox/sandbox-text.entity.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';
import { SendingModule } from '../../core/sending/sending.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { SandboxController } from './sandbox.controller.js';
import { SandboxService } from './sandbox.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([SandboxText]), SendingModule, SettingsModule],
  controllers: [SandboxController],
  providers: [SandboxService],
  exports: [SandboxService],
})
export class SandboxModule {}
