import { TemplateVersion } from './template-version.entity.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';
import { VariablesService } from './variables.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([TemplateVersion]), SettingsModule],
  controllers: [TemplatesController],
  providers: [TemplatesService, VariablesService],
  exports: [TemplatesService, VariablesService],
})
export class TextsModule {}
