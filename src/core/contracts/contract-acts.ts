import { Injectable } from '@nestjs/common';
import { type Approved, Proposals } from '../proposals/proposals.service.js';
import { ContactsService } from './contacts.service.js';
import type { ContractView } from './contract.view.js';
import { ContractsService, type Edit } from './contracts.service.js';

type Work = (edit: Edit, ...args: never[]) => Promise<ContractView>;

/** ContractActs performs the changes of contracts that waited for a second person: each as if it were asked for now. */
@Injectable()
export class ContractActs {
  constructor(proposals: Proposals, contracts: ContractsService, contacts: ContactsService) {
    const acts: Record<string, Work> = {
      amend: contracts.amend.bind(contracts),
      move: contracts.move.bind(contracts),
      recordOccurrence: contracts.recordOccurrence.bind(contracts),
      correctOccurrence: contracts.correctOccurrence.bind(contracts),
      withdrawOccurrence: contracts.withdrawOccurrence.bind(contracts),
      addCounterparty: contacts.addCounterparty.bind(contacts),
      addContact: contacts.addContact.bind(contacts),
      changeContact: contacts.changeContact.bind(contacts),
      removeContact: contacts.removeContact.bind(contacts),
    };
    for (const [name, work] of Object.entries(acts))
      proposals.performs(name, (approved, { args, contractId }) => perform(work, approved, args, contractId));
  }
}

async function perform(
  work: Work,
  { caller, approvedBy }: Approved,
  args: unknown[],
  contractId: string | null,
) {
  if (contractId === null) throw new Error('a change of a contract names none');
  const edit = { caller, approvedBy, id: contractId, dryRun: false };
  return (await work(edit, ...(args as never[]))).difference?.lost ?? [];
}
