import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Contract } from '../contracts/contract.entity.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { PartyRows } from '../contracts/party-rows.js';
import type { Leaf } from '../proof/change.entity.js';
import { commit } from '../proof/leaf.js';
import { type Message, numberPlace } from '../sending/sending.entities.js';
import type { Opening } from './evidence.schema.js';

export interface ContractLeaf extends Omit<Leaf, 'hash' | 'recordedAt'> {
  /** Null until the sequencer has numbered it. */
  index: number | null;
}

/** Openings are what the commitments of a contract's leaves stand for, by the commitment in hex. */
type Openings = Map<string, Omit<Opening, 'path'>>;

/** ContractLeaves reads what the log holds of a contract, and opens the commitments in it. */
@Injectable()
export class ContractLeaves {
  constructor(
    private readonly database: Database,
    private readonly contracts: ContractReader,
    private readonly parties: PartyRows,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Returns the leaves of a contract, of what was sent for it, and of the plan and the texts that it was sent by, in the order of the log.
   * Flags are for the auditors, who raise questions by them.
   */
  leavesOf({ id, planName, planVersion }: Contract, withFlags: boolean): Promise<ContractLeaf[]> {
    return this.database.rows<ContractLeaf>(
      `WITH sent AS (SELECT m.id, m.template_version_id FROM message m
         WHERE m.id IN (SELECT message_id FROM alert WHERE contract_id = $1::uuid)),
       told AS (
         SELECT $1::uuid::text AS id
         UNION SELECT subject_id FROM change WHERE contract_id = $1::uuid
         UNION SELECT id::text FROM sent
         UNION SELECT template_version_id::text FROM sent
         UNION SELECT id::text FROM flag WHERE contract_id = $1::uuid
         UNION SELECT $2::text)
       SELECT e.index::float8 AS index, l.id, l.kind, l.subject_id, l.body, l.salt
       FROM told JOIN leaf l ON l.subject_id = told.id LEFT JOIN log_entry e ON e.leaf_id = l.id
       WHERE CASE
         WHEN l.kind = 'flag' THEN $4::boolean
         WHEN l.kind <> 'change' OR l.body ->> 'subject' = 'template' THEN true
         WHEN l.body ->> 'subject' = 'flag' THEN $4::boolean
         WHEN l.body ->> 'subject' = 'setting' THEN l.body -> 'params' ->> 'version' = $3::text
         ELSE l.body ->> 'contract_id' = $1::uuid::text END
       ORDER BY e.index NULLS LAST, l.id`,
      [id, planName, planVersion, withFlags],
    );
  }

  /** Opens the texts of messages, which whoever sees the contract may read, and shows their numbers masked. */
  async textsOf(contractId: string): Promise<{ openings: Openings; numbers: Map<string, string> }> {
    const messages = await this.database.rows<Pick<Message, 'id' | 'text' | 'salt' | 'numberSealed'>>(
      `SELECT id, text, salt, number_sealed FROM message
       WHERE id IN (SELECT message_id FROM alert WHERE contract_id = $1)`,
      [contractId],
    );
    return {
      openings: new Map(messages.map(({ salt, text }) => openingOf(salt, text))),
      numbers: new Map(messages.map((row) => [row.id, maskPhoneNumber(this.numberOf(row))])),
    };
  }

  /** Opens the numbers of contacts, as far as they still have the number that the log speaks of. */
  async numbersOf(contractId: string): Promise<Openings> {
    const contacts = (await this.contracts.partiesOf([contractId])).get(contractId)?.contacts ?? [];
    return new Map(
      contacts.flatMap((contact) => {
        const number = this.parties.numberOf(contact);
        return number === null ? [] : [openingOf(contact.salt, number)];
      }),
    );
  }

  private numberOf({ id, numberSealed }: Pick<Message, 'id' | 'numberSealed'>): string {
    return this.sealer.open(numberSealed, numberPlace(id));
  }
}

/** Finds the commitments in a body that are known. */
export function openingsIn(body: unknown, openings: Openings, path: string[] = []): Opening[] {
  if (typeof body === 'string') {
    const opening = openings.get(body);
    return opening ? [{ path: path.join('.'), ...opening }] : [];
  }
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, value]) => openingsIn(value, openings, [...path, key]));
}

function openingOf(salt: Buffer, value: string): [string, Omit<Opening, 'path'>] {
  return [commit(salt, value), { salt: salt.toString('hex'), value }];
}
