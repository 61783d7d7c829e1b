import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { actorOf, type Caller, callerToKeep, type Role } from '../access/roles.js';
import { addDays } from '../calendar/local-date.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Deciders, isSame } from './deciders.js';
import { Proposal, type ProposedChange } from './proposal.entity.js';
import type { LossShown, ProposalState } from './proposal.schema.js';
import { proposalProblems } from './proposals.words.js';

/** Business days that the person on whom the lot fell has, before auditors may decide too. */
const daysToDecide = 3;

/** Who may decide what an officer, a manager or a program of theirs does to contracts. */
export const secondPersons: Role[] = ['manager', 'auditor'];

/** Who may decide what admins do to the whole agency. Nobody is drawn: they are few, and each may decide at once. */
export const agencyDeciders: Role[] = ['admin', 'auditor'];

/** An Act is a change as data: what is done, and what it is done with, so that it can be done later as well as now. */
export interface Act {
  name: string;
  args: unknown[];
  contractId: string | null;
  reason: string | null;
  /** Who may decide it. */
  deciders: Role[];
}

/** As whom an act is performed once it is approved, and who approved it. */
export interface Approved {
  caller: Caller;
  approvedBy: string;
}

/** Performs an act; what it throws leaves it undone. */
type Performer = (approved: Approved, act: Pick<Act, 'args' | 'contractId'>) => Promise<LossShown[]>;

/** What came of an act: what it returned, and the proposal where it waits and nothing was done. */
export interface Outcome<T> {
  result: T;
  proposalId: string | null;
}

/** Proposals does acts at once, or keeps them until a second person has decided, and does them then. */
@Injectable()
export class Proposals {
  private readonly performers = new Map<string, Performer>();

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly deciders: Deciders,
  ) {}

  /** Lets a module say how its acts are performed; each has one name in the whole service. */
  performs(name: string, performer: Performer): void {
    if (this.performers.has(name)) throw new Error(`two modules perform ${name}`);
    this.performers.set(name, performer);
  }

  /** Runs the work. When it is found to keep somebody from being told, it is undone, and waits for a second person. */
  async doOrPropose<T>(
    caller: Caller,
    act: Act,
    lossOf: (result: T) => LossShown[],
    work: () => Promise<T>,
  ): Promise<Outcome<T>> {
    const tried = await this.database.keepIf(
      ({ result }) => lossOf(result).length === 0,
      () => this.watch(caller, act, lossOf, work),
    );
    const lost = lossOf(tried.result);
    if (lost.length === 0) return { result: tried.result, proposalId: null };
    return { result: tried.result, proposalId: await this.propose(caller, act, { ...tried, lost }) };
  }

  /** Keeps an act for a second person; returns the proposal that waits, which may be one that was proposed before. */
  async propose(
    caller: Caller,
    act: Act,
    { lost, changes }: { lost: LossShown[]; changes: ProposedChange[] },
  ): Promise<string> {
    const { name, args, contractId, reason, deciders } = act;
    const actIndex = this.indexOf(act);
    return this.database.inTurn(`act ${actIndex.toString('hex')}`, async () => {
      const waiting = await this.database.repository(Proposal).findOneBy({ actIndex, state: 'waiting' });
      if (waiting) return waiting.id;
      const id = newId();
      const at = await this.clock.now();
      const proposer = actorOf(caller);
      const toDecide = { caller: callerToKeep(caller), contractId, deciders };
      await this.database.insert(Proposal, [
        {
          id,
          act: name,
          actIndex,
          proposer,
          reason,
          lost,
          changes,
          at,
          ...toDecide,
          argsSealed: this.sealer.seal(JSON.stringify(args), placeOf(id)),
          drawnAccountId: await this.deciders.draw(toDecide),
          openFrom: await this.openFrom(at),
        },
      ]);
      await this.journal.state('proposal', [id]);
      await this.journal.record({
        ...subjectOf({ id, contractId }),
        what: 'proposed',
        after: {
          act: name,
          lost: lost.length,
          changes: changes.map(({ what, params }) => ({ what, params })),
        },
        actor: proposer,
        reason,
      });
      return id;
    });
  }

  /** Does what was proposed. Throws `proposal-grown` when it keeps other texts from people than the decider has seen. */
  async approve(
    caller: Caller,
    id: string,
    { note = null, seen }: { note?: string | null | undefined; seen?: string | undefined },
  ): Promise<void> {
    await this.database.inTransaction(async () => {
      const proposal = await this.lockToDecide(caller, id);
      const lost = await this.perform(proposal, actorOf(caller));
      if (seen !== undefined && lossTag(lost) !== seen) throw proposalProblems.error('proposal-grown');
      await this.settle(proposal, 'approved', actorOf(caller), note);
    });
  }

  async refuse(caller: Caller, id: string, reason: string): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.settle(await this.lockToDecide(caller, id), 'refused', actorOf(caller), reason);
    });
  }

  /** Whoever proposed it takes it back. */
  async withdraw(caller: Caller, id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      const proposal = await this.lockSeen(caller, id);
      requireWaiting(proposal);
      if (!isSame(caller, proposal.caller)) throw proposalProblems.error('proposal-not-withdrawn');
      await this.settle(proposal, 'withdrawn', actorOf(caller), null);
    });
  }

  /** Takes back an act that waits and has come to nothing, in the running transaction. */
  async takeBack(actor: string, act: Pick<Act, 'name' | 'args' | 'contractId'>): Promise<void> {
    const proposal = await this.database.repository(Proposal).findOne({
      where: { actIndex: this.indexOf(act), state: 'waiting' },
      lock: { mode: 'pessimistic_write' },
    });
    if (proposal) await this.settle(proposal, 'withdrawn', actor, null);
  }

  /** Finds the proposals of an act that wait, with this as the first of the arguments that are sealed in each. */
  async idsWaitingWith(act: string, first: string): Promise<string[]> {
    const waiting = await this.database.repository(Proposal).findBy({ act, state: 'waiting' });
    return waiting.filter((one) => this.argsOf(one)?.[0] === first).map(({ id }) => id);
  }

  /** Returns what a waiting proposal would do now, or why it can no longer be done. */
  async foresee(
    proposal: Proposal,
  ): Promise<{ lost: LossShown[]; changes: ProposedChange[] } | { problem: AppError }> {
    const { caller, contractId } = proposal;
    try {
      return await this.database.rehearse(async () => {
        const { result, changes } = await this.watch(
          caller,
          { contractId },
          (lost) => lost,
          () => this.perform(proposal, proposal.proposer),
        );
        return { lost: result, changes };
      });
    } catch (error) {
      if (error instanceof AppError) return { problem: error };
      throw error;
    }
  }

  /** Reads what an actor has written into the history since an id was made, in the running transaction. */
  changesSince(
    id: string,
    { actor, contractId }: { actor: string; contractId: string | null },
  ): Promise<ProposedChange[]> {
    return this.database.rows<ProposedChange>(
      `SELECT what, subject_id, params, before, after FROM change
       WHERE id > $1 AND actor = $2 AND ($3::uuid IS NULL OR contract_id = $3) ORDER BY id LIMIT 200`,
      [id, actor, contractId],
    );
  }

  /** Runs the work, and reads what it wrote into the history where it keeps something from somebody. */
  private async watch<T>(
    caller: Caller,
    { contractId }: Pick<Act, 'contractId'>,
    lossOf: (result: T) => LossShown[],
    work: () => Promise<T>,
  ): Promise<{ result: T; changes: ProposedChange[] }> {
    const since = newId();
    const result = await work();
    if (lossOf(result).length === 0) return { result, changes: [] };
    return { result, changes: await this.changesSince(since, { actor: actorOf(caller), contractId }) };
  }

  private async perform(proposal: Proposal, approvedBy: string): Promise<LossShown[]> {
    const performer = this.performers.get(proposal.act);
    const args = this.argsOf(proposal);
    if (!performer || !args) throw new Error(`nobody performs ${proposal.act}`);
    const { caller, contractId } = proposal;
    return performer({ caller, approvedBy }, { args, contractId });
  }

  /** Opens what a proposal would be done with; null once it is decided. */
  private argsOf({ id, argsSealed }: Proposal): unknown[] | null {
    return argsSealed && (JSON.parse(this.sealer.open(argsSealed, placeOf(id))) as unknown[]);
  }

  private indexOf({ name, args, contractId }: Pick<Act, 'name' | 'args' | 'contractId'>): Buffer {
    return this.sealer.blindIndex(JSON.stringify(['act', name, contractId, args]));
  }

  private async settle(
    { id, contractId, act }: Proposal,
    state: Exclude<ProposalState, 'waiting'>,
    decidedBy: string,
    note: string | null,
  ): Promise<void> {
    const decidedAt = await this.clock.now();
    await this.database
      .repository(Proposal)
      .update({ id }, { state, decidedAt, decidedBy, note, argsSealed: null });
    await this.journal.state('proposal', [id]);
    await this.journal.record({
      ...subjectOf({ id, contractId }),
      what: `proposal-${state}`,
      after: { act },
      actor: decidedBy,
      reason: note,
    });
  }

  private async lockToDecide(caller: Caller, id: string): Promise<Proposal> {
    const proposal = await this.lockSeen(caller, id);
    requireWaiting(proposal);
    if (await this.deciders.mayDecide(caller, proposal, await this.clock.now())) return proposal;
    throw proposalProblems.error('proposal-not-yours');
  }

  private async lockSeen(caller: Caller, id: string): Promise<Proposal> {
    const proposal = await this.database
      .repository(Proposal)
      .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!proposal || !(await this.deciders.sees(caller, proposal))) throw notFound('proposal');
    return proposal;
  }

  private async openFrom(at: Date): Promise<Date> {
    const calendar = await this.settings.calendar();
    const day = calendar.localDateOf(at);
    await calendar.prepareYears(day, addDays(day, 30));
    return calendar.instantOf(calendar.addBusinessDays(day, daysToDecide), '00:00');
  }
}

/** Tells losses from each other, whatever their order; a decider hands it back with the decision. */
export function lossTag(lost: LossShown[]): string {
  const lines = lost.map((one) => [one.milestone, one.occurrence, one.contactId, one.how].join(' ')).sort();
  return createHash('sha256').update(lines.join('\n')).digest('base64url').slice(0, 22);
}

function requireWaiting({ state }: Proposal): void {
  if (state !== 'waiting') throw proposalProblems.error('proposal-decided');
}

function subjectOf({ id, contractId }: Pick<Proposal, 'id' | 'contractId'>) {
  return { subject: 'proposal', subjectId: id, contractId };
}

function placeOf(rowId: string) {
  return { table: 'proposal', column: 'args_sealed', rowId };
}
