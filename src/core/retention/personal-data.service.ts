import { Injectable, type StreamableFile } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { streamedList } from '../../platform/http/streamed-list.js';
import { maskName, maskPhoneNumber, shownPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { type SealedPlace, Sealer } from '../../platform/sealing/sealer.js';
import type { Caller } from '../access/roles.js';
import type { Waiting } from '../access/second-look.js';
import { AccessLog } from '../accesses/access-log.service.js';
import { AgencyNumbers } from '../settings/agency-numbers.js';
import { ErasingRequests } from './erasing-requests.js';
import type { PersonRequest, PersonView } from './retention.schema.js';
import { retentionProblems } from './retention.words.js';

/** Contracts of a person that are shown; a file and an erasing have all. */
const mostShown = 500;

interface ContactRow {
  id: string;
  contractId: string;
  reference: string;
  title: string;
  companyId: string;
  companySealed: Buffer;
  nameSealed: Buffer | null;
  role: string | null;
  locale: string;
  legalBasis: string;
  legalBasisOn: string | null;
  createdAt: Date;
  removedAt: Date | null;
}

/**
 * PersonalData finds where the number of one person stands, gives all of it as a file, and erases it when they ask for that: by one
 * person's request and another's decision, one of them an auditor, and never while something is still to be sent or looked into.
 */
@Injectable()
export class PersonalData {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly numbers: AgencyNumbers,
    private readonly accesses: AccessLog,
    private readonly clock: ServiceClock,
    private readonly requests: ErasingRequests,
  ) {}

  /** Throws `person-unknown` when the number stands nowhere. */
  async find(caller: Caller, { number }: Pick<PersonRequest, 'number'>): Promise<PersonView> {
    const { e164, index } = await this.read(number);
    await this.accesses.recordSearch(caller, index);
    return this.standingOf(e164, index);
  }

  /** Gives all that is kept of the person, unmasked; the access log has who took it, and why. */
  async file(caller: Caller, { number, reason }: PersonRequest): Promise<StreamableFile> {
    const { e164, index } = await this.read(number);
    await this.standingOf(e164, index);
    const contacts = await this.contactsOf(index);
    const subjectIds = contacts.map(({ id }) => id);
    await this.accesses.record(caller, { act: 'person-exported', subject: 'contact', subjectIds, reason });
    const messages = await this.database.rows<{ id: string }>(
      `SELECT id, service_time AS at, status, sender, provider, locale, text FROM message WHERE number_index = $1 ORDER BY id`,
      [index],
    );
    const beside = {
      format: 'chorong-person@v1',
      number: shownPhoneNumber(e164),
      takenAt: (await this.clock.now()).toISOString(),
      contacts: contacts.map(({ companyId, companySealed, nameSealed, ...row }) => ({
        ...row,
        company: this.open(companySealed, 'counterparty', companyId),
        name: nameSealed && this.open(nameSealed, 'contact', row.id),
      })),
    };
    return streamedList(messages, { beside, name: 'personal-data' });
  }

  /** Asks a second person to erase the number. Throws what keeps it, and when nobody could decide. */
  async askToErase(caller: Caller, { number, reason }: PersonRequest): Promise<Waiting> {
    const { e164, index } = await this.read(number);
    await this.accesses.recordSearch(caller, index);
    const { kept, contacts, messages } = await this.standingOf(e164, index);
    const [first] = kept;
    if (first) throw retentionProblems.error(`erasing-kept.${first.why}`);
    return this.requests.ask(caller, index, reason, {
      number: maskPhoneNumber(e164),
      contacts: contacts.length,
      messages,
    });
  }

  private async read(number: string) {
    const e164 = await this.numbers.e164Of(number, 'number');
    return { e164, index: this.sealer.blindIndex(e164) };
  }

  private async standingOf(e164: string, index: Buffer): Promise<PersonView> {
    const contacts = await this.contactsOf(index, mostShown);
    const [counts] = await this.database.rows<Pick<PersonView, 'messages' | 'alerts' | 'isStaff'>>(
      `SELECT (SELECT count(*)::int FROM message WHERE number_index = $1) AS messages,
              (SELECT count(*)::int FROM alert WHERE number_index = $1) AS alerts,
              EXISTS (SELECT FROM officer WHERE phone_index = $1) AS is_staff`,
      [index],
    );
    const { messages = 0, alerts = 0, isStaff = false } = counts ?? {};
    if (contacts.length + messages + alerts === 0) throw retentionProblems.error('person-unknown');
    return {
      number: maskPhoneNumber(e164),
      contacts: contacts.map(({ id, contractId, reference, title, role, ...row }) => ({
        id,
        contractId,
        reference,
        title,
        role,
        removed: row.removedAt !== null,
        company: this.open(row.companySealed, 'counterparty', row.companyId),
        name: row.nameSealed && maskName(this.open(row.nameSealed, 'contact', id)),
      })),
      messages,
      alerts,
      isStaff,
      kept: await this.requests.keptOf(index),
    };
  }

  private contactsOf(index: Buffer, most: number | null = null): Promise<ContactRow[]> {
    return this.database.rows<ContactRow>(
      `SELECT p.id, p.contract_id, c.reference, c.title, k.id AS company_id, k.name_sealed AS company_sealed, p.name_sealed,
              p.role, p.locale, p.legal_basis, p.legal_basis_on, p.created_at, p.removed_at
       FROM contact p JOIN contract c ON c.id = p.contract_id JOIN counterparty k ON k.id = p.counterparty_id
       WHERE p.phone_index = $1 ORDER BY p.id DESC LIMIT $2`,
      [index, most],
    );
  }

  private open(sealed: Buffer, table: SealedPlace['table'], rowId: string): string {
    return this.sealer.open(sealed, { table, column: 'name_sealed', rowId });
  }
}
