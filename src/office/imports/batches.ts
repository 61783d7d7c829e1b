import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import type { Difference } from '../../core/planning/planning.types.js';
import { AppError } from '../../platform/app-error.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { ContractImporter, type Imported, type ToImport } from './contract-importer.js';
import { type Effect, emptyEffect, ImportEffects } from './effects.js';
import { importFinding, refusedFinding } from './import-problems.words.js';
import { ImportProblem } from './import.entities.js';
import { type ImportCounts, noCounts } from './import.schema.js';
import { type ImportedContract, rowProblem, type RowProblem } from './import.types.js';
import { LosesTexts, type LosingRow, ProposedRows } from './proposed-rows.js';
import { ocdsFinding } from './ocds/ocds.words.js';
import { shownOcid } from './ocds/releases.js';
import { beforeImport, changesBetween, ContractSnapshots, nameOf } from './snapshots.js';
import type { StatedFacts } from './stated-facts.js';
import { type ClaimedImport, ImportStates, Overtaken } from './states.js';
import type { NumberedUnit, Twins } from './units.js';

/** ImportRun is one pass over a file, with what is needed to apply or rehearse its contracts. */
export interface ImportRun {
  row: ClaimedImport;
  caller: Caller;
  actor: string;
  reading: StatedFacts;
  /** Null where batches are applied: what an earlier one wrote can be seen. */
  twins: Twins | null;
}

/** A contract of the file on its way through the importer, with what the import does to it. */
interface Ready extends ToImport {
  effect: Effect;
}
type Done = Imported<Ready>;

/** Contracts of a batch that keep somebody from being told, as an earlier attempt at it has found; by name. */
type Losing = ReadonlyMap<string, LosingRow>;

/** A unit as it was read: what can go in, and what is refused of it. */
interface ReadUnit {
  ready: Ready[];
  problems: RowProblem[];
  refused: Effect[];
}

interface Batch {
  counts: ImportCounts;
  problems: RowProblem[];
  effects: Effect[];
}

/**
 * ImportBatches applies or rehearses units of a file, a batch in one transaction, and keeps what that did to each
 * contract, so that contracts and progress commit together.
 */
@Injectable()
export class ImportBatches {
  private readonly logger = new Logger(ImportBatches.name);

  constructor(
    private readonly database: Database,
    private readonly importer: ContractImporter,
    private readonly snapshots: ContractSnapshots,
    private readonly effects: ImportEffects,
    private readonly states: ImportStates,
    private readonly proposed: ProposedRows,
  ) {}

  /**
   * Takes a batch. What cannot be taken of it is reported, what keeps somebody from being told waits for a second person, and
   * the other units go in. Throws Overtaken.
   */
  async takeBatch(run: ImportRun, units: NumberedUnit[], losing: Losing = new Map()): Promise<void> {
    try {
      await this.attempt(run, units, losing);
    } catch (error) {
      if (error instanceof Overtaken) throw error;
      if (error instanceof LosesTexts) return this.takeBatch(run, units, new Map([...losing, ...error.rows]));
      if (units.length > 1) {
        // One of them stands in the way of the others: each goes alone.
        for (const unit of units) await this.takeBatch(run, [unit]);
        return;
      }
      if (!(error instanceof AppError)) throw error;
      for (const unit of units) await this.refuse(run, unit, error);
    }
    run.twins?.hold(units);
  }

  private async attempt(run: ImportRun, units: NumberedUnit[], losing: Losing): Promise<void> {
    const work = () => this.importUnits(run, units, losing);
    const rehearsal = () => this.database.together(work);
    const rehearsed = run.row.status === 'previewing' ? await this.database.rehearse(rehearsal) : null;
    await this.database.together(async () => this.keep(run, units, rehearsed ?? (await work())));
  }

  private async refuse(run: ImportRun, unit: NumberedUnit, error: AppError): Promise<void> {
    this.logger.debug({ code: error.code }, 'a row was refused');
    run.twins?.refuse(unit.ordinal);
    const field = error.fields[0]?.path ?? '';
    const finding = refusedFinding('contract-refused', error);
    const problems = [
      ...unit.problems,
      ...unit.contracts.map(({ line, reference }) =>
        rowProblem({ line, field, value: reference }, finding, 'fatal'),
      ),
    ];
    const effects = refusedOf(unit, unit.contracts, problems);
    const batch = { counts: countsOf([], effects), problems, effects };
    await this.database.inTransaction(async () => {
      await this.keep(run, [unit], batch);
      if (error.code !== 'reference-taken') return;
      for (const { facts } of readUnit(unit, run).ready) await this.importer.noteRefused(facts, run.actor);
    });
  }

  private async keep({ row }: ImportRun, units: NumberedUnit[], batch: Batch): Promise<void> {
    const { counts, problems, effects } = batch;
    // What stays as it is interests only whoever looks at a preview.
    const kept = row.preview ? effects : effects.filter((effect) => effect.result !== 'unchanged');
    const ordinals = units.map((unit) => unit.ordinal);
    await this.effects.replaceEffects(row.id, row.status === 'running', ordinals, kept);
    await this.database.insert(
      ImportProblem,
      problems.map(({ informative: _, ...problem }) => ({ ...problem, id: newId(), importId: row.id })),
    );
    await this.states.keepProgress(row, units.length, counts);
  }

  /** Imports units in the running transaction, after the earlier units of the file that state the same contracts. */
  private async importUnits(run: ImportRun, stated: NumberedUnit[], losing: Losing): Promise<Batch> {
    const units: NumberedUnit[] = [];
    for (const unit of stated) units.push({ ...unit, ...(await unit.keep?.()) });
    const read = await mapInTurns(units, (unit) => readUnit(unit, run));
    const waiting = await this.proposeRows(run, read, losing);
    const names = read.flatMap((one) => one.ready).map(({ facts }) => facts);
    const dueBefore = run.row.preview ? await this.snapshots.numbersDueToday(names) : null;
    const earlier = run.twins?.before(units) ?? [];
    if (earlier.length > 0) {
      const twins = earlier.map((unit) => readUnit(unit, run));
      await this.importRead(run, twins, losing);
    }
    const done = await this.importRead(run, read, losing);
    if (dueBefore) {
      const dueAfter = await this.snapshots.numbersDueToday(names);
      for (const { contract, effect } of done.filter((one) => one.result !== 'ignored')) {
        const name = nameOf(contract);
        effect.dueToday = [...(dueAfter.get(name) ?? [])].filter((n) => !dueBefore.get(name)?.has(n));
      }
    }
    const refused = read.flatMap((one) => one.refused);
    const silent = await this.planningNothing(done);
    return {
      counts: countsOf(done, [...waiting, ...refused]),
      problems: [
        ...[...read, ...done].flatMap((one) => one.problems),
        ...done.flatMap(numbersReplaced),
        ...done.flatMap(numbersBeside),
        ...silent.map(nothingPlanned),
      ],
      effects: [...done.map((one) => one.effect), ...waiting, ...refused].sort(
        (a, b) => a.ordinal - b.ordinal || a.place - b.place,
      ),
    };
  }

  /** Finds contracts that were written and inform somebody, or nobody at all, of nothing; a missing day of signing tells so itself. */
  private async planningNothing(done: Done[]): Promise<Done[]> {
    const written = done.filter(({ result, stated: { source, status, signedOn } }) => {
      const isReported = signedOn === null && (source === 'sheet' || status === 'active');
      return !isReported && result !== 'unchanged' && result !== 'ignored';
    });
    const uninformed = await this.snapshots.withUninformed(written.map(({ contract }) => contract.id));
    return written.filter(
      ({ result, stated, contract, effect }) =>
        uninformed.has(contract.id) ||
        (result === 'created' && stated.source === 'ocds' && effect.alertsAdded === 0),
    );
  }

  /** Takes out of a batch what was found to keep somebody from being told, and lets it wait. */
  private async proposeRows(run: ImportRun, read: ReadUnit[], losing: Losing): Promise<Effect[]> {
    const effects: Effect[] = [];
    for (const unit of read) {
      const [waiting, others] = partition(
        unit.ready,
        ({ facts }) => losing.get(nameOf(facts))?.waits === true,
      );
      unit.ready = others;
      for (const one of waiting) {
        const row = losing.get(nameOf(one.facts));
        if (!row) continue;
        await this.proposed.propose(run.caller, one, row);
        const { contractId, source, title, changes } = row.effect;
        effects.push({ ...one.effect, contractId, source, title, changes, result: 'proposed' });
      }
    }
    return effects;
  }

  private async importRead(run: ImportRun, read: ReadUnit[], losing: Losing): Promise<Done[]> {
    const since = newId();
    const done: Done[] = [];
    for (const part of withoutTwins(read.flatMap((one) => one.ready)))
      done.push(...(await this.importPart(run, part, losing)));
    const differences = await this.importer.planAll(done, { actor: run.actor, reason: null });
    await this.addAlerts(done, differences);
    await this.requireNoLoss(run, since, { done, differences, losing });
    for (const { contract, replaced = [] } of done)
      await this.proposed.removeReplaced(run.caller, contract, replaced);
    return done;
  }

  /**
   * Throws LosesTexts for rows that keep somebody from being told. Those that put one number in the place of another are tried once
   * more with both; of those that wait, a preview, which is undone anyway, shows that they do.
   */
  private async requireNoLoss(
    run: ImportRun,
    since: string,
    { done, differences, losing }: { done: Done[]; differences: Map<string, Difference>; losing: Losing },
  ): Promise<void> {
    const rows = new Map<string, LosingRow>();
    for (const { contract, effect } of done) {
      const difference = differences.get(contract.id);
      if (!difference || difference.lost.length === 0) continue;
      const waits = losing.has(nameOf(contract)) || difference.lost.every(({ how }) => how !== 'number');
      if (waits && run.row.status === 'previewing') effect.result = 'proposed';
      else {
        const found = { contractId: contract.id, effect, waits, difference };
        rows.set(nameOf(contract), await this.proposed.rowOf(run.actor, since, found));
      }
    }
    if (rows.size > 0) throw new LosesTexts(rows);
  }

  private async importPart({ actor, reading }: ImportRun, part: Ready[], losing: Losing): Promise<Done[]> {
    const { known, before } = await this.snapshots.lockKnown(part.map(({ facts }) => facts));
    const all = await this.importer.importContracts(part, known, { actor, reading, beside: losing });
    const altered = all.filter(
      ({ result, replan }) => replan || !(result === 'unchanged' || result === 'ignored'),
    );
    const registered = new Map(
      all.flatMap((one) => (one.registered ? [[one.contract.id, one.registered] as const] : [])),
    );
    const after = await this.snapshots.snapshotsOf(
      altered.map(({ contract }) => contract),
      registered,
    );
    for (const { contract, result, effect } of all) {
      const { id: contractId, source, title, version } = contract;
      const was = before.get(nameOf(contract)) ?? null;
      const is = after.get(nameOf(contract));
      Object.assign(effect, { contractId, source, title, result, version });
      if (is) Object.assign(effect, { changes: changesBetween(was, is), before: beforeImport(was, is) });
    }
    return all;
  }

  /** Adds the alerts of a contract to the last effect that the batch has on it, since it is planned once. */
  private async addAlerts(done: Done[], differences: Map<string, Difference>): Promise<void> {
    const created = new Set(done.filter((d) => d.result === 'created').map(({ contract }) => contract.id));
    const known = [...differences.keys()].filter((id) => !created.has(id));
    const ids = known.length > 0 ? await this.snapshots.alertIdsOf(known) : new Map<string, string>();
    const last = new Map(done.filter((d) => d.replan).map((d) => [d.contract.id, d.effect]));
    for (const [contractId, { added, moved, restated, cancelled }] of differences) {
      const effect = last.get(contractId);
      if (!effect) continue;
      effect.alertsAdded = added.filter((change) => change.to.status === 'planned').length;
      effect.alertsMoved = moved.length;
      effect.alertsCancelled = cancelled.length;
      effect.alertIds = [...added, ...moved, ...restated].flatMap((change) => {
        const key = `${contractId} ${change.code} ${change.occurrence} ${change.contactId}`;
        return change.id ?? ids.get(key) ?? [];
      });
    }
  }
}

function readUnit(unit: NumberedUnit, { reading, twins }: ImportRun): ReadUnit {
  const problems = [...unit.problems];
  if (twins?.isIncomplete(unit)) {
    const [contract] = unit.contracts;
    const place = { line: contract?.line ?? 0, value: contract?.reference ?? '' };
    problems.push(rowProblem(place, importFinding('twin-not-previewed'), 'information'));
  }
  const refused: ImportedContract[] = [];
  if (unit.names) problems.push(...reading.problemsOf(unit.names));
  const ready = unit.contracts.flatMap((stated, place) => {
    const read = reading.factsOf(stated);
    problems.push(...read.problems);
    if (!read.facts) refused.push(stated);
    return read.facts
      ? [{ stated, facts: read.facts, effect: emptyEffect(unit.ordinal, place, stated) }]
      : [];
  });
  return { ready, problems, refused: refusedOf(unit, refused, problems) };
}

/** Places from here on are of what was refused, behind the contracts of the unit. */
const firstRefused = 10_000;

/** Makes one effect for each contract that is refused, and for each other line with a fault that refuses it. */
function refusedOf(unit: NumberedUnit, contracts: ImportedContract[], problems: RowProblem[]): Effect[] {
  const refused = [...contracts, ...(unit.refused ?? [])];
  const named = new Set(refused.map(({ line }) => line));
  const others = new Set(
    problems.filter(({ fatal, line }) => fatal && !named.has(line)).map(({ line }) => line),
  );
  const effects = [...refused, ...[...others].map((line) => ({ line, reference: null, title: null }))];
  return effects.map((stated, i) => emptyEffect(unit.ordinal, firstRefused + i, stated));
}

/** Reports each number that is alerted no longer, since a row states another for the same person. */
function numbersReplaced({ stated: { line }, effect }: Done): RowProblem[] {
  const replaced = effect.changes.filter(({ field, from }) => field === 'contact.phone' && from !== null);
  return replaced.map(({ from }) =>
    rowProblem({ line, value: String(from) }, importFinding('number-replaced'), 'information'),
  );
}

/** Reports each person who is told by the number of a row and, until a second person has decided, by the one that they had. */
function numbersBeside({ stated: { line, reference }, replaced = [] }: Done): RowProblem[] {
  return replaced.map(() =>
    rowProblem({ line, value: reference }, importFinding('number-beside'), 'information'),
  );
}

/** Reports why a contract plans nothing for somebody, unless it is plain from what is missing. */
function nothingPlanned({ contract, stated }: Done): RowProblem {
  const contacts = stated.counterparties.flatMap((party) => party.contacts);
  const why =
    contract.state === 'draft'
      ? 'nothing-planned.draft'
      : contract.state === 'completed' || contract.state === 'terminated'
        ? 'nothing-planned.ended'
        : contacts.some(({ phone }) => phone !== null)
          ? 'nothing-planned.past'
          : 'nothing-planned.nobody';
  const { line, process, reference } = stated;
  const field = process === undefined ? '' : `${shownOcid(process)} contracts[${reference}]`;
  return rowProblem({ line, field, value: reference }, ocdsFinding(why), 'information');
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

/** Counts what went in, and what did not: that was refused, or waits. */
function countsOf(done: Done[], others: Effect[]): ImportCounts {
  const [waiting, refused] = partition(others, ({ result }) => result === 'proposed');
  const counts = { ...noCounts, contracts: done.length + waiting.length };
  counts.refused = refused.length;
  counts.proposed = waiting.length;
  for (const { stated, effect } of done) {
    const contacts = stated.counterparties.flatMap((party) => party.contacts);
    counts[effect.result] += 1;
    counts.contactsWithoutNumber += contacts.filter((contact) => contact.phone === null).length;
    counts.alertsPlanned += effect.alertsAdded;
    counts.alertsMoved += effect.alertsMoved;
    counts.alertsCancelled += effect.alertsCancelled;
  }
  return counts;
}

function partition<T>(all: T[], isOne: (one: T) => boolean): [those: T[], others: T[]] {
  return [all.filter(isOne), all.filter((one) => !isOne(one))];
}
