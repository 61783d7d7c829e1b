import { finished } from 'node:stream/promises';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../platform/app-error.js';
import { importProblems } from './imports.words.js';
import type { UploadedFile } from './uploads.js';

/**
 * UploadEnvelope is a form with one file, named `file`, as multipart/form-data. Its fields stand before the file, each
 * once, so that they are known when the file begins. What else it holds is refused, since nothing may be passed over
 * that somebody believes they sent.
 */
export class UploadEnvelope {
  /** The fields before the file, by name, as they were sent. */
  readonly fields: Record<string, unknown> = {};
  private part: MultipartFile | null = null;
  private reading: AsyncIterator<Buffer> | null = null;
  private problem: AppError | null = null;

  private constructor(
    private readonly parts: AsyncIterator<Multipart>,
    private readonly names: readonly string[],
  ) {}

  /**
   * Reads the fields of these names up to the file, lets `work` take the file, and reads and drops whatever is left,
   * because a browser shows no answer before it has sent everything. What is wrong so far is thrown by `file`, when the
   * form's token was checked.
   */
  static async opened<T>(
    request: FastifyRequest,
    names: readonly string[],
    work: (envelope: UploadEnvelope) => Promise<T>,
  ): Promise<T> {
    if (!request.isMultipart()) throw importProblems.error('multipart-needed');
    const envelope = new UploadEnvelope(request.parts(), names);
    try {
      await envelope.readFields().catch((error: unknown) => (envelope.problem ??= unreadable(error)));
      return await work(envelope);
    } finally {
      await envelope.drain();
    }
  }

  /** Returns the file. Throws AppError (malformed) for an envelope that is broken or holds something else. */
  file(): UploadedFile {
    const { part, problem } = this;
    if (problem) throw problem;
    if (!part?.filename) throw importProblems.error('file-missing');
    return { name: part.filename, bytes: this.bytesOf(part), truncated: () => part.file.truncated };
  }

  private async readFields(): Promise<void> {
    for (let part = await this.nextPart(); part; part = await this.nextPart()) {
      const { fieldname: name } = part;
      if (part.type === 'file') {
        this.part = part;
        if (name !== 'file') throw unexpected(name);
        return;
      }
      if (!this.names.includes(name) || Object.hasOwn(this.fields, name)) throw unexpected(name);
      this.fields[name] = part.value;
    }
  }

  /** Yields the file's bytes, and ends only when the whole envelope was read and held nothing after the file. */
  private async *bytesOf(part: MultipartFile): AsyncGenerator<Buffer> {
    try {
      // A reader that stops early must not break the connection off: the browser could not show why.
      const reading = part.file.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
      this.reading = reading;
      yield* reading;
      const next = await this.nextPart();
      if (next?.type === 'file') this.part = next;
      if (next) throw unexpected(next.fieldname);
    } catch (error) {
      throw unreadable(error);
    }
  }

  private async nextPart(): Promise<Multipart | undefined> {
    const next = await this.parts.next();
    return next.done ? undefined : next.value;
  }

  private async drain(): Promise<void> {
    // As long as its reader listens, a stream does not flow by itself.
    await this.reading?.return?.();
    try {
      for (let part: Multipart | null | undefined = this.part; part !== undefined;) {
        if (part?.type === 'file') await finished(part.file.resume());
        part = await this.nextPart();
      }
    } catch {
      // Why it cannot be read was answered already.
    }
  }
}

function unexpected(name: string): AppError {
  return importProblems.error('upload-part-unexpected', { name: name.slice(0, 60) });
}

function unreadable(error: unknown): AppError {
  return error instanceof AppError ? error : importProblems.error('upload-unreadable', {}, { cause: error });
}
