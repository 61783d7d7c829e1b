import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { DepartmentActs } from '../../../core/departments/department-acts.js';
import {
  departmentPatchSchema,
  type DepartmentView,
  newDepartmentSchema,
  newOfficerSchema,
  officerPatchSchema,
} from '../../../core/departments/department.schema.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import { notFound } from '../../../platform/app-error.js';
import { Id } from '../../../platform/http/query.schema.js';
import { handOverSchema, mergeSchema } from '../../handing-over/handing-over.schema.js';
import { HandingOverService } from '../../handing-over/handing-over.service.js';
import { departmentChoices, FormChoices, nameIn } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { page, redirect, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';

const path = '/console/settings/departments';

/** DepartmentsPages show the tree of departments, its staff, and departments that become one. */
@ConsolePage('console/settings/departments')
@Allow('admin')
export class DepartmentsPages {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly acts: DepartmentActs,
    private readonly officers: OfficersService,
    private readonly handingOver: HandingOverService,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  async list(@Visiting() { caller, locale, shown }: Visit) {
    const all = await this.departments.list(caller);
    const names = new Map(all.map((department) => [department.id, nameIn(department, locale)]));
    const items = inTree(all).map((department) => ({
      ...department,
      mergedName: department.mergedInto ? names.get(department.mergedInto) : null,
    }));
    return page('settings/departments', 'departments.title', {
      items,
      departments: departmentChoices(all, locale),
      ...shown,
    });
  }

  @Post()
  @ShownAgainBy('list')
  async add(@Visiting() { caller, form }: Visit) {
    await this.departments.create(caller, form.read(newDepartmentSchema, { name: form.text('nameKo') }));
    return redirect(path, 'department-saved');
  }

  @Get(':id')
  async show(@Visiting() { caller, locale, shown }: Visit, @Id() id: string) {
    const all = await this.departments.list(caller);
    const department = all.find((one) => one.id === id);
    if (!department) throw notFound('department');
    const staff = (await this.officers.officers(caller)).filter((officer) => officer.departmentId === id);
    const others = all.filter((one) => one.id !== id);
    return page('settings/department', 'departments.change', {
      department,
      staff,
      officers: await this.choices.officersFor({ caller, locale }, department.headOfficerId),
      departments: departmentChoices(others, locale),
      ...shown,
    });
  }

  @Post(':id')
  @ShownAgainBy('show')
  async change(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const patch = form.read(departmentPatchSchema, { name: form.text('nameKo') });
    return redirectAfter(await this.acts.amend(caller, id, patch), `${path}/${id}`, 'department-saved');
  }

  @Post(':id/officers')
  @ShownAgainBy('show')
  async addOfficer(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.officers.addOfficer(caller, form.read(newOfficerSchema, { departmentId: id }));
    return redirect(`${path}/${id}`, 'officer-added');
  }

  /** `step` is `leave` or `return`. */
  @Post(':id/officers/:officerId')
  @ShownAgainBy('show')
  async amendOfficer(
    @Visiting() { caller, form }: Visit,
    @Id() id: string,
    @Id('officerId') officerId: string,
  ) {
    const step = form.text('step');
    const active = step === 'return' || (step === 'leave' ? false : undefined);
    const patch = form.read(officerPatchSchema.required({ active: true }), { active });
    await this.officers.amend(caller, officerId, patch);
    return redirect(`${path}/${id}`, active ? 'officer-returned' : 'officer-left');
  }

  /** `step` is `preview` until the person has seen what moves. */
  @Post(':id/merge')
  @ShownAgainBy('show')
  async merge(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, form } = visit;
    const dryRun = form.text('step') !== 'save';
    const found = await this.handingOver.merge(caller, id, form.read(mergeSchema), { dryRun });
    if (!dryRun) return redirect(path, 'merged');
    visit.shown = { values: form.values(), found };
    return this.show(visit, id);
  }
}

/** HandOverPages give an officer's contracts to another; they are counted before they go. */
@ConsolePage('console/settings/hand-over')
@Allow('manager', 'admin')
export class HandOverPages {
  constructor(
    private readonly handingOver: HandingOverService,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  async form(@Visiting() visit: Visit) {
    const { officers } = await this.choices.forContract(visit);
    return page('settings/hand-over', 'handingOver.title', { ...visit.shown, officers });
  }

  @Post()
  @ShownAgainBy('form')
  async handOver(@Visiting() visit: Visit) {
    const { caller, form } = visit;
    const dryRun = form.text('step') !== 'save';
    const found = await this.handingOver.handOver(caller, form.read(handOverSchema), { dryRun });
    if (!dryRun) return redirect('/console/settings/hand-over', 'handed-over');
    visit.shown = { values: form.values(), found };
    return this.form(visit);
  }
}

/** Orders departments as a tree: each below the one that it belongs to, with its depth. */
function inTree(all: DepartmentView[]) {
  const known = new Set(all.map(({ id }) => id));
  const below = (id: string | null, depth: string): (DepartmentView & { depth: string })[] =>
    all
      .filter(({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null) === id)
      .flatMap((one) => [{ ...one, depth }, ...below(one.id, `${depth}— `)]);
  return below(null, '');
}
