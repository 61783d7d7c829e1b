import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { SecondLook, type Waiting } from '../access/second-look.js';
import type { DepartmentPatch, DepartmentView } from './department.schema.js';
import { DepartmentsService } from './departments.service.js';

/** DepartmentActs changes departments for admins. A later go-live day waits for a second person: until then nobody is told. */
@Injectable()
export class DepartmentActs {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly look: SecondLook,
  ) {
    look.performs('amendGoLive', (caller, [id, patch]) =>
      departments.amend(caller, String(id), patch as DepartmentPatch),
    );
  }

  async amend(caller: Caller, id: string, patch: DepartmentPatch): Promise<DepartmentView | Waiting> {
    const { goLiveOn, reason = null } = patch;
    const work = () => this.departments.amend(caller, id, patch);
    if (!goLiveOn) return work();
    const before = await this.departments.mustSee(caller, id);
    if (goLiveOn <= (before.goLiveOn ?? '')) return work();
    return this.look.askOrDo(caller, { name: 'amendGoLive', args: [id, patch], reason }, work);
  }
}
