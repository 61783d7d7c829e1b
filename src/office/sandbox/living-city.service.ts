import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Caller } from '../../core/access/roles.js';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import { Contact, Contract } from '../../core/contracts/contract.entity.js';
import { newContractSchema } from '../../core/contracts/contract.schema.js';
import { ContractsService } from '../../core/contracts/contracts.service.js';
import { Department, Officer } from '../../core/departments/department.entity.js';
import { Proposal } from '../../core/proposals/proposal.entity.js';
import { Proposals } from '../../core/proposals/proposals.service.js';
import { SandboxService } from '../../core/sandbox/sandbox.service.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { Account } from '../accounts/account.entities.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { begins, cityActs, type CityAct, ends } from './living-city.js';

/** Officers of the city who register contracts and whom no newcomer signs in as, by their staff number. */
const colleagues: Record<string, { name: string; email: string }> = {
  'H-2001': { name: '이아람', email: 'officer.parks@hanbit.example' },
  'H-3001': { name: '정다솜', email: 'officer.welfare@hanbit.example' },
};

/** CityCast are the people and things of the city, as its acts name them. */
@Injectable()
export class CityCast {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly proposals: Proposals,
  ) {}

  /** Returns an officer as they sign in, by their staff number; a colleague's account is made first. */
  async officer(staffNumber: string): Promise<Caller> {
    const officer = await this.database.repository(Officer).findOneByOrFail({ staffNumber });
    const found = await this.database.repository(Account).findOneBy({ officerId: officer.id });
    return callerOf(found ?? (await this.makeColleague(officer)));
  }

  async departmentId(code: string): Promise<string> {
    return (await this.database.repository(Department).findOneByOrFail({ code })).id;
  }

  async hasContracts(reference?: string): Promise<boolean> {
    return this.database.repository(Contract).existsBy(reference === undefined ? {} : { reference });
  }

  async contractId(reference: string): Promise<string> {
    return (await this.database.repository(Contract).findOneByOrFail({ reference })).id;
  }

  async contactId(contractId: string): Promise<string> {
    return (await this.database.repository(Contact).findOneByOrFail({ contractId, removedAt: IsNull() })).id;
  }

  /** Lets the person on whom the lot fell approve what waits of a contract, if anything does. */
  async approveOf(reference: string): Promise<void> {
    const contractId = await this.contractId(reference);
    const waiting = await this.database.repository(Proposal).findBy({ contractId, state: 'waiting' });
    for (const { id, drawnAccountId } of waiting) {
      const drawn = await this.database.repository(Account).findOneBy({ id: drawnAccountId ?? '' });
      if (drawn) await this.proposals.approve(callerOf(drawn), id, {});
    }
  }

  private async makeColleague({ id: officerId, departmentId, staffNumber }: Officer): Promise<Account> {
    const person = colleagues[staffNumber ?? ''];
    if (!person) throw new Error(`the city has no officer ${staffNumber}`);
    return this.accounts.make({ ...person, role: 'officer', departmentId, officerId, locale: 'ko' });
  }
}

function callerOf({ id: accountId, role, departmentId, officerId }: Account): Caller {
  return { keyId: null, accountId, name: '', role, departmentId, officerId };
}

/**
 * LivingCity plays three months of a small city, through the same services that people use, so that a newcomer finds texts
 * sent and failed, some late and held, and somebody who would rather not have a company told.
 */
@Injectable()
export class LivingCity {
  constructor(
    private readonly clock: ServiceClock,
    private readonly sandbox: SandboxService,
    private readonly contracts: ContractsService,
    private readonly contacts: ContactsService,
    private readonly cast: CityCast,
  ) {}

  /**
   * Plays the city in a sandbox that nobody has used yet, or goes on where an interrupted start left it. `report` is called
   * with the share of it that is played, between 0 and 1.
   */
  async play(report: (share: number) => void): Promise<void> {
    const acts = cityActs();
    const stoppedAt = await this.clock.stoppedAt();
    const [first, last] = [new Date(begins), new Date(ends)];
    if (stoppedAt === null ? await this.cast.hasContracts() : !(await this.isBegun(acts, stoppedAt))) return;
    if (stoppedAt === null) await this.sandbox.startAt(first);
    for (const act of acts) {
      const moment = momentOf(act);
      if (stoppedAt && (await this.isDone(act, stoppedAt))) continue;
      if (moment > (await this.clock.now())) await this.sandbox.advanceTo(moment);
      await this.perform(act);
      report((moment.getTime() - first.getTime()) / (last.getTime() - first.getTime()));
    }
    await this.sandbox.advanceTo(last);
    report(1);
  }

  /** Tells whether a clock that stands still was stopped by a start of the city that did not come to its end. */
  private async isBegun([act]: CityAct[], stoppedAt: Date): Promise<boolean> {
    return act !== undefined && stoppedAt < new Date(ends) && this.cast.hasContracts(act.reference);
  }

  /** Tells whether an interrupted start performed an act; one that it was about to perform twice is not performed at all. */
  private async isDone(act: CityAct, stoppedAt: Date): Promise<boolean> {
    if (act.act === 'register') return this.cast.hasContracts(act.reference);
    return momentOf(act) <= stoppedAt;
  }

  private async perform(act: CityAct): Promise<void> {
    if (act.act === 'approve') return this.cast.approveOf(act.reference);
    const caller = await this.cast.officer(act.by);
    if (act.act === 'register') {
      const departmentId = await this.cast.departmentId(act.department);
      const { officerId } = caller;
      const contract = newContractSchema.parse({ ...act.contract, departmentId, officerId });
      await this.contracts.register({ caller, dryRun: false }, contract);
      return;
    }
    const edit = { caller, dryRun: false, id: await this.cast.contractId(act.reference) };
    if (act.act === 'record') {
      await this.contracts.recordOccurrence(edit, act.code, { occurredOn: act.day });
    } else if (act.act === 'move') {
      const { day: on, reason } = act;
      await this.contracts.move(edit, act.move, reason === '' ? { on } : { on, reason });
    } else if (act.act === 'amend') {
      await this.contracts.amend(edit, { [act.column]: act.day, reason: act.reason });
    } else {
      const { phone, reason } = act;
      await this.contacts.changeContact(edit, await this.cast.contactId(edit.id), { phone, reason });
    }
  }
}

function momentOf({ on }: CityAct): Date {
  return new Date(`${on}T09:30:00+09:00`);
}
