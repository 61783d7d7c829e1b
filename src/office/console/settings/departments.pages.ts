import { Body, Get, Param, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import {
  departmentPatchSchema,
  type DepartmentView,
  newDepartmentSchema,
  newOfficerSchema,
  officerPatchSchema,
} from '../../../core/departments/department.schema.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import { mergeSchema } from '../../handing-over/handing-over.schema.js';
import { HandingOverService } from '../../handing-over/handing-over.service.js';
import { notFound } from '../../../platform/app-error.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { departmentChoices, nameIn } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';

const path = '/console/settings/departments';

interface Shown {
  values: Record<string, string>;
  problem?: ShownProblem;
  found?: unknown;
}

/** The tree of departments, its staff, and departments that become one. */
@ConsolePage('console/settings/departments')
@Allow('admin')
export class DepartmentsPages {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly handingOver: HandingOverService,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  list(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.tree(request, caller, { values: {} });
  }

  @Post()
  async add(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    return this.orAgain(
      request,
      form,
      (shown) => this.tree(request, caller, shown),
      async () => {
        const wanted = parsed(newDepartmentSchema, {
          code: form.text('code'),
          name: form.text('nameKo'),
          nameEn: form.text('nameEn') ?? null,
          parentId: form.text('parentId') ?? null,
          goLiveOn: form.text('goLiveOn') ?? null,
        });
        await this.departments.create(caller, wanted);
        return redirect(path, 'department-saved');
      },
    );
  }

  @Get(':id')
  async form(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    return this.one(request, caller, id, { values: {} });
  }

  @Post(':id')
  async change(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    return this.orAgain(
      request,
      form,
      (shown) => this.one(request, caller, id, shown),
      async () => {
        const patch = parsed(departmentPatchSchema, {
          name: form.text('nameKo'),
          nameEn: form.text('nameEn') ?? null,
          headOfficerId: form.text('headOfficerId') ?? null,
          goLiveOn: form.text('goLiveOn') ?? null,
          reason: form.text('reason'),
        });
        await this.departments.amend(caller, id, patch);
        return redirect(`${path}/${id}`, 'department-saved');
      },
    );
  }

  @Post(':id/officers')
  async addOfficer(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    return this.orAgain(
      request,
      form,
      (shown) => this.one(request, caller, id, shown),
      async () => {
        const officer = {
          departmentId: id,
          name: form.text('name'),
          staffNumber: form.text('staffNumber') ?? null,
          phone: form.text('phone') ?? null,
        };
        await this.officers.addOfficer(caller, parsed(newOfficerSchema, officer));
        return redirect(`${path}/${id}`, 'officer-added');
      },
    );
  }

  /** `step` is `leave` or `return`. */
  @Post(':id/officers/:officerId')
  async amendOfficer(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('officerId', { schema: idParam }) officerId: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    return this.orAgain(
      request,
      form,
      (shown) => this.one(request, caller, id, shown),
      async () => {
        const step = form.text('step');
        const active = step === 'return' || (step === 'leave' ? false : undefined);
        const patch = parsed(officerPatchSchema, { active, reason: form.text('reason') });
        await this.officers.amend(caller, officerId, patch);
        return redirect(`${path}/${id}`, active ? 'officer-returned' : 'officer-left');
      },
    );
  }

  /** `step` is `preview` until the person has seen what moves. */
  @Post(':id/merge')
  async merge(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    return this.orAgain(
      request,
      form,
      (shown) => this.one(request, caller, id, shown),
      async () => {
        const wanted = parsed(mergeSchema, { into: form.text('into'), reason: form.text('reason') });
        const dryRun = form.text('step') !== 'save';
        const found = await this.handingOver.merge(caller, id, wanted, { dryRun });
        if (dryRun) return this.one(request, caller, id, { values: form.values(), found });
        return redirect(path, 'merged');
      },
    );
  }

  private async orAgain(
    request: PageRequest,
    form: Form,
    again: (shown: Shown) => Promise<PageAnswer>,
    work: () => Promise<PageAnswer>,
  ): Promise<PageAnswer> {
    try {
      return await work();
    } catch (error) {
      return again({
        values: form.values(),
        problem: await this.writer.problem(request, error),
      });
    }
  }

  private async tree(request: PageRequest, caller: Caller, shown: Shown): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const all = await this.departments.list(caller);
    const names = new Map(all.map((department) => [department.id, nameIn(department, locale)]));
    const items = inTree(all).map((department) => ({
      ...department,
      mergedName: department.mergedInto ? names.get(department.mergedInto) : null,
    }));
    return page(
      'settings/departments',
      'departments.title',
      { items, departments: departmentChoices(all, locale), ...shown },
      { status: shown.problem?.status ?? 200 },
    );
  }

  private async one(request: PageRequest, caller: Caller, id: string, shown: Shown): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const all = await this.departments.list(caller);
    const department = all.find((one) => one.id === id);
    if (!department) throw notFound('department');
    const staff = (await this.officers.officers(caller)).filter((officer) => officer.departmentId === id);
    const names = await this.officers.choices(caller, department.headOfficerId);
    const choices = {
      officers: names.map((officer) => ({ value: officer.id, text: officer.name })),
      departments: departmentChoices(
        all.filter((one) => one.id !== id && !one.mergedInto),
        locale,
      ),
    };
    return page(
      'settings/department',
      'departments.change',
      { department, staff, ...choices, ...shown },
      { status: shown.problem?.status ?? 200 },
    );
  }
}

/** Each under the one it is below, with its depth. */
function inTree(
  all: DepartmentView[],
  parentId: string | null = null,
  depth = 0,
): (DepartmentView & { depth: string })[] {
  const known = new Set(all.map((one) => one.id));
  const isHere = (one: DepartmentView) =>
    parentId === null ? one.parentId === null || !known.has(one.parentId) : one.parentId === parentId;
  return all
    .filter(isHere)
    .flatMap((one) => [{ ...one, depth: '— '.repeat(depth) }, ...inTree(all, one.id, depth + 1)]);
}
