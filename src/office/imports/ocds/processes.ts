import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { newId } from '../../../platform/ids.js';
import { Sealer } from '../../../platform/sealing/sealer.js';
import { OcdsRecord } from '../import.entities.js';
import { referenceOf } from './contracts.js';
import { listAt } from './json.js';
import { type CompiledRelease, type Merged, mergeReleases, type OcdsRelease } from './merging.js';

/** The source of a process's contracts: an id tells contracts apart within their process only. */
export const sourceOfProcess = (ocid: string) => `ocds:${ocid}`;

/** OcdsProcesses keeps, sealed, what previous releases stated about contracting processes, for the releases to come. */
@Injectable()
export class OcdsProcesses {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Merges releases of one process into what is kept of it; `keep` then keeps the result, in the transaction of its contracts. It
   * returns false when another import has kept the process since: nobody stated there may be forgotten, so it is merged again.
   */
  async mergeIntoKept(
    ocid: string,
    releases: readonly OcdsRelease[],
  ): Promise<Merged & { keep: () => Promise<boolean> }> {
    const records = this.database.repository(OcdsRecord);
    const row = await records.findOneBy({ ocid });
    const previous =
      row && (JSON.parse(this.sealer.open(row.compiledSealed, placeOf(row.id))) as CompiledRelease);
    const merged = mergeReleases(previous, releases);
    const keep = async () => {
      await this.database.run(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        sourceOfProcess(ocid),
      ]);
      const now = await records.findOne({ where: { ocid }, select: { id: true } });
      if (now?.id !== row?.id) return false;
      if (previous) await this.giveSource(previous);
      await this.keepCompiled(merged.compiled);
      return true;
    };
    return { ...merged, keep };
  }

  /**
   * Gives contracts of a process that is known their source. Earlier releases of this service knew them by their id
   * alone, whatever their process; what two processes shared becomes the contract of the first that comes again.
   */
  private async giveSource({ ocid, release }: CompiledRelease): Promise<void> {
    const references = listAt(release, 'contracts').flatMap((contract) => referenceOf(contract) ?? []);
    await this.database.run(
      `UPDATE contract SET source = $1 WHERE source = 'ocds' AND reference = ANY($2)
         AND NOT EXISTS (SELECT 1 FROM contract own WHERE own.source = $1 AND own.reference = contract.reference)`,
      [sourceOfProcess(ocid), references],
    );
  }

  /** What was merged has an id of its own, by which another import sees that it has changed. */
  private async keepCompiled(compiled: CompiledRelease): Promise<void> {
    const id = newId();
    await this.database.run(
      `INSERT INTO ocds_record (id, ocid, compiled_sealed) VALUES ($1, $2, $3)
       ON CONFLICT (ocid) DO UPDATE SET id = $1, compiled_sealed = $3, updated_at = clock_timestamp()`,
      [id, compiled.ocid, this.sealer.seal(JSON.stringify(compiled), placeOf(id))],
    );
  }
}

function placeOf(rowId: string) {
  return { table: 'ocds_record', column: 'compiled_sealed', rowId };
}
