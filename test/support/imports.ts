import type { ImportProblemView, ImportView } from '../../src/office/imports/import.schema.js';
import { ImportJobs } from '../../src/office/imports/jobs.js';
import type { ListFileView } from '../../src/office/reference-lists/reference-list.schema.js';
import { type ApiClient, ok } from './api-client.js';
import type { TestService } from './service.js';

/** A file that is brought in, with the fields that go before it. */
export interface BroughtFile {
  name: string;
  content: string | Buffer;
  fields?: Record<string, string>;
}

/** Writes a file with its fields as the form that programs send. */
export function formOf({ name, content, fields = {} }: BroughtFile) {
  const part = (disposition: string) => `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`;
  const body = Buffer.concat([
    ...Object.entries(fields).map(([field, value]) => Buffer.from(`${part(`name="${field}"`)}${value}\r\n`)),
    Buffer.from(part(`name="file"; filename="${name}"`)),
    Buffer.from(content),
    Buffer.from('\r\n--b--\r\n'),
  ]);
  return { body, headers: { 'content-type': 'multipart/form-data; boundary=b' } };
}

/** Takes a file in, as an admin's program, and reads nothing of it yet. */
export async function takeIn({ admin }: TestService, file: BroughtFile): Promise<ImportView> {
  const { body, headers } = formOf(file);
  return ok(await admin.post<ImportView>('/imports', body, headers));
}

/** Takes a file in and runs its import as far as it goes; answers what came of it, with its problems. */
export async function bringIn(
  service: TestService,
  file: BroughtFile,
): Promise<ImportView & { problems: ImportProblemView[] }> {
  const { id } = await takeIn(service, file);
  await service.app.get(ImportJobs).runImport(id);
  const done = ok(await service.admin.get<ImportView>(`/imports/${id}`));
  const path = `/imports/${id}/errors?limit=1000`;
  return { ...done, problems: ok(await service.admin.get<{ items: ImportProblemView[] }>(path)).items };
}

/** Brings a file into a reference list, lets a worker take it, and returns what came of it. */
export async function bringToList(
  service: TestService,
  client: ApiClient,
  listId: string,
  file: BroughtFile,
): Promise<ListFileView> {
  const { body, headers } = formOf(file);
  const path = `/reference-lists/${listId}/files`;
  const { id } = ok(await client.post<ListFileView>(path, body, headers));
  await takeListed(service);
  const { items } = ok(await client.get<{ items: ListFileView[] }>(path));
  const taken = items.find((one) => one.id === id);
  if (!taken) throw new Error('the list does not show its file');
  return taken;
}

/** Lets a worker take what was brought into reference lists. */
export async function takeListed(service: TestService): Promise<void> {
  for (const { id } of await service.sql<{ id: string }>(
    `SELECT id FROM import WHERE status = 'listing' ORDER BY id`,
  ))
    await service.app.get(ImportJobs).runImport(id);
}
