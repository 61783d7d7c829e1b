import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { MayWait } from '../access/second-look.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { calendarSchema } from '../calendar/calendar.schema.js';
import { Answers, listOf, pageOf } from '../../platform/http/answers.js';
import { agencyChange, type AgencyChangesQuery, agencyChangesQuery } from './agency-changes.schema.js';
import { AgencyChanges } from './agency-changes.service.js';
import { AgencyNumbers } from './agency-numbers.js';
import { SettingActs } from './setting-acts.js';
import { planSchema } from './plan.schema.js';
import {
  agencyBody,
  agencySchema,
  beginningView,
  channelsBody,
  planBody,
  reportingChannelsSchema,
  specialDaysQuery,
  specialDayView,
} from './settings.schema.js';
import { SettingsService, type Versioned } from './settings.service.js';

export const versionOf = (value: z.ZodType) =>
  z.object({
    name: z.string(),
    version: z.int(),
    value,
    actor: z.string(),
    createdAt: z.string(),
    ...beginningView,
  });
const versionsOf = (value: z.ZodType) => listOf(versionOf(value));

/** SettingsController shows settings as versions: a POST makes the next one, at once or when a second person approves it, and none is ever rewritten. */
@Controller()
@Allow('admin')
export class SettingsController {
  constructor(
    private readonly settings: SettingsService,
    private readonly acts: SettingActs,
    private readonly numbers: AgencyNumbers,
    private readonly agencyChanges: AgencyChanges,
  ) {}

  @Get('plans')
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, versionsOf(planSchema), 'Plans of every kind, newest version first')
  plans() {
    return this.versions('plan');
  }

  @Post('plans')
  @Answers(201, versionOf(planSchema), 'Makes the next version of a plan; contracts keep theirs')
  @MayWait()
  putPlan(
    @CurrentCaller() caller: Caller,
    @Body({ schema: planBody }) { plan, reason, fromOn }: z.infer<typeof planBody>,
  ) {
    const dense = plan.fromAmount === null ? '' : ':dense';
    return this.acts.put(caller, `plan:${plan.kind}${dense}` as const, plan, reason, fromOn);
  }

  @Get('reporting-channels')
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, versionsOf(reportingChannelsSchema), 'Where corruption is reported')
  channels() {
    return this.versions('reporting-channels');
  }

  @Post('reporting-channels')
  @Answers(201, versionOf(reportingChannelsSchema), 'Makes the next version of the reporting channels')
  @MayWait()
  putChannels(
    @CurrentCaller() caller: Caller,
    @Body({ schema: channelsBody }) { reason, ...value }: z.infer<typeof channelsBody>,
  ) {
    return this.acts.put(caller, 'reporting-channels', value, reason);
  }

  @Get('calendar')
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, versionsOf(calendarSchema), 'Time zone, holidays of its own and the sending window')
  calendar() {
    return this.versions('calendar');
  }

  @Get('calendar/days')
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(
    200,
    listOf(specialDayView),
    'Public holidays of a year by name, and days of the agency’s own list',
  )
  async specialDays(@Query({ schema: specialDaysQuery }) { year }: z.infer<typeof specialDaysQuery>) {
    return { items: (await this.settings.calendar()).specialDays(year), nextCursor: null };
  }

  @Get('agency')
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, versionsOf(agencySchema), 'The agency, its grace, digests and rehearsal')
  agency() {
    return this.versions('agency');
  }

  @Get('agency/changes')
  @Allow('admin', 'auditor')
  @Answers(200, pageOf(agencyChange), 'What was done to the whole agency, its people and their access')
  changesOfAgency(@Query({ schema: agencyChangesQuery }) query: AgencyChangesQuery) {
    return this.agencyChanges.changesPage(query);
  }

  @Post('agency')
  @Answers(201, versionOf(agencySchema), 'Makes the next version of the agency’s settings')
  @MayWait()
  async putAgency(
    @CurrentCaller() caller: Caller,
    @Body({ schema: agencyBody }) { reason, ...value }: z.infer<typeof agencyBody>,
  ) {
    return this.acts.put(caller, 'agency', await this.numbers.indexed(value), reason);
  }

  private async versions(prefix: string): Promise<{ items: Versioned<unknown>[]; nextCursor: null }> {
    return { items: await this.settings.versions(prefix), nextCursor: null };
  }
}
