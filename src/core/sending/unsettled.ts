import type { Database } from '../../platform/database/database.js';

/** After a restore: what may have been sent before it and has not been found at the provider, nor proved absent. */
export async function unsettled(database: Database): Promise<{ alerts: number; attempts: number }> {
  const [open] = await database.rows<{ alerts: number; attempts: number }>(
    `SELECT (SELECT count(*)::int FROM alert, instance
             WHERE alert.status IN ('planned', 'claimed') AND alert.due_at <= instance.suspect_until) AS alerts,
            (SELECT count(*)::int FROM attempt WHERE status IN ('open', 'ambiguous')) AS attempts`,
  );
  return open ?? { alerts: 0, attempts: 0 };
}
