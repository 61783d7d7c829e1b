import { Injectable, type StreamableFile } from '@nestjs/common';
import { breathe } from '../../platform/breathe.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { streamedList } from '../../platform/http/streamed-list.js';
import type { Caller } from '../access/roles.js';
import { AccessLog } from '../accesses/access-log.service.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { ExportJournal } from '../log/export-journal.js';
import { LogProofs } from '../transparency/log-proofs.js';
import { ContractLeaves, openingsIn } from './contract-leaves.js';
import type { EvidenceHead, EvidenceItem } from './evidence.schema.js';

interface EvidencePack {
  head: EvidenceHead;
  items: AsyncIterable<EvidenceItem>;
}

/** EvidencePacks puts together all that the log holds of a contract, so that a stranger can check each of it without us. */
@Injectable()
export class EvidencePacks {
  constructor(
    private readonly contracts: ContractReader,
    private readonly leaves: ContractLeaves,
    private readonly proofs: LogProofs,
    private readonly journal: ExportJournal,
    private readonly clock: ServiceClock,
    private readonly accesses: AccessLog,
  ) {}

  /** Answers a pack as a file, once the journal has it. With a reason it opens the commitments to numbers as well. */
  async file(caller: Caller, contractId: string, reason: string | null): Promise<StreamableFile> {
    const { head, items } = await this.packOf(caller, contractId, reason !== null);
    await this.journal.recordExport(caller, 'evidence', { format: 'json', contractId, reason });
    if (reason !== null) {
      const subjectIds = await this.leaves.contactIdsOf(contractId);
      await this.accesses.record(caller, { act: 'number-shown', subject: 'contact', subjectIds, reason });
    }
    return streamedList(items, { beside: head, name: `evidence-${contractId}` });
  }

  /** Throws as for an unknown contract when the caller does not see the contract. */
  async packOf(caller: Caller, contractId: string, numbersAreOpen = false): Promise<EvidencePack> {
    const contract = await this.contracts.requireVisible(caller, contractId);
    const leaves = await this.leaves.leavesOf(contract, caller.role === 'auditor');
    const { openings, masked } = await this.leaves.openingsOf(contractId, numbersAreOpen);
    const erased = new Set(leaves.flatMap(({ kind, subjectId }) => (kind === 'erased' ? [subjectId] : [])));
    const prove = await this.proofs.proofWriter();
    const items = async function* (): AsyncGenerator<EvidenceItem> {
      for (const { index, id, kind, subjectId, body, salt } of leaves) {
        const number = masked.get(subjectId);
        yield {
          index,
          leaf: { id, kind, subject: subjectId, body },
          salt: salt && salt.toString('hex'),
          openings: openingsIn(body, openings),
          ...(number === undefined ? {} : { number }),
          ...(erased.has(subjectId) ? { erased: true as const } : {}),
          proof: index === null ? null : await prove(index),
        };
        await breathe();
      }
    };
    const { id, reference, title, kind } = contract;
    const takenAt = (await this.clock.now()).toISOString();
    const head = {
      format: 'chorong-evidence@v1' as const,
      contract: { id, reference, title, kind },
      takenAt,
      numbersAreOpen,
    };
    return { head, items: items() };
  }
}
