import type { Finding } from '../../platform/findings.js';
import { importFinding } from './import-problems.words.js';
import { ocdsFinding } from './ocds.words.js';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { actorOf, type Caller, roles, seesAll } from '../../core/access/roles.js';
import type { ContractFacts, ReadingRules } from '../../core/contracts/contract-facts.js';
import { FactsRules } from '../../core/contracts/contract-facts.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { type OfficerFinder, OfficerNames } from '../../core/departments/officer-names.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import { ImportFiles } from './import-files.js';
import { ImportSource } from './import-source.js';
import type { ClaimedImport } from './import-states.js';
import type { NumberedUnit, Twins } from './import-twins.js';
import { type ImportedContact, type ImportedContract, type RowProblem, rowProblem } from './import.types.js';
import { SheetColumns } from './sheet-columns.js';

const callerSchema = z.object({
  keyId: z.string().nullable(),
  // Imports that were uploaded before there were accounts have none.
  accountId: z.string().nullable().default(null),
  name: z.string(),
  role: z.enum(roles),
  departmentId: z.string().nullable(),
  officerId: z.string().nullable(),
});

/** ImportRun is one pass over a file, as whoever applies or rehearses its contracts has to know it. */
export interface ImportRun {
  importId: string;
  actor: string;
  /** People look at it before it is applied: every effect is kept, also of what stays as it is. */
  previewed: boolean;
  /** Only what would be done is written. */
  rehearsal: boolean;
  finder: DepartmentFinder;
  rules: ReadingRules & { currency: string };
  twins: Twins | null;
}

type Found = { ok: true; id: string; note: Finding | null } | { ok: false; finding: Finding };

/** DepartmentFinder finds the department and the officer that a file names. It holds for one run. */
export class DepartmentFinder {
  constructor(
    private readonly byWord: Map<string, string>,
    private readonly fallback: string | null,
    private readonly officers: OfficerFinder,
    private readonly seen: ReadonlySet<string> | null,
  ) {}

  /** Whether a department's contracts are the run's to change. */
  sees(departmentId: string): boolean {
    return this.seen?.has(departmentId) ?? true;
  }

  /** Null when no officer of the department, or more than one, goes by that name or number. */
  findOfficer(departmentId: string, named: string): string | null {
    return this.officers.find(departmentId, named);
  }

  /**
   * Finds a department by its code or name. When `strict`, an unknown name is refused; otherwise the import's own
   * department takes the contract, with a note.
   */
  findDepartment(named: string | null, { strict }: { strict: boolean }): Found {
    const known = named === null ? undefined : this.byWord.get(wordOf(named));
    if (known) return { ok: true, id: known, note: null };
    if (this.fallback && (named === null || !strict)) {
      return {
        ok: true,
        id: this.fallback,
        note: named === null ? null : ocdsFinding('buyer-not-a-department'),
      };
    }
    return {
      ok: false,
      finding: importFinding(named === null ? 'department-missing' : 'department-unknown'),
    };
  }
}

/** ImportDirectory makes the finders of departments and officers. */
@Injectable()
export class ImportDirectory {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficerNames,
  ) {}

  /**
   * Makes the finder of a run. The import's own department is the one given with the file, else the caller's, else the
   * only one at the top. It reaches what the caller sees, and never beyond `within` (null: all), the department of who
   * uploaded the file, whose colleagues look at what it does.
   */
  async finderFor(
    caller: Caller,
    departmentId: string | null,
    within: string | null,
  ): Promise<DepartmentFinder> {
    const reached = within === null ? null : await this.departments.withThoseBelow(within);
    const seen = (await this.departments.list(caller)).filter(({ id }) => reached?.includes(id) ?? true);
    const byWord = new Map<string, string>();
    for (const department of seen) {
      for (const word of [department.code, department.name, department.nameEn]) {
        // A sheet may go on naming a department by what it was called before it was merged into another.
        const taken = department.mergedInto !== null && word && byWord.has(wordOf(word));
        if (word && !taken) byWord.set(wordOf(word), department.mergedInto ?? department.id);
      }
    }
    const top = seen.filter((department) => department.parentId === null);
    const given = departmentId ?? caller.departmentId ?? (top.length === 1 ? (top[0]?.id ?? null) : null);
    // A department that the caller does not see, or no longer, takes no contract of the import.
    const known = seen.find((department) => department.id === given);
    const fallback = known ? (known.mergedInto ?? known.id) : null;
    const ids = seesAll(caller) && reached === null ? null : new Set(seen.map((department) => department.id));
    return new DepartmentFinder(byWord, fallback, await this.officers.finder(), ids);
  }
}

/**
 * ImportReading reads a stored file as its import has to be read: by its columns, and with the rights of who decided the
 * present step.
 */
@Injectable()
export class ImportReading {
  constructor(
    private readonly files: ImportFiles,
    private readonly columns: SheetColumns,
    private readonly source: ImportSource,
    private readonly rules: FactsRules,
    private readonly settings: SettingsService,
    private readonly directory: ImportDirectory,
  ) {}

  async runOf(row: ClaimedImport, how: Pick<ImportRun, 'rehearsal' | 'twins'>): Promise<ImportRun> {
    const caller = callerSchema.parse(row.caller.decidedBy ?? row.caller);
    return {
      ...how,
      importId: row.id,
      actor: row.appliedBy ?? actorOf(caller),
      previewed: row.preview,
      finder: await this.directory.finderFor(caller, row.ownDepartmentId, row.bringerDepartmentId),
      rules: await this.rulesInForce(),
    };
  }

  /** Reads the units of a file, in the same order at every reading, and counts the bytes in `row.bytesRead`. */
  async *unitsOf(row: ClaimedImport): AsyncGenerator<NumberedUnit> {
    let ordinal = 0;
    row.bytesRead = 0;
    const mapping = await this.columns.mappingOf(row);
    const rules = await this.rulesInForce();
    for await (const unit of this.source.units(row.format ?? 'csv', this.countedBytes(row), rules, mapping)) {
      ordinal += 1;
      yield { ...unit, ordinal };
    }
  }

  private async *countedBytes(row: ClaimedImport): AsyncGenerator<Buffer> {
    for await (const chunk of this.files.readFile(row.id)) {
      row.bytesRead += chunk.length;
      yield chunk;
    }
  }

  private async rulesInForce() {
    const { currency } = (await this.settings.agency()).value;
    return { ...(await this.rules.readingRules()), currency };
  }
}

function wordOf(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
}

/** Sheets and the API name contracts out of one numbering: the same contract by both ways must be one. */
const sourceOf = { sheet: 'agency', ocds: 'ocds' } as const;

/** Turns what a file states into facts of a contract; a fatal problem leaves no facts. */
export function toFacts(
  stated: ImportedContract,
  finder: DepartmentFinder,
  rules: ReadingRules,
): { facts: ContractFacts | null; problems: RowProblem[] } {
  const department = finder.findDepartment(stated.department, { strict: stated.source === 'sheet' });
  const at = {
    line: stated.line,
    field: stated.source === 'sheet' ? '담당부서' : 'buyer.name',
    value: stated.department ?? '',
  };
  if (!department.ok) return { facts: null, problems: [rowProblem(at, department.finding, 'fatal')] };
  const problems = department.note ? [rowProblem(at, department.note, 'information')] : [];
  const officerId = stated.officer === null ? null : finder.findOfficer(department.id, stated.officer);
  if (stated.officer !== null && officerId === null) {
    const officer = { line: stated.line, field: '담당공무원', value: maskName(stated.officer) };
    problems.push(rowProblem(officer, importFinding('officer-unknown'), 'information'));
  }
  const { reference, kind, title, signedOn, startsOn, endsOn, method, value } = stated;
  return {
    problems,
    facts: {
      reference,
      kind,
      title,
      signedOn,
      startsOn,
      endsOn,
      method,
      officerId,
      source: sourceOf[stated.source],
      revision: stated.revision ?? 0,
      departmentId: department.id,
      liabilityEndsOn: null,
      amount: value?.amount ?? null,
      currency: value?.currency ?? null,
      counterparties: stated.counterparties.map(({ contacts, ...party }) => ({
        ...party,
        contacts: contacts.map((contact) => contactFacts(contact, rules)),
      })),
    },
  };
}

function contactFacts({ name, role, ...contact }: ImportedContact, rules: ReadingRules) {
  // Consent counts from its day on; without a day the contract itself is the basis.
  const undated = contact.legalBasis === 'consent' && contact.legalBasisOn === null;
  return {
    name,
    role,
    phone:
      contact.phone === null ? null : { e164: contact.phone, country: contact.phoneCountry ?? rules.country },
    locale: contact.locale ?? rules.locale,
    legalBasis: undated ? ('contract' as const) : (contact.legalBasis ?? 'contract'),
    legalBasisOn: contact.legalBasisOn,
  };
}
