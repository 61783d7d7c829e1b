import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import { maskName, maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { actorOf, type Caller } from '../access/roles.js';
import { digestOfBlindIndex } from '../proof/facts.js';
import { Journal } from '../proof/journal.service.js';
import { AgencyNumbers } from '../settings/agency-numbers.js';
import { Officer } from './department.entity.js';
import type { NewOfficer, OfficerPatch, OfficerView } from './department.schema.js';
import { DepartmentsService } from './departments.service.js';
import { departmentProblems } from './departments.words.js';

interface OfficerName extends Pick<Officer, 'id' | 'departmentId' | 'staffNumber'> {
  /** The blind index of the officer's name, in hexadecimal. */
  name: string;
}

/** OfficerFinder finds active officers by staff number or name. It is read once and serves the length of one run. */
export class OfficerFinder {
  private readonly byDepartment: ReadonlyMap<string, OfficerName[]>;
  private readonly homes: ReadonlyMap<string, string>;

  constructor(
    rows: OfficerName[],
    private readonly indexOf: (name: string) => string,
  ) {
    this.byDepartment = groupedBy(rows, ({ departmentId }) => departmentId);
    this.homes = new Map(rows.map(({ id, departmentId }) => [id, departmentId]));
  }

  /** Returns the department of an active officer; null for everybody else. */
  departmentOf(officerId: string): string | null {
    return this.homes.get(officerId) ?? null;
  }

  /** By staff number, or by a name that exactly one officer of the department has. */
  find(departmentId: string, named: string): string | null {
    const own = this.byDepartment.get(departmentId) ?? [];
    const numbered = own.find((row) => row.staffNumber === named.trim());
    if (numbered) return numbered.id;
    const index = this.indexOf(named);
    const same = own.filter((row) => row.name === index);
    return same.length === 1 ? (same[0]?.id ?? null) : null;
  }
}

/** NamedOfficer is an officer as colleagues see them: by name. */
export interface NamedOfficer extends Pick<Officer, 'id' | 'departmentId' | 'active'> {
  name: string;
}

/** OfficersService keeps officers, with blind indexes of their own numbers: no alert goes to an officer's phone. */
@Injectable()
export class OfficersService {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly numbers: AgencyNumbers,
    private readonly departments: DepartmentsService,
  ) {}

  async addOfficer(caller: Caller | 'set-up', wanted: NewOfficer): Promise<OfficerView> {
    if (caller !== 'set-up') await this.departments.mustSee(caller, wanted.departmentId);
    await this.departments.mustBeOpen(wanted.departmentId);
    const phone = wanted.phone ? await this.numbers.e164Of(wanted.phone, 'phone') : null;
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
      const { staffNumber } = officer;
      if (staffNumber && (await this.database.repository(Officer).existsBy({ staffNumber })))
        throw departmentProblems.error('staff-number-taken', { staffNumber });
      await this.database.repository(Officer).insert(officer);
      const view = this.officerViewOf(officer);
      await this.journal.record({
        subject: 'officer',
        subjectId: id,
        what: 'created',
        after: {
          ...view,
          nameDigest: digestOfBlindIndex(id, officer.nameIndex),
          phoneDigest: officer.phoneIndex && digestOfBlindIndex(id, officer.phoneIndex),
        },
        actor: caller === 'set-up' ? caller : actorOf(caller),
      });
      return view;
    });
  }

  /** Somebody who has left keeps their contracts until these are handed over, and is no longer offered for others. */
  async amend(caller: Caller, id: string, { reason, ...patch }: OfficerPatch): Promise<OfficerView> {
    return this.database.inTransaction(async () => {
      const officer = await this.database
        .repository(Officer)
        .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
      const sees = await this.departments.sightOf(caller);
      if (!officer || !sees(officer.departmentId)) throw notFound('officer');
      const { active = officer.active } = patch;
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
    const sees = await this.departments.sightOf(caller);
    const seen = (await this.all()).filter(({ departmentId }) => sees(departmentId));
    return mapInTurns(seen, (officer) => this.officerViewOf(officer));
  }

  /** Returns whom the caller can choose, and whoever is `chosen` already, also when they have left. */
  async choices(caller: Caller, chosen: string | null = null): Promise<NamedOfficer[]> {
    const named = await this.named(caller, chosen);
    return named.filter((officer) => officer.active || officer.id === chosen);
  }

  /** Returns the officers that the caller sees, those who have left included, and `chosen`, wherever they are now. */
  async named(caller: Caller, chosen: string | null = null): Promise<NamedOfficer[]> {
    const sees = await this.departments.sightOf(caller);
    const seen = (await this.all()).filter(({ id, departmentId }) => id === chosen || sees(departmentId));
    return mapInTurns(seen, (officer) => {
      const { id, departmentId, active } = officer;
      return { id, departmentId, name: this.nameOf(officer), active };
    });
  }

  /** Makes a finder of active officers, which compares blind indexes and opens no name. */
  async finder(): Promise<OfficerFinder> {
    const rows = await this.database.rows<OfficerName>(
      `SELECT id, department_id, staff_number, encode(name_index, 'hex') AS name FROM officer WHERE active`,
    );
    return new OfficerFinder(rows, (name) => this.sealer.blindIndex(name).toString('hex'));
  }

  private all(): Promise<Officer[]> {
    return this.database.repository(Officer).find({ order: { id: 'ASC' } });
  }

  private nameOf({ id, nameSealed }: Officer): string {
    return this.sealer.open(nameSealed, placeOf('name_sealed', id));
  }

  private officerViewOf(officer: Officer): OfficerView {
    const { id, departmentId, staffNumber, phoneSealed, active } = officer;
    const phone = phoneSealed && maskPhoneNumber(this.sealer.open(phoneSealed, placeOf('phone_sealed', id)));
    return { id, departmentId, staffNumber, name: maskName(this.nameOf(officer)), phone, active };
  }
}

function placeOf(column: string, rowId: string) {
  return { table: 'officer', column, rowId };
}
