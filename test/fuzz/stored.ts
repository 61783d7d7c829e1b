import { ImportJobs } from '../../src/office/imports/jobs.js';
import type { TestService } from '../support/service.js';

/**
 * Control characters, marks that turn the direction of writing, and what stands for half a character: nobody types them,
 * and each can make a text or a page say something else than was approved.
 */
const refused = String.raw`[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffd]`;

/** Columns that keep what somebody brought as they brought it, and show it as theirs. */
const asBrought = new Set<string>();

/** StoredRules looks at every column of text for what no input may hold. */
export const StoredRules = {
  async broken(service: TestService): Promise<string[]> {
    const columns = await service.sql<{ place: string; sql: string }>(
      `SELECT format('%I.%I', table_name, column_name) AS place,
              format('SELECT left(%1$I::text, 120) AS found FROM %2$I WHERE %1$I::text ~ $1 LIMIT 1', column_name, table_name) AS sql
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type IN ('text', 'jsonb', 'json', 'character varying', 'ARRAY')
       ORDER BY 1`,
    );
    const broken: string[] = [];
    for (const { place, sql } of columns.filter((one) => !asBrought.has(one.place))) {
      const [row] = await service.sql<{ found: string }>(sql, [refused]);
      if (row) broken.push(`${place}: ${JSON.stringify(row.found)}`);
    }
    return broken;
  },
};

/** Does what a worker would do by now: reads the files that were brought, and sends what is due. Returns what failed. */
export async function workBehind(service: TestService): Promise<string[]> {
  const failed: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    await work().catch((error: unknown) =>
      failed.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
    );
  };
  const waiting = await service.sql<{ id: string }>(
    `SELECT id FROM import WHERE status IN ('queued', 'reading', 'previewing', 'applying', 'undoing') ORDER BY id LIMIT 20`,
  );
  for (const { id } of waiting) await attempt('an import', () => service.app.get(ImportJobs).runImport(id));
  await attempt('a drain', () => service.drain());
  await attempt('a sweep', () => service.sweep());
  return failed;
}
