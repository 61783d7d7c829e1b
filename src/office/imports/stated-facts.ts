import { Injectable } from '@nestjs/common';
import { type Caller, seesAll } from '../../core/access/roles.js';
import { type ContractFacts, FactsRules, type ReadingRules } from '../../core/contracts/contract-facts.js';
import { moneyColumns, noTerms } from '../../core/contracts/contract.schema.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { type OfficerFinder, OfficersService } from '../../core/departments/officers.service.js';
import { maskName, maskRaw } from '../../platform/phone-numbers/phone-number.js';
import { oddPeriods, readBusinessNumber } from '../../core/contracts/validity.js';
import { flawOfReference } from '../../core/settings/reference.js';
import { importFinding } from './import-problems.words.js';
import {
  type ImportedContact,
  type ImportedContract,
  rowProblem,
  type RowProblem,
  type StatedNames,
} from './import.types.js';
import { ocdsFinding } from './ocds/ocds.words.js';
import { sourceOfProcess } from './ocds/processes.js';
import { specOf } from './sheet/fields.js';

interface Reach {
  /** Ids of the departments that a file may name, by their codes and names. */
  byWord: Map<string, string>;
  /** The id of the import's own department, which takes what names none. */
  fallback: string | null;
  /** Ids of the departments whose contracts the run may change; null for all. */
  seen: ReadonlySet<string> | null;
}

/**
 * ChosenFor returns the id of what was chosen for a name that nobody goes by: of an officer of the department, or, where
 * that is null, of a department.
 */
export type ChosenFor = (departmentId: string | null, name: string) => string | null;

/** UnknownName is a name that nobody goes by, with what was chosen for it as far as the run may use it. */
export interface UnknownName {
  /** The department whose officer is meant; null when the name is meant to be a department's. */
  departmentId: string | null;
  name: string;
  line: number;
  chosenId: string | null;
}

/** Sheets and the API name contracts out of one numbering: the same contract by both ways must be one. */
function sourceOf({ process }: ImportedContract): string {
  return process === undefined ? 'agency' : sourceOfProcess(process);
}

/**
 * StatedFacts turns what a file states into facts of contracts: it finds the departments and officers that the file
 * names, and fills in what the file leaves open. It holds for one run.
 */
export class StatedFacts {
  private readonly departments: ReadonlySet<string>;

  constructor(
    private readonly reach: Reach,
    private readonly officers: OfficerFinder,
    private readonly rules: ReadingRules,
    private readonly chosenFor: ChosenFor = () => null,
  ) {
    this.departments = new Set(reach.byWord.values());
  }

  /** Whether a department's contracts are the run's to change. */
  sees(departmentId: string): boolean {
    return this.reach.seen?.has(departmentId) ?? true;
  }

  /** Returns the facts of a contract, and what is wrong with them; a fatal problem leaves no facts. */
  factsOf(stated: ImportedContract): { facts: ContractFacts | null; problems: RowProblem[] } {
    const problems: RowProblem[] = [];
    const departmentId = this.departmentOf(stated, problems);
    const officerId = this.officerOf(stated, departmentId, problems);
    if (departmentId === null) return { facts: null, problems };
    const {
      department: _department,
      officer: _officer,
      amendments: _amendments,
      occurrences: _occurrences,
      status: _status,
      line: _line,
      source: _source,
      process: _process,
      ...terms
    } = stated;
    const { revision, value, counterparties, ...asStated } = terms;
    if (flawOfReference(terms.reference, this.rules.referenceLetters) !== null) {
      const at = { line: stated.line, field: 'reference', value: terms.reference };
      problems.push(rowProblem(at, importFinding('reference-not-in-texts'), 'information'));
    }
    const facts = {
      ...noTerms,
      ...asStated,
      ...moneyColumns(value),
      departmentId,
      officerId,
      source: sourceOf(stated),
      revision: revision ?? 0,
      counterparties: counterparties.map(({ contacts, ...party }) => ({
        ...party,
        registrationNumber: this.businessNumber(party, stated.line, problems),
        contacts: contacts.map((contact) => this.contactFacts(contact)),
      })),
    };
    for (const { path, finding } of oddPeriods(facts, this.rules.today)) {
      // What ended so long ago is reported where nothing of it is planned.
      if (finding.code === 'ended-long-ago') continue;
      const field = stated.source === 'sheet' ? specOf(path).heading[0] : path;
      problems.push(rowProblem({ line: stated.line, field, value: facts[path] ?? '' }, finding, 'warning'));
    }
    return { facts, problems };
  }

  /** Returns what is wrong with the names of a contract that is refused for something else. */
  problemsOf(names: StatedNames): RowProblem[] {
    const problems: RowProblem[] = [];
    this.officerOf(names, this.departmentOf(names, problems), problems);
    return problems;
  }

  /** Returns the names of a contract that nobody goes by. An officer is looked up once the department is known. */
  unknownNames(stated: StatedNames): UnknownName[] {
    const { department, officer, line } = stated;
    const departmentId = this.departmentOf(stated, []);
    const isKnown = department === null || this.reach.byWord.has(wordOf(department));
    const isFound =
      officer === null || departmentId === null || this.officers.find(departmentId, officer) !== null;
    return [
      ...(isKnown ? [] : [{ departmentId: null, name: department }]),
      ...(isFound ? [] : [{ departmentId, name: officer }]),
    ].map((one) => ({ ...one, line, chosenId: this.chosen(one.departmentId, one.name) }));
  }

  /** Whether the run may use a choice: it reaches no further than the run does, and names nobody who has left. */
  mayUse(departmentId: string | null, chosenId: string): boolean {
    if (departmentId === null) return this.departments.has(chosenId) && this.sees(chosenId);
    const home = this.officers.departmentOf(chosenId);
    return home !== null && this.sees(home);
  }

  /** A choice is judged each time that it is used, because rights, departments and officers change. */
  private chosen(departmentId: string | null, name: string): string | null {
    const id = this.chosenFor(departmentId, name);
    return id !== null && this.mayUse(departmentId, id) ? id : null;
  }

  /**
   * Finds a department by its code or name, else by what was chosen for that name. A sheet that names an unknown one is refused; the buyer of a published
   * contract may be no department here, and the import's own takes the contract, with a note.
   */
  private departmentOf(stated: StatedNames, problems: RowProblem[]): string | null {
    const { line, department: named, source } = stated;
    const known = named === null ? null : (this.reach.byWord.get(wordOf(named)) ?? this.chosen(null, named));
    if (known) return known;
    const at = { line, field: source === 'sheet' ? '담당부서' : 'buyer.name', value: named ?? '' };
    const isUnknown = named !== null && source === 'sheet';
    if (isUnknown || this.reach.fallback === null) {
      const finding = importFinding(named === null ? 'department-missing' : 'department-unknown');
      problems.push(rowProblem(at, finding, 'fatal'));
      return null;
    }
    if (named !== null) problems.push(rowProblem(at, ocdsFinding('buyer-not-a-department'), 'information'));
    return this.reach.fallback;
  }

  /**
   * Null, with a note, when no officer of the department, or more than one, goes by that name or number, and none was
   * chosen for it. Where the department is not known it may be any.
   */
  private officerOf(
    { officer, line }: StatedNames,
    departmentId: string | null,
    problems: RowProblem[],
  ): string | null {
    if (officer === null) return null;
    for (const id of departmentId === null ? this.departments : [departmentId]) {
      const found = this.officers.find(id, officer) ?? this.chosen(id, officer);
      if (found !== null) return found;
    }
    const at = { line, field: '담당공무원', value: maskName(officer) };
    problems.push(rowProblem(at, importFinding('officer-unknown'), 'information'));
    return null;
  }

  /** Null, with a warning, for a number that no Korean business can have: two that share it would be taken for one. */
  private businessNumber(
    {
      registrationNumber,
      country,
    }: Pick<ImportedContract['counterparties'][number], 'registrationNumber' | 'country'>,
    line: number,
    problems: RowProblem[],
  ): string | null {
    const read = readBusinessNumber(registrationNumber, country ?? this.rules.country);
    if (read !== 'wrong') return read.number;
    const at = { line, field: 'registrationNumber', value: maskRaw(registrationNumber ?? '') };
    problems.push(rowProblem(at, importFinding('registration-number-wrong'), 'warning'));
    return null;
  }

  private contactFacts({
    name,
    role,
    phone,
    phoneCountry,
    locale,
    legalBasis,
    legalBasisOn,
  }: ImportedContact) {
    // Consent counts from its day on; without a day the contract itself is the basis.
    const isUndated = legalBasis === 'consent' && legalBasisOn === null;
    return {
      name,
      role,
      phone: phone === null ? null : { e164: phone, country: phoneCountry ?? this.rules.country },
      locale: locale ?? this.rules.locale,
      legalBasis: isUndated ? ('contract' as const) : (legalBasis ?? 'contract'),
      legalBasisOn,
    };
  }
}

/** FactsReading makes the StatedFacts of a run. */
@Injectable()
export class FactsReading {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly rules: FactsRules,
  ) {}

  /**
   * The import's own department is the one given with the file, else the caller's, else the only one at the top. A run
   * reaches what the caller sees, and never beyond `within` (null: all), the department of who uploaded the file, whose
   * colleagues look at what it does.
   */
  async factsFor(
    caller: Caller,
    departmentId: string | null,
    within: string | null,
    chosenFor?: ChosenFor,
  ): Promise<StatedFacts> {
    const reached = within === null ? null : await this.departments.withThoseBelow(within);
    const seen = (await this.departments.list(caller)).filter(({ id }) => reached?.includes(id) ?? true);
    const byWord = new Map<string, string>();
    for (const department of seen) {
      for (const word of [department.code, department.name, department.nameEn]) {
        // A sheet may go on naming a department by what it was called before it was merged into another.
        const isTaken = department.mergedInto !== null && word && byWord.has(wordOf(word));
        if (word && !isTaken) byWord.set(wordOf(word), department.mergedInto ?? department.id);
      }
    }
    const top = seen.filter((department) => department.parentId === null);
    const given = departmentId ?? caller.departmentId ?? (top.length === 1 ? top[0]?.id : null);
    // A department that the caller does not see, or no longer, takes no contract of the import.
    const known = seen.find((department) => department.id === given);
    const fallback = known ? (known.mergedInto ?? known.id) : null;
    const isAll = seesAll(caller) && reached === null;
    const reach = { byWord, fallback, seen: isAll ? null : new Set(seen.map(({ id }) => id)) };
    return new StatedFacts(reach, await this.officers.finder(), await this.rules.readingRules(), chosenFor);
  }
}

/** Writes a name as it is compared. */
export function wordOf(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
}
