import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Caller } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { notFound } from '../../platform/app-error.js';
import type { PlanningSubject } from '../planning/planning.service.js';
import { Contact } from './contact.entity.js';
import { Contract } from './contract.entity.js';
import type { ContractListQuery } from './contract.schema.js';
import { Counterparty } from './counterparty.entity.js';
import { Database } from '../../platform/database/database.js';

export interface Parties {
  counterparties: Counterparty[];
  contacts: Contact[];
}

/** Finds contracts that the caller may see, locks them, and tells planning what it has to know. */
@Injectable()
export class ContractReader {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
  ) {}

  /** Another department's contract is not found. */
  async mustSee(caller: Caller, id: string): Promise<Contract> {
    const contract = await this.database.repository(Contract).findOne({ where: { id } });
    const seen = await this.departments.seenBy(caller);
    if (!contract || (seen && !seen.includes(contract.departmentId))) throw notFound('contract');
    return contract;
  }

  /** Everything that changes a contract goes one after another. */
  async lock(ids: string[]): Promise<Contract[]> {
    return this.database
      .repository(Contract)
      .createQueryBuilder('contract')
      .where({ id: In(ids) })
      .orderBy('contract.id')
      .setLock('pessimistic_write')
      .getMany();
  }

  async lockByReference(source: string, references: string[]): Promise<Contract[]> {
    return this.database
      .repository(Contract)
      .createQueryBuilder('contract')
      .where({ source, reference: In(references) })
      .orderBy('contract.id')
      .setLock('pessimistic_write')
      .getMany();
  }

  async partiesOf(contractIds: string[]): Promise<Map<string, Parties>> {
    const where = { contractId: In(contractIds) };
    const counterparties = await this.database.repository(Counterparty).find({ where, order: { id: 'ASC' } });
    const contacts = await this.database.repository(Contact).find({ where, order: { id: 'ASC' } });
    return new Map(
      contractIds.map((id) => [
        id,
        {
          counterparties: counterparties.filter((c) => c.contractId === id),
          contacts: contacts.filter((c) => c.contractId === id),
        },
      ]),
    );
  }

  /** By department. */
  goLiveDays(contracts: Contract[]): Promise<Map<string, string | null>> {
    return this.departments.goLiveDays([...new Set(contracts.map((contract) => contract.departmentId))]);
  }

  async subjectsOf(contracts: Contract[]): Promise<PlanningSubject[]> {
    const parties = await this.partiesOf(contracts.map((c) => c.id));
    const goLive = await this.goLiveDays(contracts);
    return contracts.map((contract) => ({
      contractId: contract.id,
      departmentId: contract.departmentId,
      contract,
      planName: contract.planName,
      planVersion: contract.planVersion,
      goLiveOn: goLive.get(contract.departmentId) ?? null,
      contacts: (parties.get(contract.id)?.contacts ?? []).map((contact) => ({
        id: contact.id,
        number: contact.phoneIndex?.toString('hex') ?? null,
        removed: contact.removedAt !== null,
        suppressed: false,
      })),
    }));
  }

  /** Newest first; `cursor` is the id of the last row seen. */
  async list(
    caller: Caller,
    query: ContractListQuery,
  ): Promise<{ items: Contract[]; nextCursor: string | null }> {
    const departments = await this.departments.seenWithin(caller, query.departmentId);
    const found = await this.database.rows<{ id: string }>(
      `SELECT id FROM contract
       WHERE ($1::uuid[] IS NULL OR department_id = ANY($1)) AND ($2::text IS NULL OR state = $2)
         AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR reference = $4)
         AND ($5::uuid IS NULL OR id < $5)
       ORDER BY id DESC LIMIT $6`,
      [
        departments,
        query.state ?? null,
        query.kind ?? null,
        query.reference ?? null,
        query.cursor ?? null,
        query.limit + 1,
      ],
    );
    const ids = found.slice(0, query.limit).map((row) => row.id);
    const items = await this.database.repository(Contract).find({
      where: { id: In(ids) },
      order: { id: 'DESC' },
    });
    return { items, nextCursor: found.length > query.limit ? (ids.at(-1) ?? null) : null };
  }
}
