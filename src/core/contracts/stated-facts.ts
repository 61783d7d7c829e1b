import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { addDays } from '../calendar/local-date.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { AppError } from '../../platform/app-error.js';
import { SettingsService } from '../settings/settings.service.js';

/** A move or an occurrence is told of at most this long before its day; days. */
const furthestAhead = 60;

/** Whether what somebody states of a contract is his to say: whose it is, and when something happened. */
@Injectable()
export class StatedFacts {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
  ) {}

  async mustBeNameable(
    caller: Caller,
    stated: { departmentId?: string | undefined; officerId?: string | null | undefined },
  ): Promise<void> {
    if (stated.departmentId) {
      await this.departments.mustSee(caller, stated.departmentId);
      await this.departments.mustBeOpen(stated.departmentId);
    }
    if (stated.officerId) await this.departments.mustSeeOfficer(caller, stated.officerId);
  }

  /** A completion of next year would end a contract now, and put off or take away what is to be told of it. */
  async mustNotBeFarAhead(day: string, path: string): Promise<void> {
    const last = addDays(await this.settings.today(), furthestAhead);
    if (day <= last) return;
    throw new AppError(
      'invalid',
      'day-too-far',
      `${day} is more than ${furthestAhead} days ahead: the last day that can be recorded today is ${last}.`,
      [{ path, code: 'day-too-far', message: `on or before ${last}` }],
    );
  }
}
