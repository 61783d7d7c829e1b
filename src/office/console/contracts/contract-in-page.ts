import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { ContractReader } from '../../../core/contracts/contract.reader.js';
import { ContractViewer } from '../../../core/contracts/contract.view.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import { nameIn } from '../choices.js';
import type { Locale } from '../../../platform/words/words.js';
import { Today } from './today.js';

/** A contract with the names around it, and what of its plan can be recorded. Another department's is not found. */
@Injectable()
export class ContractInPage {
  constructor(
    private readonly reader: ContractReader,
    private readonly viewer: ContractViewer,
    private readonly around: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly days: Today,
  ) {}

  async of(caller: Caller, id: string) {
    const contract = await this.viewer.view(await this.reader.requireVisible(caller, id));
    const officers = contract.officerId === null ? [] : await this.officers.named(caller, contract.officerId);
    return {
      contract,
      department: await this.around.mustSee(caller, contract.departmentId),
      officer: officers.find((officer) => officer.id === contract.officerId)?.name ?? null,
      recordable: await this.days.recordable(contract.plan, contract.planVersion),
      today: await this.days.today(),
    };
  }

  /** Departments and officers that the caller sees, by id, for a history that names them. */
  async names(caller: Caller, locale: Locale): Promise<Map<string, string>> {
    const departments = await this.around.list(caller);
    const officers = await this.officers.named(caller);
    return new Map([
      ...departments.map((department) => [department.id, nameIn(department, locale)] as const),
      ...officers.map((officer) => [officer.id, officer.name] as const),
    ]);
  }
}
