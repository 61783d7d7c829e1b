import { Controller, Get, Query } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { type AlertListQuery, alertListQuery, alertListView } from './alert.schema.js';
import { AlertsService } from './alerts.service.js';

@Controller('alerts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Get()
  @Answers(200, alertListView, 'Alerts that are planned, due, missed or held, by due time')
  list(@CurrentCaller() caller: Caller, @Query({ schema: alertListQuery }) query: AlertListQuery) {
    return this.alerts.list(caller, query);
  }
}
