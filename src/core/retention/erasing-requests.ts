import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { actorOf, type Caller } from '../access/roles.js';
import type { Waiting } from '../access/second-look.js';
import { Deciders } from '../proposals/deciders.js';
import { agencyDeciders, Proposals } from '../proposals/proposals.service.js';
import { type Erasable, Erasing } from './erasing.js';
import type { PersonView } from './retention.schema.js';
import { retentionProblems } from './retention.words.js';

/** Contracts of which something keeps a number are named, at most so many. */
const mostShown = 500;

/** ErasingRequests let a second person decide about the erasing of a number, and do it once that is approved. */
@Injectable()
export class ErasingRequests {
  constructor(
    private readonly database: Database,
    private readonly proposals: Proposals,
    private readonly deciders: Deciders,
    private readonly erasing: Erasing,
  ) {
    proposals.performs('erasePerson', async ({ caller, approvedBy }, { args: [index, request] }) => {
      await this.erase(Buffer.from(String(index), 'hex'), String(request), actorOf(caller), approvedBy);
      return [];
    });
  }

  /** The act has an id of its own: what it is recognised by would else tell the number to whoever tries them all. */
  async ask(
    caller: Caller,
    index: Buffer,
    reason: string,
    shown: { number: string; contacts: number; messages: number },
  ): Promise<Waiting> {
    const act = {
      name: 'erasePerson',
      args: [index.toString('hex'), newId()],
      contractId: null,
      reason,
      // An auditor takes part in each.
      deciders: caller.role === 'auditor' ? agencyDeciders : ['auditor' as const],
    };
    if (!(await this.deciders.hasAny({ caller, ...act }))) throw retentionProblems.error('erasing-alone');
    const changes = [{ what: 'erasePerson', params: {}, before: shown, after: null }];
    return { proposal: { id: await this.proposals.propose(caller, act, { lost: [], changes }) } };
  }

  /** Returns what keeps a number from being erased, by the contracts in which it stands. */
  async keptOf(index: Buffer): Promise<PersonView['kept']> {
    return this.database.rows<PersonView['kept'][number]>(
      `SELECT DISTINCT k.contract_id, c.reference, k.why FROM kept_from_erasing k JOIN contract c ON c.id = k.contract_id
       WHERE k.contract_id IN (SELECT contract_id FROM contact WHERE phone_index = $1
           UNION SELECT contract_id FROM alert WHERE number_index = $1
           UNION SELECT a.contract_id FROM alert a JOIN message m ON m.id = a.message_id WHERE m.number_index = $1)
         AND (k.number_index IS NULL OR k.number_index = $1) ORDER BY c.reference, k.why LIMIT ${mostShown}`,
      [index],
    );
  }

  private async erase(index: Buffer, request: string, actor: string, approvedBy: string): Promise<void> {
    const [first] = await this.keptOf(index);
    if (first) throw retentionProblems.error(`erasing-kept.${first.why}`);
    const rows: Erasable = {};
    for (const [table, column] of [
      ['contact', 'phone_index'],
      ['message', 'number_index'],
      ['alert', 'number_index'],
    ] as const) {
      const found = await this.database.rows<{ id: string }>(`SELECT id FROM ${table} WHERE ${column} = $1`, [
        index,
      ]);
      rows[table] = found.map(({ id }) => id);
    }
    if (Object.values(rows).flat().length === 0) throw retentionProblems.error('person-unknown');
    await this.erasing.erase(rows, { why: 'request', request, actor, approvedBy });
  }
}
