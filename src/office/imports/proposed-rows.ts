import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import type { Contact, Contract } from '../../core/contracts/contract.entity.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { ContractViewer } from '../../core/contracts/contract.view.js';
import type { Difference } from '../../core/planning/planning.types.js';
import type { ProposedChange } from '../../core/proposals/proposal.entity.js';
import type { LossShown } from '../../core/proposals/proposal.schema.js';
import { type Act, type Approved, Proposals, secondPersons } from '../../core/proposals/proposals.service.js';
import { ContractImporter, type ToImport } from './contract-importer.js';
import type { Effect } from './effects.js';
import { nameOf } from './snapshots.js';

/** LosingRow is a row of a file that keeps somebody from being told, with what it was found to do before it was undone. */
export interface LosingRow {
  contractId: string;
  effect: Effect;
  lost: LossShown[];
  changes: ProposedChange[];
  /** The whole row waits; else it comes in with its numbers beside those that are known. */
  waits: boolean;
}

/** LosesTexts undoes a batch, some contracts of which keep somebody from being told; by name, for the next attempt. */
export class LosesTexts extends Error {
  constructor(readonly rows: Map<string, LosingRow>) {
    super('contracts of the batch lose texts');
  }
}

const actName = 'importRow';

/** ProposedRows lets rows of files that keep somebody from being told wait for a second person, and imports them then. */
@Injectable()
export class ProposedRows {
  constructor(
    private readonly importer: ContractImporter,
    private readonly reader: ContractReader,
    private readonly viewer: ContractViewer,
    private readonly contacts: ContactsService,
    private readonly proposals: Proposals,
  ) {
    proposals.performs(actName, (approved, { args }) => this.importRow(approved, args as [ToImport]));
  }

  /** Keeps a row for a second person, with what it was found to do. New numbers that it states are told at once all the same. */
  async propose(caller: Caller, { stated, facts }: ToImport, row: LosingRow): Promise<void> {
    const act: Act = {
      name: actName,
      args: [{ stated, facts }],
      contractId: row.contractId,
      reason: null,
      deciders: secondPersons,
    };
    await this.proposals.propose(caller, act, row);
    const [contract] = await this.reader.lockByReference(facts.source, [facts.reference]);
    if (!contract) throw new Error(`the contract ${nameOf(facts)} vanished`);
    const replaced = await this.importer.addNumbers(contract, facts, actorOf(caller));
    await this.removeReplaced(caller, contract, replaced);
  }

  /** Removes people whose other number came in beside the one that they had: who was to be told by it waits for a second person. */
  async removeReplaced(caller: Caller, { id }: Contract, replaced: Contact[]): Promise<void> {
    for (const contact of replaced)
      await this.contacts.removeContact({ id, caller, dryRun: false }, contact.id, 'import');
  }

  /** Returns what contracts lose, and what a batch has written of them since it began. */
  async rowOf(
    actor: string,
    since: string,
    { difference, ...row }: Pick<LosingRow, 'contractId' | 'effect' | 'waits'> & { difference: Difference },
  ): Promise<LosingRow> {
    const { lost } = await this.viewer.differenceOf(difference);
    const changes = await this.proposals.changesSince(since, { actor, contractId: row.contractId });
    return { ...row, lost, changes };
  }

  private async importRow({ caller, approvedBy }: Approved, [row]: [ToImport]): Promise<LossShown[]> {
    const { source, reference } = row.facts;
    const known = await this.reader.lockByReference(source, [reference]);
    if (known.length === 0) throw new Error(`the contract ${nameOf(row.facts)} vanished`);
    const actor = actorOf(caller);
    // Whether the file may change the contract was asked when it came.
    const [done] = await this.importer.importContracts([row], known, {
      actor,
      reading: { sees: () => true },
    });
    const planned = await this.importer.planAll(done ? [done] : [], { actor, reason: null, approvedBy });
    const [difference] = planned.values();
    return difference ? (await this.viewer.differenceOf(difference)).lost : [];
  }
}
