import { ok } from '../support/api-client.js';
import type { TestService } from '../support/service.js';
import { ImportJobs } from '../../src/office/imports/jobs.js';

/** As src/platform/plain-text.ts has it, and what half a character becomes when it is changed silently. */
const unusable = String.raw`\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029`;
const broken = String.raw`\ufffd`;
/** What an import reports quotes refused values with the broken character, so that the person sees where it is. */
const quotes = 'import_problem.';
/** What turns the direction of writing makes a text say something else than was approved. */
const turning = /[\u202a-\u202e\u2066-\u2069]|example\.org/;

/** Looks at every column of text for what no input may hold. Returns each place where it was found, with what it holds. */
export async function storedAgainstTheRule(service: TestService): Promise<string[]> {
  const columns = await service.sql<{ place: string; sql: string }>(
    `SELECT format('%I.%I', table_name, column_name) AS place,
            format('SELECT left(%1$I::text, 200) AS found FROM %2$I WHERE %1$I::text ~ $1 LIMIT 1', column_name, table_name) AS sql
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type IN ('text', 'jsonb', 'json', 'ARRAY')
     ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { place, sql } of columns) {
    const [row] = await service.sql<{ found: string }>(sql, [
      `[${unusable}${place.startsWith(quotes) ? '' : broken}]`,
    ]);
    if (row) found.push(`${place}: ${JSON.stringify(row.found)}`);
  }
  const texts = (await service.texts()).filter(({ text }) => turning.test(text));
  return [...found, ...texts.map(({ text }) => `a text on a phone: ${JSON.stringify(text)}`)];
}

/** Does what a worker would do by now: reads the files that were brought, and sends what is due. Returns what failed. */
export async function workBehind(service: TestService): Promise<string[]> {
  const failed: string[] = [];
  const attempt = (what: string, work: () => Promise<unknown>) =>
    work().catch((error: unknown) =>
      failed.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
    );
  const waiting = await service.sql<{ id: string }>(
    `SELECT id FROM import WHERE status IN ('queued', 'reading', 'previewing', 'running')
     ORDER BY id DESC LIMIT 20`,
  );
  for (const { id } of waiting) await attempt('an import', () => service.app.get(ImportJobs).runImport(id));
  await attempt('a drain', () => service.drain());
  await attempt('a sweep', () => service.sweep());
  await releaseBrakes(service);
  return failed;
}

/** Sending goes on, whatever was stopped. */
async function releaseBrakes({ admin }: TestService): Promise<void> {
  const { items } = ok(await admin.get<{ items: { id: string; releasedAt: string | null }[] }>('/brakes'));
  for (const { id } of items.filter(({ releasedAt }) => releasedAt === null)) {
    await admin.post(`/brakes/${id}/release`, { reason: 'the run goes on' });
  }
}
