import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { type Choice, departmentChoices, kindChoices } from '../choices.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';

/** What the fields of a contract are chosen from. */
@Injectable()
export class FormChoices {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly settings: SettingsService,
  ) {}

  /** `officerId`: whose the contract is; he stays to be chosen when he has left. */
  async of(caller: Caller, locale: Locale, officerId: string | null = null) {
    const departments = await this.departments.list(caller);
    return {
      kinds: kindChoices(locale),
      departments: departmentChoices(departments, locale),
      officers: (await this.officers.choices(caller, officerId)).map(({ id, name }): Choice => ({
        value: id,
        text: name,
      })),
      ...contactChoices(locale),
      currencyCode: await this.currency(),
    };
  }

  async currency(): Promise<string> {
    return (await this.settings.agency()).value.currency;
  }

  async firstDepartment(caller: Caller): Promise<string | undefined> {
    return caller.departmentId ?? (await this.departments.list(caller))[0]?.id;
  }
}

export function contactChoices(locale: Locale) {
  return {
    locales: [
      { value: 'ko', text: translate(locale, 'contracts.korean') },
      { value: 'en', text: translate(locale, 'contracts.english') },
    ],
    bases: ['contract', 'statutory-task', 'consent'].map((basis) => ({
      value: basis,
      text: translate(locale, `contracts.basis-${basis}`),
    })),
  };
}
