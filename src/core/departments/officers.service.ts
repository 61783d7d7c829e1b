import { unusableNumber } from '../../platform/phone-numbers/phone-numbers.words.js';
import { Inject, Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { departmentProblems } from './departments.words.js';
import { notFound } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { maskName, maskPhoneNumber, parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import type { NewOfficer, OfficerPatch, OfficerView } from './department.schema.js';
import { DepartmentsService } from './departments.service.js';
import { Officer } from './officer.entity.js';
import { Database } from '../../platform/database/database.js';

/** As colleagues see an officer. */
export interface NamedOfficer {
  id: string;
  departmentId: string;
  name: string;
  active: boolean;
}

/** Officers, with the blind index of their own numbers: no counterparty is told through an officer's phone. */
@Injectable()
export class OfficersService {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly settings: SettingsService,
    private readonly departments: DepartmentsService,
  ) {}

  async addOfficer(caller: Caller | 'set-up', wanted: NewOfficer): Promise<OfficerView> {
    if (caller !== 'set-up') await this.departments.mustSee(caller, wanted.departmentId);
    await this.departments.mustBeOpen(wanted.departmentId);
    const phone = wanted.phone ? await this.numberOf(wanted.phone) : null;
    return this.database.inTransaction(async () => {
      const id = newId();
      const officer: Officer = {
        id,
        departmentId: wanted.departmentId,
        staffNumber: wanted.staffNumber ?? null,
        nameSealed: this.sealer.seal(wanted.name, placeOf('name_sealed', id)),
        nameIndex: this.sealer.blindIndex(wanted.name),
        phoneSealed: phone ? this.sealer.seal(phone, placeOf('phone_sealed', id)) : null,
        phoneIndex: phone ? this.sealer.blindIndex(phone) : null,
        active: true,
      };
      if (
        officer.staffNumber &&
        (await this.database.repository(Officer).findOne({ where: { staffNumber: officer.staffNumber } }))
      ) {
        throw departmentProblems.error('staff-number-taken', { staffNumber: officer.staffNumber });
      }
      await this.database.repository(Officer).insert(officer);
      const view = this.officerViewOf(officer);
      await this.journal.record({
        subject: 'officer',
        subjectId: id,
        what: 'created',
        before: null,
        after: { ...view },
        actor: caller === 'set-up' ? caller : actorOf(caller),
        reason: null,
      });
      return view;
    });
  }

  /** Who has left keeps his contracts until they are handed over; he is no longer offered for others. */
  async amend(caller: Caller, id: string, { active, reason }: OfficerPatch): Promise<OfficerView> {
    return this.database.inTransaction(async () => {
      const officer = await this.database
        .repository(Officer)
        .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
      const seen = await this.departments.seenBy(caller);
      if (!officer || (seen && !seen.includes(officer.departmentId))) throw notFound('officer');
      if (officer.active === active) return this.officerViewOf(officer);
      await this.database.repository(Officer).update({ id }, { active });
      await this.journal.record({
        subject: 'officer',
        subjectId: id,
        what: active ? 'returned' : 'left',
        before: { active: officer.active },
        after: { active },
        actor: actorOf(caller),
        reason: reason ?? null,
      });
      return this.officerViewOf({ ...officer, active });
    });
  }

  async officers(caller: Caller): Promise<OfficerView[]> {
    const seen = await this.departments.seenBy(caller);
    const all = await this.database.repository(Officer).find({ order: { id: 'ASC' } });
    return all
      .filter((officer) => !seen || seen.includes(officer.departmentId))
      .map((o) => this.officerViewOf(o));
  }

  /** To choose from: colleagues know each other by name. Who is chosen already stays, also when he has left. */
  async choices(caller: Caller, chosen: string | null = null): Promise<NamedOfficer[]> {
    const named = await this.named(caller, chosen);
    return named.filter((officer) => officer.active || officer.id === chosen);
  }

  /** Also those who have left, for what was; and `chosen`, wherever he is now. */
  async named(caller: Caller, chosen: string | null = null): Promise<NamedOfficer[]> {
    const seen = await this.departments.seenBy(caller);
    const all = await this.database.repository(Officer).find({ order: { id: 'ASC' } });
    return all
      .filter((officer) => officer.id === chosen || !seen || seen.includes(officer.departmentId))
      .map(({ id, departmentId, nameSealed, active }) => ({
        id,
        departmentId,
        name: this.sealer.open(nameSealed, placeOf('name_sealed', id)),
        active,
      }));
  }

  private async numberOf(raw: string): Promise<string> {
    const { country } = (await this.settings.calendar()).setting;
    const parsed = parsePhoneNumber(raw, country, { allowFiction: this.config.allowFictionalNumbers });
    if (parsed.ok) return parsed.e164;
    throw unusableNumber(parsed.code, 'phone');
  }

  private officerViewOf(officer: Officer): OfficerView {
    return {
      id: officer.id,
      departmentId: officer.departmentId,
      staffNumber: officer.staffNumber,
      name: maskName(this.sealer.open(officer.nameSealed, placeOf('name_sealed', officer.id))),
      phone: officer.phoneSealed
        ? maskPhoneNumber(this.sealer.open(officer.phoneSealed, placeOf('phone_sealed', officer.id)))
        : null,
      active: officer.active,
    };
  }
}

function placeOf(column: string, rowId: string) {
  return { table: 'officer', column, rowId };
}
