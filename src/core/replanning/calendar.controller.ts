import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Answers, AnswersToo } from '../../platform/http/answers.js';
import type { Caller } from '../access/roles.js';
import { MayWait } from '../access/second-look.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { calendarSchema } from '../calendar/calendar.schema.js';
import { versionOf } from '../settings/settings.controller.js';
import { calendarBody } from '../settings/settings.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { calendarPreviewView, calendarQuery } from './replanning.schema.js';
import { CalendarService } from './replanning.service.js';

const calendarView = versionOf(calendarSchema).extend({
  preview: calendarPreviewView
    .optional()
    .meta({ description: 'Of a dry run, which answers the version in force.' }),
});

/** CalendarController puts a calendar in force, which plans contracts again; a dry run shows what that would move. */
@Controller('calendar')
@ApiTags('Settings')
@Allow('admin')
export class CalendarController {
  constructor(
    private readonly calendars: CalendarService,
    private readonly settings: SettingsService,
  ) {}

  // Programs that were made from the description call it by the name that it had among the settings.
  @Post()
  @Answers(201, calendarView, 'Makes the next version of the calendar, and plans contracts by it')
  @AnswersToo(200, calendarView, 'What a dry run would move')
  @MayWait()
  @ApiOperation({ operationId: 'SettingsController_putCalendar' })
  async put(
    @CurrentCaller() caller: Caller,
    @Body({ schema: calendarBody }) { reason, ...value }: z.infer<typeof calendarBody>,
    @Query({ schema: calendarQuery }) { dryRun, ...page }: z.infer<typeof calendarQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!dryRun) return this.calendars.put(caller, value, reason);
    // A dry run makes nothing.
    void reply.status(200);
    const preview = await this.calendars.preview(value, page);
    return { ...(await this.settings.inForce('calendar')), preview };
  }
}
