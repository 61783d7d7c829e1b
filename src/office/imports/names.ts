import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { Journal } from '../../core/proof/journal.service.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { maskName, showRaw } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { asMerged, bringerDepartment, type Import, ImportName } from './import.entities.js';
import type { ImportView, NamesBody, NameView } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';
import { type ChosenFor, FactsReading, type StatedFacts, type UnknownName, wordOf } from './stated-facts.js';
import { type ClaimedImport, ImportStates, Overtaken } from './states.js';
import type { ImportUnit } from './units.js';

/** Names without a choice that are kept of one file: nobody looks through more. */
const mostOpen = 100;

interface FoundName extends UnknownName {
  contracts: number;
}

/** NameSearch gathers the names of a file that nobody goes by, as its units go by. */
export class NameSearch {
  private readonly byName = new Map<string, FoundName>();
  private open = 0;

  constructor(private readonly reading: StatedFacts) {}

  get found(): FoundName[] {
    return [...this.byName.values()];
  }

  add({ contracts, names }: ImportUnit): void {
    for (const stated of [...contracts, ...(names ? [names] : [])]) {
      for (const unknown of this.reading.unknownNames(stated)) this.count(unknown);
    }
  }

  private count(unknown: UnknownName): void {
    const key = `${unknown.departmentId} ${wordOf(unknown.name)}`;
    const known = this.byName.get(key);
    if (known) known.contracts += 1;
    else if (unknown.chosenId !== null || this.open < mostOpen) {
      this.byName.set(key, { ...unknown, contracts: 1 });
      if (unknown.chosenId === null) this.open += 1;
    }
  }
}

/**
 * ImportNames settles whom the names in a file mean that nobody goes by: chosen by a person, and remembered for further
 * files of the same department once the import is applied. Undoing that import forgets it.
 */
@Injectable()
export class ImportNames {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly imports: ImportsService,
    private readonly states: ImportStates,
    private readonly facts: FactsReading,
    private readonly journal: Journal,
  ) {}

  async namesOf(caller: Caller, id: string): Promise<NameView[]> {
    await this.imports.requireDecidable(caller, id);
    const order = { line: 'ASC', id: 'ASC' } as const;
    const rows = await this.database.repository(ImportName).find({ where: { importId: id }, order });
    return mapInTurns(rows, (row) => this.viewOf(row));
  }

  /**
   * Takes a person's choices and has the preview made again by them; a name that is left out keeps its own. Throws
   * AppError (invalid) for what the import could not reach by its own name.
   */
  chooseNames(caller: Caller, id: string, { choices }: NamesBody): Promise<ImportView> {
    return this.imports.decideOn(caller, id, async (row) => {
      await this.states.restartPreview(row, caller, null);
      const names = this.database.repository(ImportName);
      const chosen = await names.findBy({ importId: id, id: In(Object.keys(choices)) });
      requireSound(chosen, choices, await this.readingOf(caller, row));
      const changed = chosen
        .map((name) => ({ ...name, chosenId: choices[name.id] ?? null }))
        .filter((name, i) => name.chosenId !== chosen[i]?.chosenId);
      for (const { id: nameId, chosenId } of changed)
        await names.update({ id: nameId }, { chosenId, decided: true });
      await this.journal.record({
        subject: 'import',
        subjectId: id,
        what: 'names-set',
        after: {
          names: changed.map((name) => {
            const { of, departmentId, name: written, chosenId } = withoutPerson(this.viewOf(name));
            return { of, departmentId, name: written, chosenId };
          }),
        },
        actor: actorOf(caller),
      });
    });
  }

  /**
   * Makes the reading of a run, with the rights of `caller`, by what was decided for the import and what is remembered; or
   * by what its preview has settled alone.
   */
  async readingOf(
    caller: Caller,
    row: Import,
    by: 'settled' | 'remembered' = 'remembered',
  ): Promise<StatedFacts> {
    const isSettled = by === 'settled';
    const own = await this.database
      .repository(ImportName)
      .findBy({ importId: row.id, ...(!isSettled && { decided: true }) });
    const remembered = isSettled ? [] : await this.rememberedFor(row);
    const chosen = new Map([...remembered, ...own].map((name) => [keyOf(name), name.chosenId]));
    const chosenFor: ChosenFor = (departmentId, name) =>
      chosen.size === 0 ? null : (chosen.get(keyOf({ departmentId, nameIndex: this.indexOf(name) })) ?? null);
    return this.facts.factsFor(caller, row.ownDepartmentId, row.bringerDepartmentId, chosenFor);
  }

  /** Keeps the names of a file in place of those of the preview before, with what was decided about them. Throws Overtaken. */
  async keepNames(row: ClaimedImport, found: FoundName[]): Promise<void> {
    await this.database.inTransaction(async () => {
      if (!(await this.states.renewLease(row))) throw new Overtaken();
      const names = this.database.repository(ImportName);
      const before = new Map(
        (await names.findBy({ importId: row.id })).map((name) => [keyOf(name), name] as const),
      );
      await names.delete({ importId: row.id });
      await this.database.insert(
        ImportName,
        found.map(({ name, ...rest }) => {
          const nameIndex = this.indexOf(name);
          const known = before.get(keyOf({ ...rest, nameIndex }));
          const id = known?.id ?? newId();
          const nameSealed = this.sealer.seal(showRaw(name), placeOf(id));
          return { ...rest, id, importId: row.id, nameIndex, nameSealed, decided: known?.decided ?? false };
        }),
      );
    });
  }

  /** Returns what was decided last for the names in applied files of the same department, or of admins. */
  private rememberedFor({ bringerDepartmentId }: Import) {
    return this.database.rows<Pick<ImportName, 'departmentId' | 'nameIndex' | 'chosenId'>>(
      `SELECT DISTINCT ON (n.department_id, n.name_index) ${asMerged('n.department_id')} AS department_id,
              n.name_index, ${asMerged('n.chosen_id')} AS chosen_id
       FROM import_name n JOIN import i ON i.id = n.import_id
       WHERE n.decided AND i.status = 'completed' AND ${bringerDepartment('i')} IS NOT DISTINCT FROM $1
       ORDER BY n.department_id, n.name_index, i.finished_at DESC`,
      [bringerDepartmentId],
    );
  }

  private viewOf({ id, departmentId, nameSealed, line, contracts, chosenId, decided }: ImportName): NameView {
    return {
      id,
      of: departmentId === null ? 'department' : 'officer',
      departmentId,
      name: this.sealer.open(nameSealed, placeOf(id)),
      line,
      contracts,
      chosenId,
      by: decided ? 'chosen' : chosenId === null ? null : 'remembered',
    };
  }

  private indexOf(name: string): Buffer {
    return this.sealer.blindIndex(wordOf(name));
  }
}

/** Masks the name of an officer, for programs and for the log. */
export function withoutPerson(view: NameView): NameView {
  return view.of === 'officer' ? { ...view, name: maskName(view.name) } : view;
}

function requireSound(names: ImportName[], choices: NamesBody['choices'], reading: StatedFacts): void {
  const fields = Object.entries(choices).flatMap(([id, chosenId]) => {
    const name = names.find((one) => one.id === id);
    if (!name) return [importProblems.field(`choices.${id}`, 'name-not-of-import')];
    const isSound = chosenId === null || reading.mayUse(name.departmentId, chosenId);
    return isSound ? [] : [importProblems.field(`choices.${id}`, 'name-out-of-reach')];
  });
  if (fields.length > 0) throw importProblems.error('names-unsound', {}, { fields });
}

function keyOf({ departmentId, nameIndex }: Pick<ImportName, 'departmentId' | 'nameIndex'>): string {
  return `${departmentId} ${nameIndex.toString('hex')}`;
}

function placeOf(rowId: string) {
  return { table: 'import_name', column: 'name_sealed', rowId };
}
