import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { actorOf, type Caller, roles } from '../../core/access/roles.js';
import { ReadingRulesService } from '../../core/contracts/reading-rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { HeadingMemory, type Mapping } from './heading-memory.js';
import { ImportDirectory } from './import-directory.js';
import { ImportFiles } from './import-files.js';
import type { ImportRun } from './import-run.js';
import type { RunRow } from './import-runs.js';
import { type ImportFormat, ImportSource } from './import-source.js';
import type { NumberedUnit, Twins } from './import-twins.js';

export const callerSchema = z.object({
  keyId: z.string().nullable(),
  // A job that was queued before there were accounts has none.
  accountId: z.string().nullable().default(null),
  name: z.string(),
  role: z.enum(roles),
  departmentId: z.string().nullable(),
  officerId: z.string().nullable(),
});

/** Reads a stored file as its import has to be read: by its columns, and with what may be seen by who decided that. */
@Injectable()
export class ImportReading {
  constructor(
    private readonly files: ImportFiles,
    private readonly source: ImportSource,
    private readonly rules: ReadingRulesService,
    private readonly settings: SettingsService,
    private readonly directory: ImportDirectory,
    private readonly headings: HeadingMemory,
  ) {}

  async runOf(row: RunRow, how: { rehearsal: boolean; twins: Twins | null }): Promise<ImportRun> {
    const caller: Caller = callerSchema.parse(row.caller);
    return {
      ...how,
      importId: row.id,
      caller,
      actor: row.appliedBy ?? actorOf(caller),
      previewed: row.preview,
      finder: await this.directory.finderFor(caller, row.departmentId, row.within),
      rules: await this.rulesInForce(),
    };
  }

  /** In the same order at every reading; the row is told how far its file is read. */
  async *units(row: RunRow): AsyncGenerator<NumberedUnit> {
    let ordinal = 0;
    const bytes = counted(this.files.read(row.id), (read) => (row.bytesRead = read));
    const mapping = await this.mappingOf(row);
    for await (const unit of this.source.units(row.format, bytes, await this.rulesInForce(), mapping)) {
      ordinal += 1;
      yield { ...unit, ordinal };
    }
  }

  /** What was settled for this file, else what is remembered of its headings. */
  async mappingOf(row: {
    id: string;
    format: ImportFormat | null;
    mapping: Mapping | null;
  }): Promise<Mapping> {
    return row.mapping ?? (await this.headings.of(row));
  }

  today(): Promise<string> {
    return this.settings.today();
  }

  async forget(importId: string): Promise<void> {
    await this.files.forget(importId);
  }

  private async rulesInForce() {
    const { currency } = (await this.settings.agency()).value;
    return { ...(await this.rules.inForce()), currency };
  }
}

async function* counted(bytes: AsyncIterable<Buffer>, tell: (read: number) => void): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of bytes) {
    read += chunk.length;
    tell(read);
    yield chunk;
  }
}
