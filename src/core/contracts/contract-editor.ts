import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { AppError } from '../../platform/app-error.js';
import type { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';
import type { ContractView } from './contract.view.js';
import { ContractViewer } from './contract.viewer.js';
import { Replanning } from './replanning.js';
import { Database } from '../../platform/database/database.js';

export interface HowToChange {
  dryRun: boolean;
  /** The entity tag's number that the caller last saw; null when he does not say. */
  ifVersion?: number | null;
}

/** One change of a contract from end to end: seen, locked, altered, re-planned and answered in one transaction. */
@Injectable()
export class ContractEditor {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly replanning: Replanning,
    private readonly viewer: ContractViewer,
  ) {}

  async edit(
    caller: Caller,
    id: string,
    how: HowToChange,
    work: (contract: Contract) => Promise<void>,
  ): Promise<ContractView> {
    await this.reader.mustSee(caller, id);
    return this.make(how, async () => {
      const contract = await this.locked(id, how);
      await work(contract);
      return contract;
    });
  }

  /** The same for a contract that `work` makes or locks itself. */
  async make(how: HowToChange, work: () => Promise<Contract>): Promise<ContractView> {
    const whole = async () => {
      const contract = await work();
      return this.viewer.view(contract, await this.replanning.replan(contract));
    };
    return how.dryRun ? this.database.rehearse(whole) : this.database.inTransaction(whole);
  }

  private async locked(id: string, how: HowToChange): Promise<Contract> {
    const [contract] = await this.reader.lock([id]);
    if (!contract) throw new Error('a contract vanished');
    if (how.ifVersion !== undefined && how.ifVersion !== null && how.ifVersion !== contract.version) {
      throw new AppError(
        'precondition',
        'contract-changed',
        `The contract was changed since you read it (it is at version ${contract.version}): read it again, then repeat your change.`,
      );
    }
    return contract;
  }
}
