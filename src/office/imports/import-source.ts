import { Injectable } from '@nestjs/common';
import type { ReadingRules } from '../../core/contracts/contract-facts.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { type ImportedContract, type RowProblem, rowProblem } from './import.types.js';
import { ocdsFinding } from './ocds.words.js';
import { contractsOf } from './ocds-contracts.js';
import { type CompiledRelease, mergeReleases } from './ocds-merge.js';
import { readOcds } from './ocds-reader.js';
import type { SheetMapping } from './sheets/sheet-headings.js';
import { readSheet } from './sheets/sheet-reader.js';
import type { SheetFormat } from './sheets/sheet-source.js';
import { Database } from '../../platform/database/database.js';

/** What goes in together: one contract of a sheet, or all of one contracting process. */
export interface ImportUnit {
  contracts: ImportedContract[];
  problems: RowProblem[];
  /** Kept in the transaction of the contracts. */
  keep: (() => Promise<void>) | null;
}

export type ImportFormat = SheetFormat | 'ocds';

/** Reads a file of any format into units, in the same order at every reading. */
@Injectable()
export class ImportSource {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  units(
    format: ImportFormat,
    bytes: AsyncIterable<Buffer>,
    rules: ReadingRules & { currency: string },
    mapping: SheetMapping = {},
  ): AsyncGenerator<ImportUnit> {
    return format === 'ocds' ? this.ocdsUnits(bytes, rules) : sheetUnits(format, bytes, rules, mapping);
  }

  private async *ocdsUnits(bytes: AsyncIterable<Buffer>, rules: ReadingRules): AsyncGenerator<ImportUnit> {
    for await (const batch of readOcds(bytes)) {
      if (batch.ocid === null) {
        yield { contracts: [], problems: batch.problems, keep: null };
        continue;
      }
      const previous = await this.compiled(batch.ocid);
      const { compiled, late } = mergeReleases(previous?.compiled ?? null, batch.releases);
      const { contracts, problems } = contractsOf(compiled, {
        allowFiction: rules.allowFiction,
        line: batch.line,
      });
      const id = previous?.id ?? newId();
      yield {
        contracts,
        problems: [
          ...batch.problems,
          ...late.map((release) => lateRelease(batch.line, release)),
          ...problems,
        ],
        keep: () => this.keepCompiled(id, compiled),
      };
    }
  }

  private async compiled(ocid: string): Promise<{ id: string; compiled: CompiledRelease } | null> {
    const [row] = await this.database.rows<{ id: string; sealed: Buffer }>(
      `SELECT id, compiled_sealed AS sealed FROM ocds_record WHERE ocid = $1`,
      [ocid],
    );
    if (!row) return null;
    return {
      id: row.id,
      compiled: JSON.parse(this.sealer.open(row.sealed, placeOf(row.id))) as CompiledRelease,
    };
  }

  private async keepCompiled(id: string, compiled: CompiledRelease): Promise<void> {
    await this.database.run(
      `INSERT INTO ocds_record (id, ocid, compiled_sealed) VALUES ($1, $2, $3)
       ON CONFLICT (ocid) DO UPDATE SET id = $1, compiled_sealed = $3, updated_at = clock_timestamp()`,
      [id, compiled.ocid, this.sealer.seal(JSON.stringify(compiled), placeOf(id))],
    );
  }
}

async function* sheetUnits(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  rules: ReadingRules & { currency: string },
  mapping: SheetMapping,
): AsyncGenerator<ImportUnit> {
  for await (const { contract, problems } of readSheet(format, bytes, rules, mapping)) {
    yield { contracts: contract ? [contract] : [], problems, keep: null };
  }
}

function lateRelease(line: number, release: { ocid: string; id?: unknown }): RowProblem {
  return rowProblem(
    { line, field: release.ocid, value: typeof release.id === 'string' ? release.id : '' },
    ocdsFinding('release-late'),
    'warning',
  );
}

function placeOf(rowId: string) {
  return { table: 'ocds_record', column: 'compiled_sealed', rowId };
}
