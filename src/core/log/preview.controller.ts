import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { type PreviewBody, previewSchema, type PreviewView, previewView } from './preview.schema.js';
import { PreviewService } from './preview.service.js';

/** Here and not with the templates: a text is previewed for a contract, of which the templates know nothing. */
@Controller('templates')
@Allow('officer', 'manager', 'admin', 'auditor')
export class PreviewController {
  constructor(private readonly previews: PreviewService) {}

  @Post('preview')
  @HttpCode(200)
  @Answers(200, previewView, 'The text that a contact would get, and what it counts as')
  preview(
    @CurrentCaller() caller: Caller,
    @Body({ schema: previewSchema }) body: PreviewBody,
  ): Promise<PreviewView> {
    return this.previews.preview(caller, body);
  }
}
