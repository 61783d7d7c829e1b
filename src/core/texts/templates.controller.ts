import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { isWaiting, MayWait, type Waiting } from '../access/second-look.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { Answers, listOf } from '../../platform/http/answers.js';
import { standingOf } from '../settings/beginnings.js';
import { SettingsService } from '../settings/settings.service.js';
import {
  type NewTemplate,
  newTemplateSchema,
  templatesQuery,
  type TemplateVersionView,
  templateVersionView,
} from './template.schema.js';
import { TemplateActs } from './template-acts.js';
import type { TemplateVersion } from './template-version.entity.js';
import { TemplatesService } from './templates.service.js';

/** TemplatesController shows the versions of templates. A POST adds the next one, or asks a second person to; none is ever rewritten. */
@Controller('templates')
@Allow('admin')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly settings: SettingsService,
    private readonly acts: TemplateActs,
  ) {}

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(
    200,
    listOf(templateVersionView),
    'Every version of every template, or of one key; newest version first',
  )
  async list(@Query({ schema: templatesQuery }) { key }: z.infer<typeof templatesQuery>) {
    const versions = await this.templates.versions(key);
    const today = await this.settings.today();
    const ofKeys = [...groupedBy(versions, (version) => version.key).values()];
    const inForce = new Set(ofKeys.map((own) => standingOf(own, today).inForce));
    return { items: versions.map((version) => viewOf(version, inForce.has(version))), nextCursor: null };
  }

  @Post()
  @Answers(201, templateVersionView, 'Makes the next version of a template; messages keep theirs')
  @MayWait()
  async put(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newTemplateSchema }) { body, reason, fromOn, ...placement }: NewTemplate,
  ): Promise<TemplateVersionView | Waiting> {
    const made = await this.acts.put(caller, placement, body, reason ?? null, fromOn);
    return isWaiting(made) ? made : viewOf(made, made.fromOn === null);
  }
}

function viewOf(
  { reason: _, createdAt, ...columns }: TemplateVersion,
  inForce: boolean,
): TemplateVersionView {
  return { ...columns, inForce, createdAt: createdAt.toISOString() };
}
