import { Setting } from './setting.entity.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';
import { RehearsalNumbers } from './rehearsal-numbers.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Setting])],
  controllers: [SettingsController],
  providers: [RehearsalNumbers, SettingsService],
  exports: [RehearsalNumbers, SettingsService],
})
export class SettingsModule {}
