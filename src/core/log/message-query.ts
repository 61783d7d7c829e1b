import type { Kind } from '../settings/plan.schema.js';
import { containing } from '../../platform/search-words.js';
import type { MessageStatus } from './status-words.js';

/** Which messages are asked for; what is null or empty does not matter. */
export interface MessageFilters {
  /** An alert of the message belongs to one of them. */
  departments: string[] | null;
  contractId: string | null;
  kind: Kind | null;
  /** A milestone's code. */
  milestone: string | null;
  status: MessageStatus | null;
  provider: string | null;
  /** Frozen at or after, and before, by the service clock. */
  from: Date | null;
  before: Date | null;
  /** Ids tell the time as well: where they can be trusted to, they bound what has to be looked at. */
  ids: { from: string | null; before: string | null };
  /** Of the number's blind index. */
  numberIndex: Buffer | null;
  /** All of them stand in the text. */
  words: string[];
}

export interface Statement {
  sql: string;
  parameters: unknown[];
}

interface Page {
  /** The last id seen. */
  after: string | null;
  limit: number;
}

/** Few messages stay in these, and their index finds them at once; a department's would be read through for them. */
const rare: readonly MessageStatus[] = ['sending', 'waiting', 'failed', 'held', 'unconfirmed'];

/** The ids of a page, newest first: an id is a UUID of version 7, so that its order is that of time. */
export function pageOf(filters: MessageFilters, page: Page): Statement {
  const { departments } = filters;
  const selective =
    filters.contractId !== null ||
    filters.numberIndex !== null ||
    filters.words.length > 0 ||
    (filters.status !== null && rare.includes(filters.status));
  return departments === null || selective
    ? fromMessages(filters, page)
    : fromAlerts({ ...filters, departments }, page);
}

/** What `message m` has to satisfy; adds to the parameters. */
export function messagesWhere(filters: MessageFilters, parameters: unknown[]): string {
  const { departments } = filters;
  const ofAlert = alertConditions(filters, parameters);
  if (departments !== null) ofAlert.push(`a.department_id = ANY(${place(parameters, departments)})`);
  const conditions = [
    ...idConditions(filters, parameters, 'm.id'),
    ...messageConditions(filters, parameters),
  ];
  if (ofAlert.length > 0) {
    conditions.push(
      `EXISTS (SELECT 1 FROM alert a${alertJoins(filters)} WHERE a.message_id = m.id AND ${ofAlert.join(' AND ')})`,
    );
  }
  return conditions.join(' AND ') || 'true';
}

function fromMessages(filters: MessageFilters, { after, limit }: Page): Statement {
  const parameters: unknown[] = [];
  const where = messagesWhere(filters, parameters);
  const beyond = after === null ? '' : ` AND m.id < ${place(parameters, after)}`;
  return {
    sql: `SELECT m.id FROM message m WHERE ${where}${beyond} ORDER BY m.id DESC LIMIT ${place(parameters, limit)}`,
    parameters,
  };
}

/** Each department's newest by their own index, then the newest of those: no department's page waits for another's. */
function fromAlerts(filters: MessageFilters & { departments: string[] }, { after, limit }: Page): Statement {
  const parameters: unknown[] = [];
  const departments = place(parameters, filters.departments);
  const ofMessage = messageConditions(filters, parameters);
  const conditions = [
    'a.department_id = d.id',
    'a.message_id IS NOT NULL',
    ...idConditions(filters, parameters, 'a.message_id'),
    ...(after === null ? [] : [`a.message_id < ${place(parameters, after)}`]),
    ...alertConditions(filters, parameters),
    ...ofMessage,
    ...(filters.kind === null ? [] : [departmentHasKind(place(parameters, filters.kind))]),
  ];
  const most = place(parameters, limit);
  return {
    sql: `SELECT newest.id FROM unnest(${departments}::uuid[]) AS d (id) CROSS JOIN LATERAL (
        SELECT DISTINCT a.message_id AS id
        FROM alert a${ofMessage.length > 0 ? ' JOIN message m ON m.id = a.message_id' : ''}${alertJoins(filters)}
        WHERE ${conditions.join(' AND ')} ORDER BY a.message_id DESC LIMIT ${most}) newest
      GROUP BY newest.id ORDER BY newest.id DESC LIMIT ${most}`,
    parameters,
  };
}

/** For `d.id`: a department without contracts of a kind is not read through for them. */
export function departmentHasKind(kind: string): string {
  return `EXISTS (SELECT 1 FROM contract own WHERE own.department_id = d.id AND own.kind = ${kind})`;
}

function idConditions({ ids }: MessageFilters, parameters: unknown[], column: string): string[] {
  return [
    ...(ids.from === null ? [] : [`${column} >= ${place(parameters, ids.from)}`]),
    ...(ids.before === null ? [] : [`${column} < ${place(parameters, ids.before)}`]),
  ];
}

function messageConditions(filters: MessageFilters, parameters: unknown[]): string[] {
  const conditions: string[] = [];
  const add = (value: unknown, condition: string) => {
    if (value !== null) conditions.push(`${condition} ${place(parameters, value)}`);
  };
  add(filters.status, 'm.status =');
  add(filters.provider, 'm.provider =');
  add(filters.from, 'm.service_time >=');
  add(filters.before, 'm.service_time <');
  add(filters.numberIndex, 'm.number_index =');
  // One condition for each word: ILIKE ALL (…) cannot use the trigram index.
  for (const word of filters.words) add(containing(word), 'm.text ILIKE');
  return conditions;
}

function alertConditions(filters: MessageFilters, parameters: unknown[]): string[] {
  return [
    ...(filters.contractId === null ? [] : [`a.contract_id = ${place(parameters, filters.contractId)}`]),
    ...(filters.kind === null ? [] : [`c.kind = ${place(parameters, filters.kind)}`]),
    ...(filters.milestone === null ? [] : [`s.code = ${place(parameters, filters.milestone)}`]),
  ];
}

function alertJoins({ kind, milestone }: MessageFilters): string {
  return (
    (kind === null ? '' : ' JOIN contract c ON c.id = a.contract_id') +
    (milestone === null ? '' : ' JOIN milestone s ON s.id = a.milestone_id')
  );
}

function place(parameters: unknown[], value: unknown): string {
  return `$${parameters.push(value)}`;
}
