import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, LessThan } from 'typeorm';
import type { Caller } from '../access/roles.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { definedOnly } from '../../platform/defined-only.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { planLimits } from '../planning/plan-limits.js';
import type { PlanningSubject } from '../planning/planning.service.js';
import type { Change } from '../proof/change.entity.js';
import { SettingsService } from '../settings/settings.service.js';
import { Contact, Contract, Counterparty } from './contract.entity.js';
import type { ContractListQuery } from './contract.schema.js';

export interface Parties {
  counterparties: Counterparty[];
  contacts: Contact[];
}

/** Registered is a contract that the running transaction registers, with its parties as they were written. */
export interface Registered extends Parties {
  contract: Contract;
}

/** HistoryEntry is one change of a contract; `at` is in the agency's zone. */
export interface HistoryEntry extends Pick<
  Change,
  'id' | 'what' | 'params' | 'before' | 'after' | 'actor' | 'reason'
> {
  at: string;
}

/** Returns the languages that contacts had before the running transaction changed them: what stands shows only what they are. */
export function languagesBefore(database: Database): Promise<Map<string, Contact['locale']>> {
  return database.readOnce('languages before', () => Promise.resolve(new Map<string, Contact['locale']>()));
}

/** ContractReader finds contracts that the caller may see, locks them, and reads what planning has to know of them. */
@Injectable()
export class ContractReader {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
  ) {}

  /** Returns a contract to whoever may see it for another reason than its department's. Throws `not-found`. */
  async contractOf(id: string): Promise<Contract> {
    const contract = await this.database.repository(Contract).findOne({ where: { id } });
    if (!contract) throw notFound('contract');
    return contract;
  }

  /** Throws `not-found` for another department's contract as for one that does not exist. */
  async requireVisible(caller: Caller, id: string): Promise<Contract> {
    const contract = await this.database.repository(Contract).findOne({ where: { id } });
    const sees = await this.departments.sightOf(caller);
    if (!contract || !sees(contract.departmentId)) throw notFound('contract');
    return contract;
  }

  /** Returns a page of contracts, newest first. It is shorter where they have more alerts than one contract may have. */
  async contractsPage(
    caller: Caller,
    { cursor, limit, departmentId, ...filters }: ContractListQuery,
  ): Promise<Page<Contract>> {
    const seen = await this.departments.seenWithin(caller, departmentId);
    const after = idOfCursor(cursor);
    const rows = await this.database.repository(Contract).find({
      where: {
        ...definedOnly(filters),
        ...(seen ? { departmentId: In(seen) } : {}),
        ...(after ? { id: LessThan(after) } : {}),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const fit = await this.countThatFit(rows.map(({ id }) => id));
    return pageFrom(rows, Math.min(limit, fit));
  }

  /** Counts the first of these contracts that together have no more alerts than one may have; it is one at least. */
  async countThatFit(ids: string[]): Promise<number> {
    const counts = await this.database.rows<{ contractId: string; alerts: number }>(
      `SELECT contract_id, count(*)::integer AS alerts FROM alert WHERE contract_id = ANY($1) GROUP BY contract_id`,
      [ids],
    );
    const alertsOf = new Map(counts.map(({ contractId, alerts }) => [contractId, alerts]));
    let room: number = planLimits.alerts;
    const above = ids.findIndex((id) => (room -= alertsOf.get(id) ?? 0) < 0);
    return above === -1 ? ids.length : Math.max(1, above);
  }

  /** Locks contracts in the order of their ids, so that changes of one contract go one after another. */
  lockContracts(ids: string[]): Promise<Contract[]> {
    return this.lockWhere({ id: In(ids) });
  }

  lockByReference(source: string, references: string[]): Promise<Contract[]> {
    return this.lockWhere({ source, reference: In(references) });
  }

  async partiesOf(contractIds: string[]): Promise<Map<string, Parties>> {
    if (contractIds.length === 0) return new Map();
    const where = { contractId: In(contractIds) };
    const counterparties = await this.database.repository(Counterparty).find({ where, order: { id: 'ASC' } });
    const contacts = await this.database.repository(Contact).find({ where, order: { id: 'ASC' } });
    const partiesById = groupedBy(counterparties, ({ contractId }) => contractId);
    const contactsById = groupedBy(contacts, ({ contractId }) => contractId);
    return new Map(
      contractIds.map((id) => [
        id,
        { counterparties: partiesById.get(id) ?? [], contacts: contactsById.get(id) ?? [] },
      ]),
    );
  }

  /** Returns the go-live days by department. */
  goLiveDays(contracts: Contract[]): Promise<Map<string, string | null>> {
    return this.departments.goLiveDays([...new Set(contracts.map((contract) => contract.departmentId))]);
  }

  /**
   * Returns, by contract, the day before which what fell due is history: the go-live day of its department, where the contract
   * was registered before that day. Of others nothing is history: their dates could be given as if it were.
   */
  async historyEnds(contracts: Contract[]): Promise<Map<string, LocalDate>> {
    const goLive = await this.goLiveDays(contracts);
    const { timeZone } = (await this.settings.calendar()).setting;
    const today = await this.settings.today();
    const withDay = contracts.flatMap(({ id, departmentId }) => {
      const day = goLive.get(departmentId) ?? null;
      return day === null ? [] : [{ id, day }];
    });
    const live = withDay.filter(({ day }) => day <= today);
    const rows =
      live.length === 0
        ? []
        : await this.database.rows<{ id: string }>(
            `SELECT c.id FROM unnest($1::uuid[], $2::date[]) c (id, day)
             WHERE EXISTS (SELECT FROM change h WHERE h.contract_id = c.id AND h.what = 'registered'
               AND (h.at AT TIME ZONE $3)::date < c.day)`,
            [live.map(({ id }) => id), live.map(({ day }) => day), timeZone],
          );
    const prepared = new Set(rows.map(({ id }) => id));
    return new Map(
      withDay.filter(({ id, day }) => day > today || prepared.has(id)).map(({ id, day }) => [id, day]),
    );
  }

  async planningSubjectsOf(contracts: Contract[], parties: Map<string, Parties>): Promise<PlanningSubject[]> {
    const ends = await this.historyEnds(contracts);
    const languages = await languagesBefore(this.database);
    return contracts.map((contract) => ({
      contract,
      goLiveOn: ends.get(contract.id) ?? null,
      contacts: (parties.get(contract.id)?.contacts ?? []).map((contact) => ({
        id: contact.id,
        number: contact.phoneIndex?.toString('hex') ?? null,
        removed: contact.removedAt !== null,
        suppressed: false,
        locale: { is: contact.locale, was: languages.get(contact.id) ?? contact.locale },
      })),
    }));
  }

  /** Returns when a contract came to the service, by its clock. */
  async registeredAt(contractId: string): Promise<Date | null> {
    const [row] = await this.database.rows<{ at: Date }>(
      `SELECT at FROM change WHERE contract_id = $1 AND what = 'registered' ORDER BY id LIMIT 1`,
      [contractId],
    );
    return row?.at ?? null;
  }

  /** Returns who gave contacts of a contract the numbers that they have, each once; who registered it where there are none. */
  async giversOfNumbers(contractId: string, contacts: Pick<Contact, 'id'>[]): Promise<string[]> {
    const ids = contacts.map(({ id }) => id);
    const rows = await this.database.rows<{ actor: string }>(
      `SELECT DISTINCT h.actor FROM unnest($2::text[]) k (id) CROSS JOIN LATERAL (
         SELECT h.actor FROM change h WHERE h.contract_id = $1
           AND (h.what = 'registered' OR h.subject = 'contact' AND h.subject_id = k.id
             AND h.after ->> 'commitment' IS DISTINCT FROM h.before ->> 'commitment')
         ORDER BY h.id DESC LIMIT 1) h`,
      [contractId, ids.length > 0 ? ids : [null]],
    );
    return rows.map(({ actor }) => actor);
  }

  /** Returns the history of a contract, oldest first and whole, because a part of it could mislead. */
  async historyOf(contractId: string): Promise<HistoryEntry[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<Omit<HistoryEntry, 'at'> & { at: Date }>(
      `SELECT id, at, what, params, before, after, actor, reason FROM change WHERE contract_id = $1 ORDER BY id`,
      [contractId],
    );
    return rows.map((row) => ({ ...row, at: zonedIso(row.at, timeZone) }));
  }

  private lockWhere(where: FindOptionsWhere<Contract>): Promise<Contract[]> {
    return this.database
      .repository(Contract)
      .createQueryBuilder('contract')
      .where(where)
      .orderBy('contract.id')
      .setLock('pessimistic_write')
      .getMany();
  }
}
