import { Injectable, Logger } from '@nestjs/common';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import type { Difference } from '../../core/planning/planning.types.js';
import { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { ContractImporter, type Imported } from './contract-importer.js';
import { beforeImport, changesBetween, ContractSnapshots, nameOf } from './contract-snapshots.js';
import { type Effect, ImportEffects } from './import-effects.js';
import { ImportProblem } from './import.entities.js';
import type { ImportRun } from './import-reading.js';
import { type ImportCounts, noCounts } from './import.schema.js';
import { Overtaken } from './import-states.js';
import type { NumberedUnit } from './import-twins.js';
import type { RowProblem } from './import.types.js';
import {
  emptyEffect,
  type Placed,
  type Read,
  readUnit,
  type Ready,
  refusedOf,
  refusedUnit,
} from './unit-reading.js';

interface Batch {
  counts: ImportCounts;
  problems: RowProblem[];
  effects: Effect[];
}

/** One contract that went through the importer, with what the import did to it. */
interface Done extends Placed {
  imported: Imported;
  effect: Effect;
}

type Differences = Map<string, Difference>;

/** Runs in the transaction that keeps what a batch did, so that progress and contracts commit together. */
export type AfterBatch = (counts: ImportCounts, units: number) => Promise<void>;

/** ImportBatches applies or rehearses units of a file, a batch in one transaction, and keeps what that did to each contract. */
@Injectable()
export class ImportBatches {
  private readonly logger = new Logger(ImportBatches.name);

  constructor(
    private readonly database: Database,
    private readonly importer: ContractImporter,
    private readonly changes: ContractChanges,
    private readonly snapshots: ContractSnapshots,
    private readonly effects: ImportEffects,
  ) {}

  /** Takes a batch. What cannot be taken of it is reported, and the other units go in. Throws Overtaken. */
  async takeBatch(run: ImportRun, units: NumberedUnit[], after: AfterBatch): Promise<void> {
    try {
      await this.attempt(run, units, after);
    } catch (error) {
      if (error instanceof Overtaken) throw error;
      if (units.length > 1) {
        // One of them stands in the way of the others: each goes alone.
        for (const unit of units) await this.takeBatch(run, [unit], after);
        return;
      }
      if (!(error instanceof AppError)) throw error;
      await this.refuse(run, units, error, after);
    }
    run.twins?.hold(units);
  }

  private async attempt(run: ImportRun, units: NumberedUnit[], after: AfterBatch): Promise<void> {
    if (run.rehearsal) {
      const batch = await this.database.rehearse(() => this.importUnits(run, units));
      await this.database.inTransaction(() => this.keep(run, units, batch, after));
      return;
    }
    await this.database.inTransaction(async () => {
      await this.keep(run, units, await this.importUnits(run, units), after);
    });
  }

  private async refuse(
    run: ImportRun,
    units: NumberedUnit[],
    error: AppError,
    after: AfterBatch,
  ): Promise<void> {
    this.logger.debug({ code: error.code }, 'a row was refused');
    for (const unit of units) run.twins?.refuse(unit.ordinal);
    const problems = units.flatMap((unit) => [...unit.problems, refusedUnit(unit, error)]);
    const effects = units.flatMap((unit) => refusedOf(unit, [...unit.problems, refusedUnit(unit, error)]));
    const batch = { counts: countsOf([], effects, []), problems, effects };
    await this.database.inTransaction(() => this.keep(run, units, batch, after));
  }

  private async keep(run: ImportRun, units: NumberedUnit[], batch: Batch, after: AfterBatch): Promise<void> {
    const effects = run.previewed
      ? batch.effects
      : batch.effects.filter((effect) => effect.result !== 'unchanged');
    const ordinals = units.map((unit) => unit.ordinal);
    await this.effects.replaceEffects(run.importId, !run.rehearsal, ordinals, effects);
    await this.database.insert(
      ImportProblem,
      batch.problems.map(({ informative: _, ...problem }) => ({
        ...problem,
        id: newId(),
        importId: run.importId,
      })),
    );
    await after(batch.counts, units.length);
  }

  /** Imports units in the running transaction, behind the earlier units of the file that state the same contracts. */
  private async importUnits(run: ImportRun, units: NumberedUnit[]): Promise<Batch> {
    const read = units.map((unit) => readUnit(unit, run));
    const names = read.flatMap((one) => one.ready).map(({ facts }) => facts);
    const dueBefore = run.previewed ? await this.snapshots.numbersDueToday(names) : null;
    const earlier = run.twins?.before(units) ?? [];
    if (earlier.length > 0) {
      const twins = earlier.map((unit) => readUnit(unit, run));
      await this.importRead(run, earlier, twins);
    }
    const { done, differences } = await this.importRead(run, units, read);
    if (dueBefore) {
      const dueAfter = await this.snapshots.numbersDueToday(names);
      for (const { imported, effect } of done.filter((one) => one.effect.result !== 'ignored')) {
        const name = nameOf(imported.contract);
        effect.dueToday = [...(dueAfter.get(name) ?? [])].filter((n) => !dueBefore.get(name)?.has(n));
      }
    }
    const refused = read.flatMap((one) => one.refused);
    return {
      counts: countsOf(done, refused, [...differences.values()]),
      problems: [...read.flatMap((one) => one.problems), ...done.flatMap((one) => one.imported.problems)],
      effects: [...done.map((one) => one.effect), ...refused].sort(
        (a, b) => a.ordinal - b.ordinal || a.place - b.place,
      ),
    };
  }

  private async importRead(
    run: ImportRun,
    units: NumberedUnit[],
    read: Read[],
  ): Promise<{ done: Done[]; differences: Differences }> {
    const done: Done[] = [];
    for (const part of withoutTwins(read.flatMap((one) => one.ready)))
      done.push(...(await this.importPart(run, part)));
    const contracts = done.filter((one) => one.imported.replan).map((one) => one.imported.contract);
    const distinct = [...new Map(contracts.map((contract) => [contract.id, contract])).values()];
    const differences = await this.changes.replan(distinct);
    for (const unit of units) await unit.keep?.();
    await this.addAlerts(done, differences);
    return { done, differences };
  }

  private async importPart(run: ImportRun, part: Ready[]): Promise<Done[]> {
    const before = await this.snapshots.lockedSnapshots(part.map(({ facts }) => facts));
    const all = await this.importer.importContracts(part, run);
    const altered = all.filter(({ result }) => result !== 'unchanged' && result !== 'ignored');
    const after = await this.snapshots.snapshotsOf(altered.map(({ contract }) => contract));
    return all.map((imported, i) => {
      const { ordinal, place } = part[i] ?? { ordinal: 0, place: 0 };
      const { contract, stated, result } = imported;
      const was = before.get(nameOf(contract)) ?? null;
      const is = after.get(nameOf(contract));
      const effect: Effect = {
        ...emptyEffect({ ordinal, place }, stated),
        contractId: contract.id,
        source: contract.source,
        title: contract.title,
        result,
        version: contract.version,
        changes: is ? changesBetween(was, is) : [],
        before: is ? beforeImport(was, is) : null,
      };
      return { ordinal, place, imported, effect };
    });
  }

  /** Adds the alerts of a contract to the last effect that the batch has on it, since it is planned once. */
  private async addAlerts(done: Done[], differences: Differences): Promise<void> {
    const created = new Set(
      done.filter((d) => d.effect.result === 'created').map((d) => d.imported.contract.id),
    );
    const known = [...differences.keys()].filter((id) => !created.has(id));
    const ids = known.length > 0 ? await this.snapshots.alertIdsOf(known) : new Map<string, string>();
    const last = new Map(
      done.filter((d) => d.imported.replan).map((d) => [d.imported.contract.id, d.effect]),
    );
    for (const [contractId, { added, moved, cancelled }] of differences) {
      const effect = last.get(contractId);
      if (!effect) continue;
      effect.alertsAdded = added.filter((change) => change.to.status === 'planned').length;
      effect.alertsMoved = moved.length;
      effect.alertsCancelled = cancelled.length;
      effect.alertIds = [...added, ...moved].flatMap((change) => {
        const key = `${contractId} ${change.code} ${change.occurrence} ${change.contactId}`;
        return change.id ?? ids.get(key) ?? [];
      });
    }
  }
}

/** Cuts a batch where the same contract comes twice, with two revisions of it: they go in one after the other. */
function withoutTwins(batch: Ready[]): Ready[][] {
  const parts: { source: string; names: Set<string>; ready: Ready[] }[] = [];
  for (const one of batch) {
    const { source, reference } = one.facts;
    const last = parts.at(-1);
    if (last?.source === source && !last.names.has(reference)) {
      last.names.add(reference);
      last.ready.push(one);
    } else parts.push({ source, names: new Set([reference]), ready: [one] });
  }
  return parts.map((part) => part.ready);
}

function countsOf(done: Done[], refused: Effect[], differences: Difference[]): ImportCounts {
  const results = (result: Imported['result']) => done.filter((one) => one.effect.result === result).length;
  const contacts = done
    .flatMap((one) => one.imported.stated.counterparties)
    .flatMap((party) => party.contacts);
  return {
    ...noCounts,
    contracts: done.length,
    created: results('created'),
    updated: results('updated'),
    corrected: results('corrected'),
    unchanged: results('unchanged'),
    ignored: results('ignored'),
    refused: refused.length,
    contactsWithoutNumber: contacts.filter((contact) => contact.phone === null).length,
    alertsPlanned: differences.flatMap((d) => d.added).filter((change) => change.to.status === 'planned')
      .length,
    alertsMoved: differences.flatMap((d) => d.moved).length,
    alertsCancelled: differences.flatMap((d) => d.cancelled).length,
  };
}
