import { finished } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { PageRequest } from '../../accounts/page-request.js';
import type { UploadedFile } from '../../imports/uploads.js';
import { importProblems } from '../../imports/imports.words.js';

/** Upload is a form with a file. Its fields stand before the file, so that they are known when the file begins. */
export class Upload {
  private reading: AsyncIterator<Buffer> | null = null;

  private constructor(private readonly part: MultipartFile | undefined) {}

  static async from(request: PageRequest): Promise<Upload> {
    // Whoever takes a file in says how large it may be, in words that a person can do something with.
    return new Upload(request.isMultipart() ? await request.file({ throwFileSizeLimit: false }) : undefined);
  }

  field(name: string): string | undefined {
    const field = this.part?.fields[name];
    const value = field && 'value' in field && typeof field.value === 'string' ? field.value.trim() : '';
    return value === '' ? undefined : value;
  }

  /** Throws AppError (malformed) when no file was chosen. */
  file(): UploadedFile {
    const { part } = this;
    if (!part?.filename) throw importProblems.error('file-missing.page');
    // A reader that stops early must not break the connection off: the browser could not show why.
    const reading = part.file.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    this.reading = reading;
    return { name: part.filename, bytes: reading, truncated: () => part.file.truncated };
  }

  /** Reads the rest and drops it: a browser shows no answer before it has sent everything. */
  async drain(): Promise<void> {
    if (!this.part) return;
    // As long as its reader listens, a stream does not flow by itself.
    await this.reading?.return?.();
    this.part.file.resume();
    await finished(this.part.file).catch(() => undefined);
  }
}
