import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { PlanningService } from '../planning/planning.service.js';
import type { Difference } from '../planning/planning.types.js';
import type { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';

/** Plans contracts afresh as they stand in the running transaction, which holds their locks. */
@Injectable()
export class Replanning {
  constructor(
    private readonly planning: PlanningService,
    private readonly reader: ContractReader,
    private readonly clock: ServiceClock,
  ) {}

  async replan(contract: Contract): Promise<Difference> {
    const differences = await this.replanMany([contract]);
    const difference = differences.get(contract.id);
    if (!difference) throw new Error('planning returned nothing');
    return difference;
  }

  async replanMany(contracts: Contract[]): Promise<Map<string, Difference>> {
    return this.planning.replan(await this.reader.subjectsOf(contracts), await this.clock.now());
  }
}
