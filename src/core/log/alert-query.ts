import type { Place } from '../../platform/paging.js';
import type { AlertListQuery } from './alert.schema.js';
import { departmentHasKind, type Statement } from './message-query.js';

export interface AlertFilters extends Pick<AlertListQuery, 'view' | 'contractId' | 'kind' | 'milestone'> {
  /** Null: all. */
  departments: string[] | null;
  from: Date | null;
  before: Date | null;
  /** The service clock. */
  now: Date;
}

interface Page {
  /** The last seen. */
  after: Place | null;
  limit: number;
}

/**
 * The ids of a page in the order of due time. Each department's first by their own index (department, status, due
 * time), then the first of those: it serves those who see every department as well.
 */
export function alertPageOf(filters: AlertFilters, { after, limit }: Page): Statement {
  const parameters: unknown[] = [];
  const place = (value: unknown) => `$${parameters.push(value)}`;
  const departments =
    filters.departments === null ? 'department' : `unnest(${place(filters.departments)}::uuid[])`;
  const conditions = [
    'a.department_id = d.id',
    `a.status = ${place(filters.view === 'due' ? 'planned' : filters.view)}`,
    ...(filters.view === 'due' ? [`a.due_at <= ${place(filters.now)}`] : []),
    ...(filters.from === null ? [] : [`a.due_at >= ${place(filters.from)}`]),
    ...(filters.before === null ? [] : [`a.due_at < ${place(filters.before)}`]),
    ...(filters.contractId === undefined ? [] : [`a.contract_id = ${place(filters.contractId)}`]),
    ...(filters.kind === undefined ? [] : kindConditions(place(filters.kind))),
    ...(filters.milestone === undefined ? [] : [`s.code = ${place(filters.milestone)}`]),
    ...(after === null
      ? []
      : [`(a.due_at, a.id) > (${place(after.value)}::timestamptz, ${place(after.id)}::uuid)`]),
  ];
  const joins =
    (filters.kind === undefined ? '' : ' JOIN contract c ON c.id = a.contract_id') +
    (filters.milestone === undefined ? '' : ' JOIN milestone s ON s.id = a.milestone_id');
  const most = place(limit);
  return {
    sql: `SELECT first.id FROM ${departments} AS d${filters.departments === null ? '' : ' (id)'} CROSS JOIN LATERAL (
        SELECT a.id, a.due_at FROM alert a${joins}
        WHERE ${conditions.join(' AND ')} ORDER BY a.due_at, a.id LIMIT ${most}) first
      ORDER BY first.due_at, first.id LIMIT ${most}`,
    parameters,
  };
}

function kindConditions(kind: string): string[] {
  return [`c.kind = ${kind}`, departmentHasKind(kind)];
}
