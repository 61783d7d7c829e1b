import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { newBrakeSchema, releaseSchema } from '../../../core/sending/brake.schema.js';
import { BrakesService, type ListedBrake } from '../../../core/sending/brakes.service.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { departmentChoices, nameIn } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { actorText } from '../contracts/history.js';
import { hasWords } from '../../../platform/words/words.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';

const path = '/console/settings/brakes';
const scopes = ['agency', 'template', 'sender'];

/** BrakesPages pause and resume sending, and show by whom and why. */
@ConsolePage('console/settings/brakes')
@Allow('admin')
export class BrakesPages {
  constructor(
    private readonly brakes: BrakesService,
    private readonly departments: DepartmentsService,
    private readonly names: AccountRecords,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async list(@Visiting() visit: Visit) {
    const { caller, locale } = visit;
    const departments = await this.departments.list(caller);
    const departmentNames = new Map(departments.map((one) => [one.id, nameIn(one, locale)]));
    const brakes = await this.brakes.listBrakes();
    const actors = await this.names.namesOfActors(brakes.map(({ actor }) => actor));
    const rows = brakes.map((brake) => ({
      ...brake,
      reasonText: brake.reasonText[locale],
      target: brake.scope === 'agency' ? '' : (departmentNames.get(brake.target) ?? brake.target),
      scope: isShown(brake) ? brake.scope : 'unreadable',
      who: brake.actor === 'system' ? brake.actor : actorText(brake.actor, actors, locale),
    }));
    return page('settings/brakes', 'settings.brakes', {
      ...visit.shown,
      on: rows.filter((row) => row.releasedAt === null),
      past: rows.filter((row) => row.releasedAt !== null).slice(0, 50),
      departments: departmentChoices(departments, locale),
      scopes: visit.choices('brakeScopes.', scopes),
      mayChange: caller.role === 'admin',
    });
  }

  @Post()
  @ShownAgainBy('list')
  async pull(@Visiting() { caller, form }: Visit) {
    const department = form.text('departmentId');
    const wanted = department ? { scope: 'department', target: department } : {};
    await this.brakes.pullBrake(caller, form.read(newBrakeSchema, wanted));
    return redirect(path, 'settings-saved');
  }

  @Post(':id/release')
  release(@Visiting() visit: Visit, @Id() id: string) {
    return visit.submit(
      async (form) => {
        await this.brakes.releaseBrake(visit.caller, id, form.read(releaseSchema).reason);
        return redirect(path, 'settings-saved');
      },
      ({ problem }) => {
        visit.shown = { values: {}, problem };
        return this.list(visit);
      },
    );
  }
}

/** A brake that is over did not pause everything, though its target may be gone by now. */
function isShown({ scope, readable, releasedAt }: ListedBrake): boolean {
  return hasWords(`brakeScopes.${scope}`) && (readable || releasedAt !== null);
}
