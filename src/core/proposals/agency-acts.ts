import { Injectable } from '@nestjs/common';
import { type AgencyAct, SecondLook, type Waiting } from '../access/second-look.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { actorOf, type Caller } from '../access/roles.js';
import type { ProposedChange } from './proposal.entity.js';
import { Deciders } from './deciders.js';
import { agencyDeciders, Proposals } from './proposals.service.js';

/** AgencyActs lets what admins do to the whole agency wait as proposals. */
@Injectable()
export class AgencyActs extends SecondLook {
  constructor(
    private readonly database: Database,
    private readonly proposals: Proposals,
    private readonly deciders: Deciders,
  ) {
    super();
  }

  override performs(
    name: string,
    perform: (caller: Caller, args: unknown[], approvedBy: string) => Promise<unknown>,
  ): void {
    this.proposals.performs(name, async ({ caller, approvedBy }, { args }) => {
      await perform(caller, args, approvedBy);
      return [];
    });
  }

  override async askOrDo<T>(
    caller: Caller,
    { change, about, ...asked }: AgencyAct,
    work: () => Promise<T>,
  ): Promise<T | Waiting> {
    const act = { ...asked, contractId: null, deciders: agencyDeciders };
    if (!(await this.deciders.hasAny({ caller, ...act }, about))) return work();
    const changes = change ? [{ params: {}, ...change }] : await this.changesOf(caller, work);
    if (changes.length === 0) return work();
    return { proposal: { id: await this.proposals.propose(caller, act, { lost: [], changes }) } };
  }

  override takeBack(actor: string, act: Pick<AgencyAct, 'name' | 'args'>): Promise<void> {
    return this.proposals.takeBack(actor, { ...act, contractId: null });
  }

  /** Reads what the work would write into the history. Throws what it throws: nobody is asked for what cannot be done. */
  private changesOf(caller: Caller, work: () => Promise<unknown>): Promise<ProposedChange[]> {
    return this.database.rehearse(async () => {
      const since = newId();
      await work();
      return this.proposals.changesSince(since, { actor: actorOf(caller), contractId: null });
    });
  }
}
