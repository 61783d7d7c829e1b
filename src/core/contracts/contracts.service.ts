import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { Database } from '../../platform/database/database.js';
import { ContractChanges } from './contract-changes.js';
import { factsOf, FactsRules } from './contract-facts.js';
import { ContractRevisions } from './contract-revisions.js';
import type { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';
import type { ContractPatch, MoveBody, NewContract, NewOccurrence } from './contract.schema.js';
import { type ContractView, ContractViewer } from './contract.view.js';
import { contractProblems } from './contracts.words.js';
import { type Move, stateAfter } from './lifecycle.js';

export interface HowToChange {
  dryRun: boolean;
  /** The entity tag's number that the caller last saw; null when they do not say. */
  ifVersion?: number | null;
}

/** ContractEditor runs one change of a contract in one transaction: seen, locked, altered, planned again and answered. */
@Injectable()
export class ContractEditor {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly changes: ContractChanges,
    private readonly viewer: ContractViewer,
  ) {}

  async edit(
    caller: Caller,
    id: string,
    how: HowToChange,
    work: (contract: Contract) => Promise<void>,
  ): Promise<ContractView> {
    await this.reader.requireVisible(caller, id);
    return this.make(how, async () => {
      const contract = await this.lockVersion(id, how);
      await work(contract);
      return contract;
    });
  }

  /** Does the same for a contract that `work` makes. */
  async make(how: HowToChange, work: () => Promise<Contract>): Promise<ContractView> {
    const whole = async () => {
      const contract = await work();
      return this.viewer.view(contract, await this.changes.replanOne(contract));
    };
    return how.dryRun ? this.database.rehearse(whole) : this.database.inTransaction(whole);
  }

  private async lockVersion(id: string, { ifVersion }: HowToChange): Promise<Contract> {
    const [contract] = await this.reader.lockContracts([id]);
    if (!contract) throw new Error('a contract vanished');
    const { version } = contract;
    if (ifVersion !== undefined && ifVersion !== null && ifVersion !== version)
      throw contractProblems.error('contract-changed', { version });
    return contract;
  }
}

/** ContractsService is what officers do with contracts: register, amend, move, and record what happened. */
@Injectable()
export class ContractsService {
  constructor(
    private readonly editor: ContractEditor,
    private readonly changes: ContractChanges,
    private readonly revisions: ContractRevisions,
    private readonly rules: FactsRules,
  ) {}

  async register(caller: Caller, input: NewContract, how: HowToChange): Promise<ContractView> {
    await this.rules.requireNameable(caller, input);
    const facts = factsOf(input, await this.rules.readingRules());
    return this.editor.make(how, async () => {
      const contract = await this.revisions.register(facts, actorOf(caller));
      if (!contract) throw contractProblems.error('reference-taken', { reference: facts.reference });
      return contract;
    });
  }

  async amend(caller: Caller, id: string, patch: ContractPatch, how: HowToChange): Promise<ContractView> {
    const { amendedOn, reason, value, ...fields } = patch;
    const altered = {
      ...definedOnly(fields),
      ...(value === undefined ? {} : { amount: value?.amount ?? null, currency: value?.currency ?? null }),
    };
    const by = { what: 'amended' as const, actor: actorOf(caller), reason: reason ?? null };
    return this.editor.edit(caller, id, how, async (contract) => {
      const { departmentId } = fields;
      // Whose it is already is not asked again: it may have come from where the caller sees nobody.
      const officerId = fields.officerId === contract.officerId ? null : fields.officerId;
      await this.rules.requireNameable(caller, { departmentId, officerId });
      await this.changes.alter(contract, altered, by);
      if (!amendedOn) return;
      const amendment = { amendedOn, note: by.reason, externalId: null };
      await this.changes.recordAmendment(contract, amendment, by.actor);
    });
  }

  async move(
    caller: Caller,
    id: string,
    move: Move,
    { on, reason }: MoveBody,
    how: HowToChange,
  ): Promise<ContractView> {
    await this.rules.requireNearDay(on, 'on');
    const by = { what: 'moved' as const, params: { move }, actor: actorOf(caller), reason: reason ?? null };
    return this.editor.edit(caller, id, how, async (contract) => {
      await this.changes.alter(contract, stateAfter(contract, move, on), by);
    });
  }

  async recordOccurrence(
    caller: Caller,
    id: string,
    code: string,
    body: NewOccurrence,
    how: HowToChange,
  ): Promise<ContractView> {
    await this.rules.requireNearDay(body.occurredOn, 'occurredOn');
    const occurrence = { code, ...body, note: body.note ?? null, externalId: null };
    return this.editor.edit(caller, id, how, async (contract) => {
      if (contract.state === 'draft') throw contractProblems.error('contract-is-draft');
      await this.changes.recordOccurrence(contract, occurrence, actorOf(caller));
    });
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
