import { Injectable } from '@nestjs/common';
import { type AgencyAct, SecondLook, type Waiting } from '../access/second-look.js';
import type { Caller } from '../access/roles.js';
import { Deciders } from './deciders.js';
import { agencyDeciders, Proposals } from './proposals.service.js';

/** AgencyActs lets what admins do to the whole agency wait as proposals. */
@Injectable()
export class AgencyActs extends SecondLook {
  constructor(
    private readonly proposals: Proposals,
    private readonly deciders: Deciders,
  ) {
    super();
  }

  override performs(name: string, perform: (caller: Caller, args: unknown[]) => Promise<unknown>): void {
    this.proposals.performs(name, async ({ caller }, { args }) => {
      await perform(caller, args);
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
    const id = await this.proposals.propose(caller, act, { lost: [], changes: [{ params: {}, ...change }] });
    return { proposal: { id } };
  }
}
