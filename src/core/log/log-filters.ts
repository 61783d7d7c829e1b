import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Conditions } from '../../platform/database/conditions.js';
import { firstIdAt } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { containing, wordsOf } from '../../platform/search-words.js';
import { AccessLog } from '../accesses/access-log.service.js';
import type { Caller } from '../access/roles.js';
import { addDays } from '../calendar/local-date.js';
import { DepartmentsService } from '../departments/departments.service.js';
import type { MessageStatus } from '../sending/sending.entities.js';
import { AgencyNumbers } from '../settings/agency-numbers.js';
import { SettingsService } from '../settings/settings.service.js';
import type { MessageListQuery, MessageSearch, Period } from './log.schema.js';

/**
 * The time in a message's id and its service time may be this many milliseconds apart: hosts' clocks differ, and a drain
 * reads its time before it freezes.
 */
const idSlack = 86_400_000;

interface Moments {
  from: Date | null;
  before: Date | null;
}

type Sought = Pick<MessageSearch, 'number' | 'words'>;
type AskedOfMessages = Omit<MessageListQuery, 'cursor' | 'limit'> & Sought;

/** MessageFilters are what a caller asks for, within what the caller may see. What is null or undefined does not matter. */
export interface MessageFilters
  extends Moments, Omit<AskedOfMessages, keyof Period | keyof Sought | 'departmentId'> {
  /** An alert of the message belongs to one of them. */
  departments: string[] | null;
  /** Of the message's alerts, those of these departments are shown. */
  seen: string[] | null;
  /** Ids hold a time as well: where it can be trusted, they bound what has to be looked at. */
  ids: { from: string | null; before: string | null };
  /** The blind index of the number that it was sent to. */
  numberIndex: Buffer | null;
  /** All of them stand in the text. */
  words: string[];
}

/** LogFilters turns what a caller asks of the log into filters. */
@Injectable()
export class LogFilters {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
    private readonly sealer: Sealer,
    private readonly numbers: AgencyNumbers,
    private readonly accesses: AccessLog,
  ) {}

  /** Throws when the number that is asked for is none. */
  async filtersFor(
    caller: Caller,
    { departmentId, from, to, number, words, ...rest }: AskedOfMessages,
  ): Promise<MessageFilters> {
    const { moments, ids } = await this.boundsOf({ from, to });
    const seen = await this.departments.seenBy(caller);
    const numberIndex =
      number === undefined ? null : this.sealer.blindIndex(await this.numbers.e164Of(number, 'number'));
    if (numberIndex) await this.accesses.recordSearch(caller, numberIndex);
    return {
      ...rest,
      ...moments,
      departments:
        departmentId === undefined ? seen : await this.departments.seenWithin(caller, departmentId),
      seen,
      ids,
      numberIndex,
      words: words === undefined ? [] : wordsOf(words),
    };
  }

  /** A bare day begins at its first moment in the agency's zone and, as the last of a period, is whole. */
  async momentsOf({ from, to }: Period): Promise<Moments> {
    const calendar = await this.settings.calendar();
    const startOf = (day: string) => calendar.instantOf(day, '00:00');
    const momentOf = (moment: string | undefined, ofDay: (day: string) => Date) => {
      if (moment === undefined) return null;
      return moment.length === 'YYYY-MM-DD'.length ? ofDay(moment) : new Date(moment);
    };
    return { from: momentOf(from, startOf), before: momentOf(to, (day) => startOf(addDays(day, 1))) };
  }

  /** Returns when a period begins and ends, and which ids of messages can be of it. */
  async boundsOf(period: Period): Promise<{ moments: Moments; ids: MessageFilters['ids'] }> {
    const moments = await this.momentsOf(period);
    return { moments, ids: await this.idsOf(moments) };
  }

  /** A clock that was stopped parts the service time from that of the ids, which is the machine's. */
  private async idsOf({ from, before }: Moments): Promise<MessageFilters['ids']> {
    if ((await this.clock.stoppedAt()) !== null) return { from: null, before: null };
    return {
      from: from && firstIdAt(new Date(from.getTime() - idSlack)),
      before: before && firstIdAt(new Date(before.getTime() + idSlack)),
    };
  }
}

export interface Statement {
  sql: string;
  parameters: unknown[];
}

/** Within which ids of its span a page is read; SQL. */
interface Within {
  first: string;
  last: string;
}

interface PageWanted {
  /** The last id seen. */
  after: string | null;
  limit: number;
}

/** Few messages stay in these, and their index finds them at once; a department's would be read through for them. */
const rare: readonly MessageStatus[] = ['sending', 'waiting', 'failed', 'held', 'unconfirmed'];
/** Of those, the ones in which messages stay; LogSpans knows which spans of time have any. */
export const exceptional: readonly MessageStatus[] = ['failed', 'held', 'unconfirmed'];

/** Writes the statement for the ids of a page, newest first: an id is a UUID of version 7, so that its order is that of time. */
export function messagePageSql(filters: MessageFilters, page: PageWanted): Statement {
  const { departments, contractId, numberIndex, words, status } = filters;
  if (isBySpans(filters)) return pageBySpans(filters, page);
  const isSelective =
    contractId !== undefined ||
    numberIndex !== null ||
    words.length > 0 ||
    (status !== undefined && rare.includes(status));
  return departments === null || isSelective
    ? pageFromMessages(filters, page)
    : pageFromAlerts({ ...filters, departments }, page);
}

/** A page is read by spans when what it asks for may be rare, and no other index finds it. */
export function isBySpans(filters: MessageFilters): boolean {
  const { departments, contractId, numberIndex, words, status, kind, milestone, provider } = filters;
  if (contractId !== undefined || numberIndex !== null || words.length > 0) return false;
  if (kind !== undefined || milestone !== undefined || provider !== undefined) return true;
  return departments !== null && status !== undefined && exceptional.includes(status);
}

/** Writes the statement for spans that may have what is asked for, newest first, as (name, first_id, last_id, departments). */
function spansSql(filters: MessageFilters, after: string | null, parameters: unknown[]): string {
  const { departments, kind, milestone, provider, status, ids } = filters;
  const where = new Conditions(parameters);
  const spanOf = (id: string | null) => id?.slice(0, 6);
  where.compare('l.span >=', spanOf(ids.from));
  where.compare('l.span <=', spanOf(ids.before));
  where.compare('l.span <=', spanOf(after));
  where.compare('l.provider =', provider);
  where.compare('l.kind =', kind);
  where.compare('l.code =', milestone);
  if (status !== undefined && exceptional.includes(status)) where.compare('l.status =', status);
  if (departments) where.add(`l.department_id = ANY(${where.place(departments)}::uuid[])`);
  return `SELECT l.span AS name, (l.span || '00-0000-0000-0000-000000000000')::uuid AS first_id,
      (l.span || 'ff-ffff-ffff-ffff-ffffffffffff')::uuid AS last_id, array_agg(DISTINCT l.department_id) AS departments
    FROM log_span l WHERE ${where.sql} GROUP BY l.span ORDER BY l.span DESC`;
}

/** The newest of each span that may have any, until the page is full. */
function pageBySpans(filters: MessageFilters, page: PageWanted): Statement {
  const parameters: unknown[] = [];
  const spans = spansSql(filters, page.after, parameters);
  const { departments, kind, milestone } = filters;
  const isAskedOfAlerts = departments !== null || kind !== undefined || milestone !== undefined;
  const within = { first: 'span.first_id', last: 'span.last_id' };
  const { sql } = isAskedOfAlerts
    ? pageFromAlerts({ ...filters, departments: 'span.departments' }, page, within, parameters)
    : pageFromMessages(filters, page, within, parameters);
  return {
    sql: `SELECT found.id FROM (${spans}) span CROSS JOIN LATERAL (${sql}) found
      ORDER BY span.name DESC, found.id DESC LIMIT ${page.limit}`,
    parameters,
  };
}

/** Texts are read one by one for words of one or two characters, which have no trigram, when nothing else narrows the search. */
export function readsTexts({ words, numberIndex, contractId }: MessageFilters): boolean {
  const isShort = words.length > 0 && words.every((word) => word.length < 3);
  return isShort && numberIndex === null && contractId === undefined;
}

/** Adds what `message m` has to satisfy. */
export function addMessageConditions(where: Conditions, filters: MessageFilters): void {
  addIdConditions(where, 'm.id', filters);
  addOwnConditions(where, filters);
  const ofAlert = new Conditions(where.parameters);
  addAlertConditions(ofAlert, filters);
  if (filters.departments) ofAlert.add(`a.department_id = ANY(${ofAlert.place(filters.departments)})`);
  if (ofAlert.isEmpty) return;
  where.add(
    `EXISTS (SELECT 1 FROM alert a${alertJoins(filters)} WHERE a.message_id = m.id AND ${ofAlert.sql})`,
  );
}

function pageFromMessages(
  filters: MessageFilters,
  { after, limit }: PageWanted,
  within: Within | null = null,
  parameters: unknown[] = [],
): Statement {
  const where = new Conditions(parameters);
  addMessageConditions(where, filters);
  if (within) where.add(`m.id BETWEEN ${within.first} AND ${within.last}`);
  where.compare('m.id <', after);
  return {
    sql: `SELECT m.id FROM message m WHERE ${where.sql} ORDER BY m.id DESC LIMIT ${limit}`,
    parameters: where.parameters,
  };
}

/** Each department's newest by their own index, then the newest of those: no department's page waits for another's. */
function pageFromAlerts(
  filters: Omit<MessageFilters, 'departments'> & { departments: string[] | 'span.departments' },
  { after, limit }: PageWanted,
  within: Within | null = null,
  parameters: unknown[] = [],
): Statement {
  const where = new Conditions(parameters);
  const departments =
    typeof filters.departments === 'string' ? filters.departments : where.place(filters.departments);
  addOwnConditions(where, filters);
  const joinMessage = where.isEmpty ? '' : ' JOIN message m ON m.id = a.message_id';
  where.add('a.department_id = d.id');
  where.add('a.message_id IS NOT NULL');
  addIdConditions(where, 'a.message_id', filters);
  where.compare('a.message_id <', after);
  if (within) where.add(`a.message_id BETWEEN ${within.first} AND ${within.last}`);
  addAlertConditions(where, filters);
  return {
    sql: `SELECT newest.id FROM unnest(${departments}::uuid[]) AS d (id) CROSS JOIN LATERAL (
        SELECT DISTINCT a.message_id AS id FROM alert a${joinMessage}${alertJoins(filters)}
        WHERE ${where.sql} ORDER BY a.message_id DESC LIMIT ${limit}) newest
      GROUP BY newest.id ORDER BY newest.id DESC LIMIT ${limit}`,
    parameters: where.parameters,
  };
}

function addIdConditions(where: Conditions, column: string, { ids }: Pick<MessageFilters, 'ids'>): void {
  where.compare(`${column} >=`, ids.from);
  where.compare(`${column} <`, ids.before);
}

function addOwnConditions(where: Conditions, filters: Omit<MessageFilters, 'departments'>): void {
  where.compare('m.status =', filters.status);
  where.compare('m.provider =', filters.provider);
  where.compare('m.service_time >=', filters.from);
  where.compare('m.service_time <', filters.before);
  where.compare('m.number_index =', filters.numberIndex);
  // One condition for each word: ILIKE ALL (…) cannot use the trigram index.
  const ofText = new Conditions(where.parameters);
  if (filters.words.length > 0) addIdConditions(ofText, 'w.message_id', filters);
  for (const word of filters.words) ofText.compare('w.text ILIKE', containing(word));
  if (!ofText.isEmpty)
    where.add(`EXISTS (SELECT FROM message_words w WHERE w.message_id = m.id AND ${ofText.sql})`);
}

export type AlertFilters = Pick<MessageFilters, 'contractId' | 'kind' | 'milestone'>;

/** Adds what `alert a` has to satisfy, with its contract `c` and milestone `s` where `alertJoins` joins them. */
export function addAlertConditions(where: Conditions, { contractId, kind, milestone }: AlertFilters): void {
  where.compare('a.contract_id =', contractId);
  where.compare('c.kind =', kind);
  where.compare('s.code =', milestone);
}

/** A department `d` without contracts of a kind is not read through for them. */
export function addDepartmentHasKind(where: Conditions, kind: AlertFilters['kind']): void {
  if (kind === undefined) return;
  where.add(
    `EXISTS (SELECT 1 FROM contract own WHERE own.department_id = d.id AND own.kind = ${where.place(kind)})`,
  );
}

/** Joins only what the conditions ask for: each join costs the page its index. */
export function alertJoins({ kind, milestone }: AlertFilters): string {
  return (
    (kind === undefined ? '' : ' JOIN contract c ON c.id = a.contract_id') +
    (milestone === undefined ? '' : ' JOIN milestone s ON s.id = a.milestone_id')
  );
}
