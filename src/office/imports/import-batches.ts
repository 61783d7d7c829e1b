import { Injectable } from '@nestjs/common';
import { Replanning } from '../../core/contracts/replanning.js';
import type { AppError } from '../../platform/app-error.js';
import type { Difference } from '../../core/planning/planning.types.js';
import { ContractImporter, type Imported } from './contract-importer.js';
import { beforeImport, changesBetween } from './import-differences.js';
import type { Effect } from './import-effects.js';
import type { ImportRun } from './import-run.js';
import { ImportSnapshots, nameOf } from './import-snapshots.js';
import { type ImportCounts, noCounts } from './import.schema.js';
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

export interface Batch {
  counts: ImportCounts;
  problems: RowProblem[];
  effects: Effect[];
}

/** One contract that went through the importer, with what it did to it. */
interface Done extends Placed {
  imported: Imported;
  effect: Effect;
}

type Differences = Map<string, Difference>;

/** Brings units in, in the running transaction, and tells what that did to each contract. */
@Injectable()
export class ImportBatches {
  constructor(
    private readonly importer: ContractImporter,
    private readonly replanning: Replanning,
    private readonly snapshots: ImportSnapshots,
  ) {}

  async bring(run: ImportRun, units: NumberedUnit[]): Promise<Batch> {
    const read = units.map((unit) => readUnit(unit, run));
    const names = read.flatMap((one) => one.ready).map(({ facts }) => facts);
    const dueBefore = run.previewed ? await this.snapshots.numbersDue(names) : new Map<string, Set<string>>();
    const earlier = run.twins?.before(units) ?? [];
    if (earlier.length > 0)
      await this.import(
        run,
        earlier,
        earlier.map((unit) => readUnit(unit, run)),
      );
    const { done, differences } = await this.import(run, units, read);
    if (run.previewed) {
      const dueAfter = await this.snapshots.numbersDue(names);
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

  /** Units that stand in the way of themselves. */
  refusal(units: NumberedUnit[], error: AppError): Batch {
    const problems = units.flatMap((unit) => [...unit.problems, refusedUnit(unit, error)]);
    const effects = units.flatMap((unit) => refusedOf(unit, unit.problems.concat(refusedUnit(unit, error))));
    return { counts: countsOf([], effects, []), problems, effects };
  }

  private async import(
    run: ImportRun,
    units: NumberedUnit[],
    read: Read[],
  ): Promise<{ done: Done[]; differences: Differences }> {
    const done: Done[] = [];
    for (const part of withoutTwins(read.flatMap((one) => one.ready)))
      done.push(...(await this.importPart(run, part)));
    const contracts = done.filter((one) => one.imported.replan).map((one) => one.imported.contract);
    const distinct = [...new Map(contracts.map((contract) => [contract.id, contract])).values()];
    const differences = await this.replanning.replanMany(distinct);
    for (const unit of units) await unit.keep?.();
    await this.addAlerts(done, differences);
    return { done, differences };
  }

  private async importPart(run: ImportRun, part: Ready[]): Promise<Done[]> {
    const before = await this.snapshots.before(part.map(({ facts }) => facts));
    const all = await this.importer.apply(part, run);
    const altered = all.filter(({ result }) => result !== 'unchanged' && result !== 'ignored');
    const after = await this.snapshots.of(altered.map(({ contract }) => contract));
    return all.map((imported, i) => {
      const { ordinal, place } = part[i] ?? { ordinal: 0, place: 0 };
      const name = nameOf(imported.contract);
      const [was, is] = [before.get(name) ?? null, after.get(name)];
      const effect: Effect = {
        ...emptyEffect({ ordinal, place }, imported.stated),
        contractId: imported.contract.id,
        source: imported.contract.source,
        title: imported.contract.title,
        result: imported.result,
        version: imported.contract.version,
        changes: is ? changesBetween(was, is) : [],
        before: is ? beforeImport(was, is) : null,
      };
      return { ordinal, place, imported, effect };
    });
  }

  /** The alerts of a contract are told with the last that the batch states of it, since it is planned once. */
  private async addAlerts(done: Done[], differences: Differences): Promise<void> {
    const created = new Set(
      done.filter((d) => d.effect.result === 'created').map((d) => d.imported.contract.id),
    );
    const known = [...differences.keys()].filter((id) => !created.has(id));
    const ids = known.length > 0 ? await this.snapshots.alertIds(known) : new Map<string, string>();
    const last = new Map(
      done.filter((d) => d.imported.replan).map((d) => [d.imported.contract.id, d.effect]),
    );
    for (const [contractId, { added, moved, cancelled }] of differences) {
      const effect = last.get(contractId);
      if (!effect) continue;
      effect.alerts = {
        added: added.filter((change) => change.to.status === 'planned').length,
        moved: moved.length,
        cancelled: cancelled.length,
      };
      effect.alertIds = [...added, ...moved].flatMap((change) => {
        const key = `${contractId} ${change.code} ${change.occurrence} ${change.contactId}`;
        const id = change.id ?? ids.get(key);
        return id === undefined ? [] : [id];
      });
    }
  }
}

/** The same contract twice in a batch (two revisions of it): one after the other. */
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
