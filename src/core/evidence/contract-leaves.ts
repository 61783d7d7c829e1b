import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { breathe } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Contract } from '../contracts/contract.entity.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { PartyRows } from '../contracts/party-rows.js';
import type { Leaf } from '../proof/change.entity.js';
import { planTexts } from '../proof/core-facts.js';
import { saltOfNumber } from '../proof/facts.js';
import { numberPlace, type Unerased } from '../sending/sending.entities.js';
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
   * Returns the leaves of a contract, of what was sent for it, and of the plan and the texts that it was sent by, in the order of
   * the log. Flags, and who is to decide of a proposal, are for auditors alone.
   */
  leavesOf({ id, planName, planVersion }: Contract, forAuditor: boolean): Promise<ContractLeaf[]> {
    return this.database.rows<ContractLeaf>(
      `WITH sent AS (SELECT m.id, m.template_version_id FROM message m
         WHERE m.id IN (SELECT message_id FROM alert WHERE contract_id = $1::uuid)),
       told AS (
         SELECT $1::uuid::text AS id
         UNION SELECT subject_id FROM change WHERE contract_id = $1::uuid
         UNION SELECT id::text FROM contact WHERE contract_id = $1::uuid
         UNION SELECT id::text FROM alert WHERE contract_id = $1::uuid
         UNION SELECT id::text FROM flag WHERE contract_id = $1::uuid
         UNION SELECT id::text FROM proposal WHERE contract_id = $1::uuid
         UNION SELECT id::text FROM sent
         UNION SELECT template_version_id::text FROM sent
         UNION SELECT r.id::text FROM attempt t JOIN receipt r ON r.provider = t.provider AND r.reference = t.reference
           WHERE t.message_id IN (SELECT id FROM sent)
         UNION SELECT unnest(ARRAY[$2::text, $2::text || '@' || $3::text]))
       SELECT e.index::float8 AS index, l.id, l.kind, l.subject_id, l.body, l.salt
       FROM told JOIN leaf l ON l.subject_id = told.id LEFT JOIN log_entry e ON e.leaf_id = l.id
       WHERE CASE
         WHEN l.kind IN ('flag', 'proposal') THEN $4::boolean
         WHEN l.kind <> 'change' OR l.body ->> 'subject' = 'template' THEN true
         WHEN l.body ->> 'subject' = 'flag' THEN $4::boolean
         WHEN l.body ->> 'subject' = 'setting' THEN l.body -> 'params' ->> 'version' = $3::text
         ELSE l.body ->> 'contract_id' = $1::uuid::text END
       ORDER BY e.index NULLS LAST, l.id`,
      [id, planName, planVersion, forAuditor],
    );
  }

  /**
   * Opens the plan as it is and the texts of messages, which whoever sees the contract may read, and numbers where these are
   * wanted too, as far as they are still those that the log speaks of. `masked` are the numbers of messages by their ids.
   */
  async openingsOf(contractId: string, withNumbers: boolean) {
    const [plan] = await this.database.rows<{ texts: string[] }>(
      `SELECT ARRAY[${planTexts.join(', ')}] AS texts FROM contract r WHERE r.id = $1`,
      [contractId],
    );
    const openings: Openings = new Map(plan?.texts.map((text) => openingOf(Buffer.alloc(0), text)));
    const masked = new Map<string, string>();
    for (const { id, text, salt, numberSealed, numberIndex } of await this.messagesOf(contractId)) {
      const number = this.sealer.open(numberSealed, numberPlace(id));
      masked.set(id, maskPhoneNumber(number));
      openings.set(...openingOf(salt, text));
      if (withNumbers) openings.set(...openingOf(saltOfNumber(salt, numberIndex), number));
      await breathe();
    }
    if (!withNumbers) return { openings, masked };
    for (const contact of (await this.contracts.partiesOf([contractId])).get(contractId)?.contacts ?? []) {
      const number = this.parties.numberOf(contact);
      if (number && contact.salt) openings.set(...openingOf(contact.salt, number));
    }
    return { openings, masked };
  }

  async contactIdsOf(contractId: string): Promise<string[]> {
    const parties = (await this.contracts.partiesOf([contractId])).get(contractId);
    return parties?.contacts.map(({ id }) => id) ?? [];
  }

  /** What was erased opens no more. */
  private messagesOf(contractId: string) {
    return this.database.rows<Pick<Unerased, 'id' | 'text' | 'salt' | 'numberSealed' | 'numberIndex'>>(
      `SELECT id, text, salt, number_sealed, number_index FROM message
       WHERE salt IS NOT NULL AND id IN (SELECT message_id FROM alert WHERE contract_id = $1)`,
      [contractId],
    );
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

/** A digest without a salt, as that of a plan, opens like a commitment whose salt is empty. */
function openingOf(salt: Buffer, value: string): [string, Omit<Opening, 'path'>] {
  const commitment = createHash('sha256').update(salt).update(value, 'utf8').digest('hex');
  return [commitment, { salt: salt.toString('hex'), value }];
}
