/**
 * A Transition moves a row from one of the statuses in `from` to `to`. Without a `from`, it makes the row; with several
 * `to`, the statement that carries it out brings the status along.
 */
export interface Transition<Status extends string = string> {
  from: readonly Status[];
  to: Status | readonly Status[];
}

/** Writes what an UPDATE sets for a transition. */
export function setStatus({ to }: { to: string }): string {
  return `status = '${to}'`;
}

/** Writes the condition of a transition's UPDATE, so that it changes no row that has moved on meanwhile. */
export function inStatus({ from }: Transition, table: string): string {
  return `${table}.status IN (${from.map((status) => `'${status}'`).join(', ')})`;
}
