import { Injectable } from '@nestjs/common';
import { FactsRules } from '../../core/contracts/contract-facts.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { breathe } from '../../platform/breathe.js';
import type { ImportFormat } from '../imports/import.schema.js';
import type { ImportedContract, RowProblem } from '../imports/import.types.js';
import { contractsOf } from '../imports/ocds/contracts.js';
import { mergeReleases } from '../imports/ocds/merging.js';
import { readOcds } from '../imports/ocds/releases.js';
import { readSheet } from '../imports/sheet/reader.js';
import type { ClaimedImport } from '../imports/states.js';
import { ImportFiles } from '../imports/uploads.js';
import { type ReadPayment, readPayments } from './payments-sheet.js';

/** Stated is what a part of a file states: contracts, and how many could not be read, with why. */
interface Stated {
  contracts: ImportedContract[];
  refused: number;
  problems: RowProblem[];
}

/** ReferenceFiles reads what imports read, by the same rules; a list needs no numbers of people, and none are kept of it. */
@Injectable()
export class ReferenceFiles {
  constructor(
    private readonly rules: FactsRules,
    private readonly settings: SettingsService,
    private readonly kept: ImportFiles,
  ) {}

  /** Returns a stored file as its pieces, which are counted in `row.bytesRead`. */
  stored(row: ClaimedImport): { format: ImportFormat; bytes: AsyncIterable<Buffer> } {
    if (row.format === null) throw new Error('a file of a list has no format');
    return { format: row.format, bytes: this.kept.readClaimed(row) };
  }

  async *contractsIn(format: ImportFormat, bytes: AsyncIterable<Buffer>): AsyncGenerator<Stated> {
    const rules = await this.sheetRules();
    if (format === 'ocds') {
      yield* this.inOcds(bytes, rules.allowFiction);
      return;
    }
    for await (const { contract, problems } of readSheet(format, inPieces(bytes), rules)) {
      const fatal = problems.filter((problem) => problem.fatal);
      yield {
        contracts: contract ? [contract] : [],
        refused: fatal.length > 0 ? 1 : 0,
        problems: fatal,
      };
    }
  }

  /** Reads payments and inspections: of a published file what its milestones and transactions say. */
  async *paymentsIn(format: ImportFormat, bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadPayment> {
    if (format !== 'ocds') {
      yield* readPayments(format, inPieces(bytes), await this.sheetRules());
      return;
    }
    for await (const { contracts, problems } of this.contractsIn(format, bytes)) {
      for (const problem of problems) yield { payment: null, problems: [problem] };
      for (const { line, reference, occurrences } of contracts)
        for (const { code: kind, occurredOn, externalId: number } of occurrences)
          yield {
            payment: { line, reference, kind, paidOn: occurredOn, inspectedOn: occurredOn, number },
            problems: [],
          };
    }
  }

  private async sheetRules() {
    const { country, allowFiction } = await this.rules.readingRules();
    const { currency } = (await this.settings.agency()).value;
    return { country, currency, allowFiction, unneeded: ['phone'] as const };
  }

  /** What a list states of a process stands for itself: nothing is kept for files to come. */
  private async *inOcds(bytes: AsyncIterable<Buffer>, allowFiction: boolean): AsyncGenerator<Stated> {
    const rules = { allowFiction, kinds: { all: null, buyers: {} }, awardsAsContracts: true };
    for await (const { ocid, releases, line, problems } of readOcds(inPieces(bytes))) {
      const read = ocid === null ? null : contractsOf(mergeReleases(null, releases).compiled, line, rules);
      const fatal = [...problems, ...(read?.problems ?? [])].filter((problem) => problem.fatal);
      const refused = (read?.refused.length ?? 0) + problems.filter((problem) => problem.fatal).length;
      yield { contracts: read?.contracts ?? [], refused, problems: fatal };
    }
  }
}

/** Lets others have their turn between two pieces of a file. */
async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    yield chunk;
    await breathe();
  }
}
