import { Injectable } from '@nestjs/common';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { OfficersService } from '../../core/departments/officers.service.js';
import { kinds } from '../../core/settings/plan.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import type { Locale } from '../../platform/words/words.js';
import type { Choice, Visit } from './visit.js';

/** Reader is who reads a page, in which language. */
type Reader = Pick<Visit, 'caller' | 'locale'>;

/** FormChoices are the choices of fields that many forms have. */
@Injectable()
export class FormChoices {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly settings: SettingsService,
  ) {}

  /** Returns the choices of a contract's form. `officerId` is whose the contract is; that officer can be chosen even after leaving. */
  async forContract(visit: Visit, officerId: string | null = null) {
    return {
      kinds: visit.choices('kinds.', kinds),
      departments: await this.departmentsFor(visit),
      officers: await this.officersFor(visit, officerId),
      ...contactChoices(visit),
      currencyCode: await this.currency(),
    };
  }

  async departmentsFor(visit: Visit): Promise<Choice[]> {
    return departmentChoices(await this.departments.list(visit.caller), visit.locale);
  }

  /** Returns the names of the departments that the visitor sees, by their codes. */
  async departmentNames({ caller, locale }: Visit): Promise<Map<string, string>> {
    const departments = await this.departments.list(caller);
    return new Map(departments.map((department) => [department.code, nameIn(department, locale)]));
  }

  /**
   * Writes the officers of rows in full, with their department, as every page does for those who see them; programs get these names
   * masked.
   */
  async withOfficers<Row extends { officer?: { id: string; name: string } | null | undefined }>(
    { caller, locale }: Visit,
    rows: Row[],
  ): Promise<Row[]> {
    if (!rows.some(({ officer }) => officer)) return rows;
    const seen = new Map((await this.officers.named(caller)).map((officer) => [officer.id, officer]));
    const departments = await this.departmentNamesById({ caller, locale });
    return rows.map((row) => {
      const { officer } = row;
      if (!officer) return row;
      const { name, departmentId } = seen.get(officer.id) ?? { ...officer, departmentId: '' };
      return { ...row, officer: { ...officer, name, department: departments.get(departmentId) ?? null } };
    });
  }

  /** Returns officers who can be chosen, and `chosen`, by name, each with the department that they are in, as far as the visitor sees it. */
  async officersFor({ caller, locale }: Reader, chosen: string | null = null) {
    const officers = await this.officers.choices(caller, chosen);
    const departments = await this.departmentNamesById({ caller, locale });
    return officers
      .map(({ id, name, departmentId }) => {
        const department = departments.get(departmentId);
        return { value: id, text: department ? `${name} (${department})` : name, departmentId };
      })
      .sort((a, b) => a.text.localeCompare(b.text, locale));
  }

  async currency(): Promise<string> {
    return (await this.settings.agency()).value.currency;
  }

  async firstDepartment({ caller }: Visit): Promise<string | undefined> {
    return caller.departmentId ?? (await this.departments.list(caller))[0]?.id;
  }

  /** Returns the names of departments and officers that the visitor sees, by id, for a history that names them. */
  async namesSeen({ caller, locale }: Visit): Promise<Map<string, string>> {
    const officers = await this.officers.named(caller);
    return new Map([
      ...(await this.departmentNamesById({ caller, locale })),
      ...officers.map((officer) => [officer.id, officer.name] as const),
    ]);
  }

  /** Returns the codes of milestones with their names in the plans in force; a code stands once for each kind that has it. */
  async milestoneNames(locale: Locale): Promise<[code: string, name: string][]> {
    const plans = await Promise.all(kinds.map((kind) => this.settings.plansFor(kind)));
    return plans.flatMap(({ plain }) =>
      plain.value.milestones.map(({ code, name }) => [code, name[locale]] as [string, string]),
    );
  }

  private async departmentNamesById({ caller, locale }: Reader): Promise<Map<string, string>> {
    const departments = await this.departments.list(caller);
    return new Map(departments.map((department) => [department.id, nameIn(department, locale)]));
  }
}

export function localeChoices(visit: Visit): Choice[] {
  return [
    { value: 'ko', text: visit.t('contracts.korean') },
    { value: 'en', text: visit.t('contracts.english') },
  ];
}

export function contactChoices(visit: Visit) {
  return {
    locales: localeChoices(visit),
    bases: visit.choices('contracts.basis-', ['contract', 'statutory-task', 'consent']),
  };
}

/** Returns the departments to choose from. Those that were merged are left out: what was theirs is found under the department that they became part of. */
export function departmentChoices(
  departments: { id: string; name: string; nameEn: string | null; mergedInto: string | null }[],
  locale: Locale,
): Choice[] {
  return departments
    .filter((department) => department.mergedInto === null)
    .map((department) => ({ value: department.id, text: nameIn(department, locale) }));
}

export function nameIn({ name, nameEn }: { name: string; nameEn: string | null }, locale: Locale): string {
  return locale === 'ko' ? name : (nameEn ?? name);
}
