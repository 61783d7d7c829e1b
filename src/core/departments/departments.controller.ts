import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { MayWait } from '../access/second-look.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers, listOf } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import * as api from './department.schema.js';
import { DepartmentActs } from './department-acts.js';
import { DepartmentsService } from './departments.service.js';
import { OfficersService } from './officers.service.js';

@Controller()
@Allow('admin')
export class DepartmentsController {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly acts: DepartmentActs,
    private readonly officersService: OfficersService,
  ) {}

  @Post('departments')
  @Answers(201, api.departmentView, 'Adds a department to the tree')
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: api.newDepartmentSchema }) body: api.NewDepartment,
  ) {
    return this.departments.create(caller, body);
  }

  @Patch('departments/:id')
  @Answers(200, api.departmentView, 'Changes a department’s names, head or go-live day')
  @MayWait()
  amend(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: api.departmentPatchSchema }) body: api.DepartmentPatch,
  ) {
    return this.acts.amend(caller, id, body);
  }

  @Get('departments')
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, listOf(api.departmentView), 'The departments that you see')
  async list(@CurrentCaller() caller: Caller) {
    return { items: await this.departments.list(caller), nextCursor: null };
  }

  @Post('officers')
  @Answers(201, api.officerView, 'Adds an officer to a department')
  addOfficer(@CurrentCaller() caller: Caller, @Body({ schema: api.newOfficerSchema }) body: api.NewOfficer) {
    return this.officersService.addOfficer(caller, body);
  }

  @Patch('officers/:id')
  @Answers(200, api.officerView, 'Says that an officer has left, or is back')
  amendOfficer(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: api.officerPatchSchema }) body: api.OfficerPatch,
  ) {
    return this.officersService.amend(caller, id, body);
  }

  @Get('officers')
  @Allow('manager', 'admin', 'auditor')
  @Answers(200, listOf(api.officerView), 'The officers of the departments that you see')
  async officers(@CurrentCaller() caller: Caller) {
    return { items: await this.officersService.officers(caller), nextCursor: null };
  }
}
