import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { TemplateActs } from './template-acts.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';
import { VariablesService } from './variables.service.js';

@Module({
  imports: [SettingsModule],
  controllers: [TemplatesController],
  providers: [TemplateActs, TemplatesService, VariablesService],
  exports: [TemplateActs, TemplatesService, VariablesService],
})
export class TextsModule {}
