import { Injectable } from '@nestjs/common';
import type { Contract } from '../../core/contracts/contract.entity.js';
import type { Milestone } from '../../core/planning/planning.entities.js';
import { isTaken, numberPlace } from '../../core/sending/sending.entities.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Words } from '../../platform/words/words.js';
import { SignInThrottle } from '../accounts/sign-in-throttle.js';

/** A reference is unique within the system that it comes from: so many contracts of one reference are shown. */
const mostContracts = 5;

/** NoticesAsked is what somebody outside types: a contract's reference and, to see endings of numbers, a company's number. */
export interface NoticesAsked {
  reference: string;
  registrationNumber?: string | undefined;
}

export type NoticeState = 'told' | 'partly' | 'untold' | 'to-come' | 'no-day';

/** A Notice is one milestone of which people are told, without anything about these but how many, and the endings of their numbers. */
export interface Notice {
  code: string;
  occurrence: number;
  name: Words | null;
  /** In the agency's zone; null while it has no day. */
  day: string | null;
  state: NoticeState;
  told: number;
  untold: number;
  /** The last two digits of each number that was texted; null to who did not give the company's number. */
  endings: string[] | null;
}

export interface NoticesOfContract {
  reference: string;
  kind: Contract['kind'];
  notices: Notice[];
}

interface NoticeRow extends Pick<Milestone, 'code' | 'occurrence'> {
  day: string | null;
  isDue: boolean;
  told: number;
  untold: number;
  /** One text to each number that was texted. */
  messageIds: string[];
}

/**
 * PublicRegister tells anybody which notices a contract calls for, and which were given: so that a company can see that it should have been told.
 * Where the agency does not publish its contracts, whoever does not give the company's registration number too learns nothing,
 * not even whether there is such a contract. Guessing is slowed by two counts, as it is at the door.
 */
@Injectable()
export class PublicRegister {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly sealer: Sealer,
    private readonly throttle: SignInThrottle,
  ) {}

  /** Returns the contracts with that reference; none where there is none, and where it is not shown. Throws SignInSlowed. */
  async find(asked: NoticesAsked, from: string): Promise<NoticesOfContract[]> {
    const reference = asked.reference.normalize('NFKC');
    const about = this.sealer.blindIndex(`register:${reference}`);
    const succeeded = await this.throttle.enter(about, from, 'register');
    const contracts = await this.contractsOf(reference, asked.registrationNumber);
    const { value: agency } = await this.settings.agency();
    const shown = contracts.filter(
      ({ isNamed }) => isNamed || (agency.publishesContracts && !asked.registrationNumber),
    );
    if (shown.length > 0) await succeeded();
    return Promise.all(
      shown.map(async (contract) => ({
        reference: contract.reference,
        kind: contract.kind,
        notices: await this.noticesOf(contract),
      })),
    );
  }

  private contractsOf(reference: string, registrationNumber: string | undefined) {
    return this.database.rows<Contract & { isNamed: boolean }>(
      `SELECT c.*, EXISTS (SELECT FROM counterparty p WHERE p.contract_id = c.id AND ${plain('p.registration_number')} = ${plain('$2')}) AS is_named
       FROM contract c WHERE c.reference = $1 AND c.state <> 'draft' ORDER BY c.id LIMIT ${mostContracts}`,
      [reference, registrationNumber ?? null],
    );
  }

  private async noticesOf({
    id,
    planName,
    planVersion,
    isNamed,
  }: Contract & { isNamed: boolean }): Promise<Notice[]> {
    const { now, timeZone } = await this.settings.moment();
    const rows = await this.database.rows<NoticeRow>(
      `SELECT m.code, m.occurrence, (n.at AT TIME ZONE $3)::date::text AS day, n.at <= $2 AS is_due,
              n.told, n.untold, n.message_ids
       FROM milestone m CROSS JOIN LATERAL (
         SELECT coalesce(min(a.due_at) FILTER (WHERE a.message_id IS NOT NULL), m.due_at) AS at,
                count(DISTINCT a.number_index) FILTER (WHERE ${isTold})::int AS told,
                count(DISTINCT a.contact_id) FILTER (WHERE a.status IN ('messaged', 'missed', 'held') AND NOT coalesce(${isTold}, false))::int AS untold,
                coalesce(array_agg(DISTINCT g.id) FILTER (WHERE ${isTold}), '{}') AS message_ids
         FROM alert a LEFT JOIN message g ON g.id = a.message_id WHERE a.milestone_id = m.id) n
       WHERE m.contract_id = $1 AND (n.told > 0 OR NOT m.withdrawn)
       ORDER BY n.at NULLS LAST, m.code, m.occurrence`,
      [id, now, timeZone],
    );
    const endings = isNamed ? await this.endingsOf(rows.flatMap(({ messageIds }) => messageIds)) : null;
    return Promise.all(
      rows.map(async ({ messageIds, isDue, ...row }) => ({
        ...row,
        name: await this.settings.milestoneName({ planName, planVersion, code: row.code }),
        state: stateOf({ ...row, isDue }),
        endings:
          endings && [...new Set(messageIds.flatMap((messageId) => endings.get(messageId) ?? []))].sort(),
      })),
    );
  }

  private async endingsOf(messageIds: string[]): Promise<Map<string, string>> {
    const rows = await this.database.rows<{ id: string; numberSealed: Buffer }>(
      `SELECT id, number_sealed FROM message WHERE id = ANY($1) AND number_sealed IS NOT NULL`,
      [messageIds],
    );
    return new Map(
      rows.map(({ id, numberSealed }) => [id, this.sealer.open(numberSealed, numberPlace(id)).slice(-2)]),
    );
  }
}

/** As coverage counts it; see docs/coverage.md. */
const isTold = isTaken('g');

/** A registration number is written with hyphens or without. */
const plain = (sql: string) => `nullif(regexp_replace(${sql}::text, '[^0-9A-Za-z]', '', 'g'), '')`;

function stateOf({
  day,
  isDue,
  told,
  untold,
}: Pick<NoticeRow, 'day' | 'isDue' | 'told' | 'untold'>): NoticeState {
  if (told > 0) return untold > 0 ? 'partly' : 'told';
  if (day === null) return 'no-day';
  return isDue ? 'untold' : 'to-come';
}
