import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/roles.js';
import { AppError } from '../../platform/app-error.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';
import type { ContractView } from './contract.view.js';
import { ContractViewer } from './contract.viewer.js';
import { Replanning } from './replanning.js';

export interface HowToChange {
  dryRun: boolean;
  /** The entity tag's number that the caller last saw; null when he does not say. */
  ifVersion?: number | null;
}

/** One change of a contract from end to end: seen, locked, altered, re-planned and answered in one transaction. */
@Injectable()
export class ContractEditor {
  constructor(
    private readonly transactions: Transactions,
    private readonly reader: ContractReader,
    private readonly replanning: Replanning,
    private readonly viewer: ContractViewer,
  ) {}

  async edit(
    caller: Caller,
    id: string,
    how: HowToChange,
    work: (manager: EntityManager, contract: Contract) => Promise<void>,
  ): Promise<ContractView> {
    await this.reader.mustSee(caller, id);
    return this.make(how, async (manager) => {
      const contract = await this.locked(manager, id, how);
      await work(manager, contract);
      return contract;
    });
  }

  /** The same for a contract that `work` makes or locks itself. */
  async make(how: HowToChange, work: (manager: EntityManager) => Promise<Contract>): Promise<ContractView> {
    const whole = async (manager: EntityManager) => {
      const contract = await work(manager);
      return this.viewer.view(contract, await this.replanning.replan(manager, contract));
    };
    return how.dryRun ? this.transactions.rehearse(whole) : this.transactions.run(whole);
  }

  private async locked(manager: EntityManager, id: string, how: HowToChange): Promise<Contract> {
    const [contract] = await this.reader.lock(manager, [id]);
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
