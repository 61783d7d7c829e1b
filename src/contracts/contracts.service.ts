import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { actorOf, type Caller } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { AppError } from '../platform/app-error.js';
import { ServiceClock } from '../platform/clock/service-clock.js';
import { Transactions } from '../platform/database/transactions.js';
import { CONFIG } from '../platform/platform.tokens.js';
import { PlanningService } from '../planning/planning.service.js';
import type { Difference } from '../planning/planning.types.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Contract } from './contract.entity.js';
import { factsOf, type ReadingRules } from './contract-facts.js';
import { ContractReader } from './contract.reader.js';
import type { ContractPatch, ContractView, MoveBody, NewContract, NewOccurrence } from './contract.schema.js';
import { ContractViewer } from './contract.viewer.js';
import { checkDates, type Move, moved } from './lifecycle.js';
import { RegistrationService } from './registration.service.js';

export interface HowToChange {
  dryRun: boolean;
  /** The entity tag's number that the caller last saw; null when he does not say. */
  ifVersion?: number | null;
}

/** Every change of a contract: locked, journalled and re-planned in one transaction. */
@Injectable()
export class ContractsService {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly transactions: Transactions,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly planning: PlanningService,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
    private readonly reader: ContractReader,
    private readonly viewer: ContractViewer,
    private readonly registration: RegistrationService,
  ) {}

  async register(caller: Caller, input: NewContract, how: HowToChange): Promise<ContractView> {
    await this.departments.mustSee(caller, input.departmentId);
    const facts = factsOf(input, await this.readingRules());
    return this.inTransaction(how, async (manager) => {
      const [taken] = await this.reader.lockByReference(manager, facts.source, [facts.reference]);
      if (taken) {
        throw new AppError(
          'conflict',
          'reference-taken',
          `A contract ${facts.reference} is registered already: change that one, or give this one its own reference.`,
        );
      }
      const [contract] = await this.registration.insert(manager, [facts], actorOf(caller));
      if (!contract) throw new Error('the contract was not inserted');
      return this.viewer.view(contract, await this.replan(manager, contract));
    });
  }

  async amend(caller: Caller, id: string, patch: ContractPatch, how: HowToChange): Promise<ContractView> {
    const { amendedOn, reason, value, ...fields } = patch;
    await this.reader.mustSee(caller, id);
    if (fields.departmentId) await this.departments.mustSee(caller, fields.departmentId);
    return this.inTransaction(how, async (manager) => {
      const contract = await this.locked(manager, id, how);
      const altered = {
        ...definedOnly(fields),
        ...(value === undefined ? {} : { amount: value?.amount ?? null, currency: value?.currency ?? null }),
      };
      await this.alter(manager, contract, altered, {
        what: 'amended',
        actor: actorOf(caller),
        reason: reason ?? null,
      });
      if (amendedOn) await this.recordAmendment(manager, contract, amendedOn, reason ?? null);
      return this.viewer.view(contract, await this.replan(manager, contract));
    });
  }

  async move(
    caller: Caller,
    id: string,
    move: Move,
    body: MoveBody,
    how: HowToChange,
  ): Promise<ContractView> {
    await this.reader.mustSee(caller, id);
    return this.inTransaction(how, async (manager) => {
      const contract = await this.locked(manager, id, how);
      await this.alter(manager, contract, moved(contract, move, body.on), {
        what: `moved: ${move}`,
        actor: actorOf(caller),
        reason: body.reason ?? null,
      });
      return this.viewer.view(contract, await this.replan(manager, contract));
    });
  }

  async recordOccurrence(
    caller: Caller,
    id: string,
    code: string,
    body: NewOccurrence,
    how: HowToChange,
  ): Promise<ContractView> {
    await this.reader.mustSee(caller, id);
    return this.inTransaction(how, async (manager) => {
      const contract = await this.locked(manager, id, how);
      if (contract.state === 'draft') {
        throw new AppError(
          'conflict',
          'contract-is-draft',
          'Sign the contract first: nothing occurs in a draft.',
        );
      }
      await this.occurred(
        manager,
        contract,
        { code, ...body, note: body.note ?? null, externalId: null },
        actorOf(caller),
      );
      return this.viewer.view(contract, await this.replan(manager, contract));
    });
  }

  /** Inside a transaction that holds the contract's lock. False when the source's occurrence was known. */
  async occurred(
    manager: EntityManager,
    contract: Contract,
    occurrence: { code: string; occurredOn: string; note: string | null; externalId: string | null },
    actor: string,
  ): Promise<boolean> {
    const [subject] = await this.reader.subjectsOf([contract]);
    if (!subject) throw new Error('a contract has no planning subject');
    const { recorded, occurrence: number } = await this.planning.recordOccurrence(
      manager,
      subject,
      occurrence,
    );
    if (!recorded) return false;
    await this.bump(manager, contract);
    await this.journal.record(manager, {
      subject: 'milestone',
      subjectId: contract.id,
      contractId: contract.id,
      what: `occurred: ${occurrence.code}`,
      before: null,
      after: {
        code: occurrence.code,
        occurrence: number,
        occurredOn: occurrence.occurredOn,
        note: occurrence.note,
      },
      actor,
      reason: occurrence.note,
    });
    return true;
  }

  /** Writes altered columns, one change row a column; false when nothing differs. */
  async alter(
    manager: EntityManager,
    contract: Contract,
    wanted: Partial<Contract>,
    by: { what: string; actor: string; reason: string | null },
  ): Promise<boolean> {
    const keys = (Object.keys(wanted) as (keyof Contract)[]).filter((key) =>
      differs(contract[key], wanted[key]),
    );
    if (keys.length === 0) return false;
    const before = Object.fromEntries(keys.map((key) => [key, contract[key]]));
    const after = Object.fromEntries(keys.map((key) => [key, wanted[key]]));
    Object.assign(contract, after);
    checkDates(contract);
    if (contract.state !== 'draft' && contract.state !== 'terminated' && contract.signedOn === null) {
      throw new AppError('invalid', 'signing-date-needed', 'A signed contract keeps its signing date.');
    }
    contract.version += 1;
    await manager.update(Contract, { id: contract.id }, { ...after, version: contract.version });
    if (after['departmentId'])
      await this.planning.moveDepartment(manager, contract.id, contract.departmentId);
    await this.journal.record(
      manager,
      ...keys.map((key) => ({
        subject: 'contract',
        subjectId: contract.id,
        contractId: contract.id,
        what: `${by.what}: ${key}`,
        before: { [key]: before[key] },
        after: { [key]: after[key] },
        actor: by.actor,
        reason: by.reason,
      })),
    );
    return true;
  }

  /** An amendment is told where the plan has a milestone for it. */
  async recordAmendment(
    manager: EntityManager,
    contract: Contract,
    amendedOn: string,
    note: string | null,
    externalId: string | null = null,
    actor = 'amendment',
  ): Promise<void> {
    const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
    const code = plan.milestones.find((m) => m.anchor.type === 'amendment')?.code;
    if (code)
      await this.occurred(manager, contract, { code, occurredOn: amendedOn, note, externalId }, actor);
  }

  async replan(manager: EntityManager, contract: Contract): Promise<Difference> {
    const differences = await this.replanMany(manager, [contract]);
    const difference = differences.get(contract.id);
    if (!difference) throw new Error('planning returned nothing');
    return difference;
  }

  async replanMany(manager: EntityManager, contracts: Contract[]): Promise<Map<string, Difference>> {
    return this.planning.replan(manager, await this.reader.subjectsOf(contracts), await this.clock.now());
  }

  async locked(manager: EntityManager, id: string, how: HowToChange): Promise<Contract> {
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

  /** Counts the version up when something of the contract's changed that is no column of its own. */
  async bump(manager: EntityManager, contract: Contract): Promise<void> {
    contract.version += 1;
    await manager.update(Contract, { id: contract.id }, { version: contract.version });
  }

  inTransaction<T>(how: HowToChange, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return how.dryRun ? this.transactions.rehearse(work) : this.transactions.run(work);
  }

  async readingRules(): Promise<ReadingRules> {
    const { setting } = await this.settings.calendar();
    const { value: agency } = await this.settings.agency();
    return {
      country: setting.country,
      locale: agency.locale,
      allowFiction: this.config.allowFictionalNumbers,
    };
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function differs(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string' && /^\d+(\.\d+)?$/.test(a) && /^\d+(\.\d+)?$/.test(b)) {
    return Number(a) !== Number(b) || (a.length !== b.length && !a.includes('.') && !b.includes('.'));
  }
  return (a ?? null) !== (b ?? null);
}
