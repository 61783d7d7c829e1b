import type { ImportProblemView, ImportView } from '../../src/office/imports/import.schema.js';
import { ImportJobs } from '../../src/office/imports/jobs.js';
import { ok } from './api-client.js';
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
