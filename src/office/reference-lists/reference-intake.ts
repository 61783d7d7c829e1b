import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Caller } from '../../core/access/roles.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { problemWords } from '../imports/import-problems.words.js';
import { Import, ImportProblem } from '../imports/import.entities.js';
import type { ListedFile } from '../imports/import.schema.js';
import type { RowProblem } from '../imports/import.types.js';
import { ImportJobs } from '../imports/jobs.js';
import { type ClaimedImport, ImportStates } from '../imports/states.js';
import { ImportIntake, type UploadedFile } from '../imports/uploads.js';
import { Matching } from './matching.js';
import type { StatedPayment } from './payments-sheet.js';
import { ReferenceFiles } from './reference-files.js';
import type { ReferenceList } from './reference-list.entities.js';
import type { FileBody, ListFileView } from './reference-list.schema.js';
import { requireList } from './reference-lists.service.js';
import { ReferenceRecords } from './reference-records.js';
import { Treasury } from './treasury.js';

/** So many contracts of a file are kept by one statement, and so many of its problems are shown. */
const batch = 1000;
const problemsShown = 100;

const filesShown = 10;

/** TakingListed is a file of a list while it is taken. */
interface TakingListed {
  row: ClaimedImport;
  list: ReferenceList;
  taken: ListedFile;
  problems: RowProblem[];
  stopped: () => boolean;
}

/** ReferencePasses take files into lists: they keep or record what a file states, and look at what that shows. */
@Injectable()
export class ReferencePasses {
  constructor(
    private readonly database: Database,
    private readonly states: ImportStates,
    private readonly files: ReferenceFiles,
    private readonly records: ReferenceRecords,
    private readonly matching: Matching,
    private readonly treasury: Treasury,
  ) {}

  /**
   * Takes a claimed file, from its beginning also where it broke off before: nothing is kept twice, and what was changed until then is
   * still counted. Throws Overtaken.
   */
  async takeListed(row: ClaimedImport, stopped: () => boolean): Promise<void> {
    if (row.listId === null || row.listed === null) throw new Error('a file of a list names no list');
    const list = await requireList(this.database, row.listId);
    const taken = { ...row.listed, records: 0, refused: 0 };
    row.bytesRead = 0;
    await this.states.startListing(row, taken);
    const taking: TakingListed = { row, list, taken, problems: [], stopped };
    const isWhole =
      taken.holds === 'payments' ? await this.takePayments(taking) : await this.takeContracts(taking);
    if (!isWhole) return;
    await this.database.inTransaction(async () => {
      await this.states.keepListed(row, taken);
      await this.database.insert(
        ImportProblem,
        taking.problems.map(({ informative: _, ...problem }) => ({
          ...problem,
          id: newId(),
          importId: row.id,
        })),
      );
      await this.states.completeImport(row);
    });
  }

  /** Returns false when the process is to stop. */
  private async takeContracts(taking: TakingListed): Promise<boolean> {
    const { row, list, taken, stopped } = taking;
    let waiting: Parameters<ReferenceRecords['keep']>[1][number][] = [];
    const keep = async () => {
      // What was kept is counted with it, so that nothing is counted twice or not at all.
      await this.database.inTransaction(async () => {
        const changed = await this.records.keep(list.id, waiting);
        await this.states.keepListed(row, { ...taken, changed: taken.changed + changed });
        this.database.afterCommit(() => void (taken.changed += changed));
      });
      waiting = [];
    };
    const { format, bytes } = this.files.stored(row);
    for await (const { contracts, refused, problems } of this.files.contractsIn(format, bytes)) {
      waiting.push(...contracts);
      taken.records += contracts.length;
      taken.refused += refused;
      noteProblems(taking, problems);
      if (waiting.length < batch) continue;
      await keep();
      if (stopped()) return false;
    }
    await keep();
    taken.flags += await this.matching.lookAt(list);
    return true;
  }

  /** A sheet is read whole before anything of it is recorded: what it states of a contract tells its rows apart. */
  private async takePayments(taking: TakingListed): Promise<boolean> {
    const { row, list, taken, stopped } = taking;
    const payments: StatedPayment[] = [];
    const { format, bytes } = this.files.stored(row);
    for await (const { payment, problems } of this.files.paymentsIn(format, bytes)) {
      if (stopped()) return false;
      if (payment) payments.push(payment);
      else taken.refused += 1;
      noteProblems(taking, problems);
    }
    taken.records = payments.length;
    await this.states.keepListed(row, taken);
    for await (const { isNew, isFlagged, problems } of this.treasury.record(list, payments)) {
      taken.changed += Number(isNew);
      taken.flags += Number(isFlagged);
      taken.refused += problems.filter(({ informative }) => !informative).length;
      noteProblems(taking, problems);
      if (isNew) await this.states.keepListed(row, taken);
      if (stopped()) return false;
    }
    return true;
  }
}

function noteProblems({ problems: noted }: TakingListed, problems: RowProblem[]): void {
  noted.push(...problems.slice(0, problemsShown - noted.length));
}

/** ReferenceIntake takes files for lists in, and shows what came of them. They are stored, claimed and read again as imports are. */
@Injectable()
export class ReferenceIntake {
  constructor(
    private readonly database: Database,
    private readonly intake: ImportIntake,
    jobs: ImportJobs,
    passes: ReferencePasses,
  ) {
    jobs.takeListedBy((row, stopped) => passes.takeListed(row, stopped));
  }

  /** Stores a file whole and wakes a worker. Throws AppError for what is no file of a list. */
  async takeFile(
    caller: Caller,
    listId: string,
    file: UploadedFile,
    { holds }: FileBody,
  ): Promise<ListFileView> {
    await requireList(this.database, listId);
    const id = await this.intake.takeForList(caller, file, listId, holds);
    const row = await this.database.repository(Import).findOneByOrFail({ id });
    return viewOf(row, []);
  }

  /** Lists the newest files of a list, with what could not be taken of each. */
  async filesOf(listId: string): Promise<ListFileView[]> {
    await requireList(this.database, listId);
    const rows = await this.database.repository(Import).find({
      where: { listId },
      order: { id: 'DESC' },
      take: filesShown,
    });
    return Promise.all(
      rows.map(async (row) => {
        const problems = await this.database.repository(ImportProblem).find({
          where: { importId: row.id, message: IsNull() },
          order: { line: 'ASC', id: 'ASC' },
          take: problemsShown,
        });
        return viewOf(row, problems);
      }),
    );
  }
}

const statuses = { listing: 'reading', failed: 'failed' } as Partial<
  Record<Import['status'], ListFileView['status']>
>;

function viewOf(row: Import, problems: ImportProblem[]): ListFileView {
  const { id, fileName, bytesRead, size, createdAt, finishedAt, listed } = row;
  if (!listed) throw new Error('an import of contracts is no file of a list');
  return {
    id,
    fileName,
    ...listed,
    status: statuses[row.status] ?? 'taken',
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    progress: { bytes: bytesRead, totalBytes: size },
    problems: problems.map(({ line, field, code, ...problem }) => ({
      line,
      field,
      code,
      message: problemWords(problem).message,
    })),
  };
}
