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

/** Candidates are who may be asked to decide a proposal, and the ids of those who are not independent of its proposer. */
interface Candidates {
  named: SecondPerson[];
  bound: ReadonlySet<string>;
}

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
    return (await this.decidable(caller, [proposal], now)).has(proposal);
  }

  /** Returns those of the proposals that the caller may decide now, by the same few statements whatever their number. */
  async decidable<T extends Drawn>(caller: Caller, proposals: T[], now: Date): Promise<Set<T>> {
    const isDrawn = ({ drawnAccountId }: T) =>
      caller.accountId !== null && caller.accountId === drawnAccountId;
    const possible = proposals.filter(
      (one) =>
        one.state === 'waiting' &&
        one.deciders.includes(caller.role) &&
        !isSame(caller, one.caller) &&
        (isDrawn(one) || overseers.includes(caller.role)),
    );
    const candidates = await this.candidatesOf(possible);
    const mayDecide = (proposal: T, { named, bound }: Candidates) => {
      const isNamed = named.some(({ accountId }) => accountId === caller.accountId);
      if (isOfAgency(proposal)) return isNamed;
      if (caller.accountId !== null) {
        if (!isNamed) return false;
        if (isDrawn(proposal)) return true;
      } else if (bound.has(callerIdOf(caller)) && named.length > 0) return false;
      const isThere = named.some(({ accountId }) => accountId === proposal.drawnAccountId);
      return !isThere || proposal.openFrom <= now;
    };
    return new Set(
      possible.filter((proposal, n) => {
        const own = candidates[n];
        return own !== undefined && mayDecide(proposal, own);
      }),
    );
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

  private async candidates(proposal: ToDecide): Promise<Candidates> {
    const [own] = await this.candidatesOf([proposal]);
    if (!own) throw new Error('no candidates were looked for');
    return own;
  }

  /** Returns who may be asked to decide each of the proposals, in their order. */
  private async candidatesOf(proposals: ToDecide[]): Promise<Candidates[]> {
    if (proposals.length === 0) return [];
    const people = await this.people();
    const lines = await this.linesOf(proposals);
    const boundTo = await this.boundTo(proposals.map(({ caller }) => caller));
    return proposals.map(({ caller, deciders }, n) => {
      const able = people.filter(
        ({ accountId, role, departmentId }) =>
          deciders.includes(role) &&
          accountId !== caller.accountId &&
          (role !== 'manager' || (departmentId !== null && !lines[n]?.has(departmentId))),
      );
      const bound = boundTo[n] ?? new Set();
      const independent = able.filter(({ accountId }) => !bound.has(accountId));
      return { named: independent.length > 0 ? independent : able, bound };
    });
  }

  /** Returns for each proposal the departments above and below the proposer's and the contract's, with these. */
  private async linesOf(proposals: ToDecide[]): Promise<Set<string>[]> {
    const rows = await this.database.rows<{ n: number; id: string }>(
      `WITH RECURSIVE asked AS (
         SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[]) AS one (n, department_id, contract_id)
       ), own AS (
         SELECT n, department_id AS id FROM asked
         UNION SELECT n, c.department_id FROM asked JOIN contract c ON c.id = asked.contract_id
       ), below AS (
         SELECT * FROM own UNION SELECT n, d.id FROM department d JOIN below ON d.parent_id = below.id
       ), above AS (
         SELECT * FROM own UNION SELECT n, d.parent_id FROM department d JOIN above ON d.id = above.id
       ) SELECT * FROM below WHERE id IS NOT NULL UNION SELECT * FROM above WHERE id IS NOT NULL`,
      [
        [...proposals.keys()],
        proposals.map(({ caller }) => caller.departmentId),
        proposals.map(({ contractId }) => contractId),
      ],
    );
    return setsOf(proposals, rows);
  }

  /** Returns for each caller the ids of the accounts and keys that they have made or changed, and of the accounts that did so to theirs. */
  private async boundTo(callers: Caller[]): Promise<Set<string>[]> {
    const rows = await this.database.rows<{ n: number; id: string }>(
      `WITH access AS MATERIALIZED (
         SELECT subject_id, substr(actor, strpos(actor, ':') + 1) AS name FROM change WHERE subject IN ('account', 'api-key')),
       asked AS (SELECT * FROM unnest($1::int[], $2::text[], $3::text[]) AS one (n, name, id))
       SELECT n, subject_id AS id FROM access JOIN asked USING (name)
       UNION SELECT n, ltrim(access.name, '@') FROM access JOIN asked ON access.subject_id = asked.id`,
      [
        [...callers.keys()],
        callers.map(({ accountId, name }) => (accountId === null ? name : `@${accountId}`)),
        callers.map(callerIdOf),
      ],
    );
    return setsOf(callers, rows);
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

/** Returns for each of those asked, by their place, the ids that were found. */
function setsOf(asked: unknown[], rows: { n: number; id: string }[]): Set<string>[] {
  const sets = asked.map(() => new Set<string>());
  for (const { n, id } of rows) sets[n]?.add(id);
  return sets;
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
