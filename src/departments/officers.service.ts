import { Inject, Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { AppError } from '../platform/app-error.js';
import { Transactions } from '../platform/database/transactions.js';
import { newId } from '../platform/ids.js';
import { CONFIG } from '../platform/platform.tokens.js';
import { maskName, maskPhoneNumber, parsePhoneNumber } from '../platform/numbers/phone-number.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import type { NewOfficer, OfficerView } from './department.schema.js';
import { DepartmentsService } from './departments.service.js';
import { Officer } from './officer.entity.js';

/** Officers, with the blind index of their own numbers: no counterparty is told through an officer's phone. */
@Injectable()
export class OfficersService {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly transactions: Transactions,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly settings: SettingsService,
    private readonly departments: DepartmentsService,
  ) {}

  async addOfficer(caller: Caller | 'set-up', wanted: NewOfficer): Promise<OfficerView> {
    if (caller !== 'set-up') await this.departments.mustSee(caller, wanted.departmentId);
    await this.departments.mustBeOpen(wanted.departmentId);
    const phone = wanted.phone ? await this.numberOf(wanted.phone) : null;
    return this.transactions.run(async (manager) => {
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
        (await manager.findOne(Officer, { where: { staffNumber: officer.staffNumber } }))
      ) {
        throw new AppError(
          'conflict',
          'staff-number-taken',
          `An officer with staff number ${officer.staffNumber} exists.`,
        );
      }
      await manager.insert(Officer, officer);
      const view = this.officerViewOf(officer);
      await this.journal.record(manager, {
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

  async officers(caller: Caller): Promise<OfficerView[]> {
    const seen = await this.departments.seenBy(caller);
    const all = await this.transactions.manager.find(Officer, { order: { id: 'ASC' } });
    return all
      .filter((officer) => !seen || seen.includes(officer.departmentId))
      .map((o) => this.officerViewOf(o));
  }

  /** To choose from: colleagues know each other by name. */
  async choices(caller: Caller): Promise<{ id: string; departmentId: string; name: string }[]> {
    const seen = await this.departments.seenBy(caller);
    const all = await this.transactions.manager.find(Officer, {
      where: { active: true },
      order: { id: 'ASC' },
    });
    return all
      .filter((officer) => !seen || seen.includes(officer.departmentId))
      .map((officer) => ({
        id: officer.id,
        departmentId: officer.departmentId,
        name: this.sealer.open(officer.nameSealed, placeOf('name_sealed', officer.id)),
      }));
  }

  private async numberOf(raw: string): Promise<string> {
    const { country } = (await this.settings.calendar()).setting;
    const parsed = parsePhoneNumber(raw, country, { allowFiction: this.config.allowFictionalNumbers });
    if (parsed.ok) return parsed.e164;
    throw new AppError('invalid', 'number-unusable', `${parsed.message} ${parsed.advice}`, [
      { path: 'phone', code: parsed.code, message: `${parsed.message} ${parsed.advice}` },
    ]);
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
