import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { callerIdOf, type Caller, type Role } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { Database } from '../../platform/database/database.js';
import { Proposal } from './proposal.entity.js';

/** SecondPerson is somebody who signs in, and may be asked to decide what another person proposes. */
export interface SecondPerson {
  accountId: string;
  role: Role;
  departmentId: string | null;
}

/** What decides who may decide. */
type ToDecide = Pick<Proposal, 'caller' | 'contractId' | 'deciders'>;
type Drawn = ToDecide & Pick<Proposal, 'drawnAccountId' | 'openFrom' | 'state'>;

/** Roles that oversee the whole agency: whoever has one may decide what nobody decided in time. */
const overseers: readonly Role[] = ['auditor', 'admin'];

/**
 * Deciders tells who may decide a proposal: nobody whom the proposer could lean on. It is somebody else, of a role that the
 * act names, a manager only from outside the department lines of the proposer and of the contract, and nobody whose account
 * or key the proposer has made or changed, or who did so to theirs. Where an agency has no such person, one of these will do:
 * else a single admin, who invites everybody, could never have anything decided. What admins do to the whole agency is
 * decided by people alone, never by a program.
 */
@Injectable()
export class Deciders {
  private people: () => Promise<SecondPerson[]> = () => Promise.resolve([]);

  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
  ) {}

  /** Lets the part of the service that keeps accounts name the people. Without it, programs alone decide. */
  knowPeople(people: () => Promise<SecondPerson[]>): void {
    this.people = people;
  }

  /**
   * Draws by lot who decides. What the same proposer proposes of the same contract stays with the person on whom the lot fell
   * before, while that person may decide: whoever withdraws and proposes again does not draw again.
   */
  async draw(proposal: ToDecide): Promise<string | null> {
    if (isOfAgency(proposal)) return null;
    const { named } = await this.candidates(proposal);
    const last = await this.lastDrawn(proposal);
    if (last && named.some(({ accountId }) => accountId === last)) return last;
    return named[named.length > 0 ? randomInt(named.length) : 0]?.accountId ?? null;
  }

  /** Tells whether anybody could decide, but for one account. */
  async hasAny(proposal: ToDecide, but?: string): Promise<boolean> {
    const { named } = await this.candidates(proposal);
    return named.some(({ accountId }) => accountId !== but);
  }

  async mayDecide(caller: Caller, proposal: Drawn, now: Date): Promise<boolean> {
    if (proposal.state !== 'waiting' || !proposal.deciders.includes(caller.role)) return false;
    if (isSame(caller, proposal.caller)) return false;
    const isDrawn = caller.accountId !== null && caller.accountId === proposal.drawnAccountId;
    if (!isDrawn && !overseers.includes(caller.role)) return false;
    const { named, bound } = await this.candidates(proposal);
    const isNamed = named.some(({ accountId }) => accountId === caller.accountId);
    if (isOfAgency(proposal)) return isNamed;
    if (caller.accountId !== null) {
      if (!isNamed) return false;
      if (isDrawn) return true;
    } else if (bound.has(callerIdOf(caller)) && named.length > 0) return false;
    const isThere = named.some(({ accountId }) => accountId === proposal.drawnAccountId);
    return !isThere || proposal.openFrom <= now;
  }

  /** Tells whether the caller knows of a proposal: it is of what they see, their own, or theirs to decide. */
  async sees(caller: Caller, { contractId, caller: proposer, drawnAccountId }: Drawn): Promise<boolean> {
    const seen = await this.departments.seenBy(caller);
    if (seen === null || isSame(caller, proposer)) return true;
    if (drawnAccountId !== null && drawnAccountId === caller.accountId) return true;
    const [contract] = await this.database.rows<{ departmentId: string }>(
      `SELECT department_id FROM contract WHERE id = $1`,
      [contractId],
    );
    return contract !== undefined && seen.includes(contract.departmentId);
  }

  private async candidates({ caller, contractId, deciders }: ToDecide) {
    const line = await this.lineOf(caller, contractId);
    const able = (await this.people()).filter(
      ({ accountId, role, departmentId }) =>
        deciders.includes(role) &&
        accountId !== caller.accountId &&
        (role !== 'manager' || (departmentId !== null && !line.has(departmentId))),
    );
    const bound = await this.boundTo(caller);
    const independent = able.filter(({ accountId }) => !bound.has(accountId));
    return { named: independent.length > 0 ? independent : able, bound };
  }

  /** Returns the departments above and below the proposer's and the contract's, with these. */
  private async lineOf({ departmentId }: Caller, contractId: string | null): Promise<Set<string>> {
    const rows = await this.database.rows<{ id: string }>(
      `WITH RECURSIVE own AS (
         SELECT $1::uuid AS id UNION SELECT department_id FROM contract WHERE id = $2
       ), below AS (
         SELECT id FROM own UNION SELECT d.id FROM department d JOIN below ON d.parent_id = below.id
       ), above AS (
         SELECT id FROM own UNION SELECT d.parent_id FROM department d JOIN above ON d.id = above.id
       ) SELECT id FROM below WHERE id IS NOT NULL UNION SELECT id FROM above WHERE id IS NOT NULL`,
      [departmentId, contractId],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Returns the ids of the accounts and keys that the caller has made or changed, and of the accounts that did so to theirs. */
  private async boundTo(caller: Caller): Promise<Set<string>> {
    const rows = await this.database.rows<{ id: string }>(
      `WITH access AS MATERIALIZED (
         SELECT subject_id, substr(actor, strpos(actor, ':') + 1) AS name FROM change WHERE subject IN ('account', 'api-key'))
       SELECT subject_id AS id FROM access WHERE name = $1
       UNION SELECT ltrim(name, '@') FROM access WHERE subject_id = $2`,
      [caller.accountId === null ? caller.name : `@${caller.accountId}`, callerIdOf(caller)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  private async lastDrawn({ caller, contractId }: ToDecide): Promise<string | null> {
    if (contractId === null) return null;
    const [row] = await this.database.rows<{ id: string | null }>(
      `SELECT drawn_account_id AS id FROM proposal
       WHERE contract_id = $1 AND coalesce(caller ->> 'accountId', caller ->> 'keyId') = $2 ORDER BY id DESC LIMIT 1`,
      [contractId, callerIdOf(caller)],
    );
    return row?.id ?? null;
  }
}

/** Tells whether a proposal is of what admins do to the whole agency, which no manager decides. */
function isOfAgency({ deciders }: Pick<Proposal, 'deciders'>): boolean {
  return !deciders.includes('manager');
}

/** Tells whether two callers are one person or program; an officer's account and key are both that officer. */
export function isSame(one: Caller, other: Caller): boolean {
  if (one.officerId !== null && one.officerId === other.officerId) return true;
  return callerIdOf(one) === callerIdOf(other);
}
