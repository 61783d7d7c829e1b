import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AwsClient } from 'aws4fetch';
import { textOfAnswer } from '../../platform/http/answer-text.js';
import { type CheckpointReceiver, NotTaken } from './checkpoint-receiver.js';
import type { Checkpoint } from './log-tree.js';

/** Where checkpoints are handed to, as the configuration names it. */
export interface StoreConfig {
  /** A folder as `file:///…`, or a bucket and a prefix in it as `https://host/bucket/prefix`. */
  url: string;
  /** Opens the bucket. */
  access: { accessKeyId: string; secretAccessKey: string } | null;
}

const patienceMs = 5000;

/** A checkpoint is some hundred bytes; what another file of its name holds is read no further. */
const longestCheckpoint = 65_536;

/**
 * CheckpointStore puts each checkpoint into a file of its own, named after its size, which nothing overwrites: in a folder of
 * another user to which files can only be added, or in an S3-compatible bucket whose key may only add. A log that was taken back
 * meets the files of its other life.
 */
export class CheckpointStore implements CheckpointReceiver {
  readonly name: string;
  readonly away = 'store-away';
  private readonly bucket: AwsClient | null;

  constructor(private readonly config: StoreConfig) {
    this.name = config.url;
    this.bucket = config.access ? new AwsClient({ ...config.access, service: 's3', retries: 0 }) : null;
  }

  async give({ size, note }: Checkpoint, _known: number, stopping: AbortSignal): Promise<string[]> {
    const name = `${String(size).padStart(15, '0')}.checkpoint`;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(patienceMs)]);
    const kept = await (this.bucket ? this.keepInBucket(name, note, signal) : this.keepInFolder(name, note));
    // A file that ends too early is of a process that was killed while it wrote.
    if (kept !== null && !note.startsWith(kept)) throw new NotTaken('store-contradicts');
    return [];
  }

  /** Both return what stands there already under this name, and null when it was free, or may not be read. */
  private async keepInFolder(name: string, note: string): Promise<string | null> {
    const path = join(fileURLToPath(this.config.url), name);
    try {
      await writeFile(path, note, { flag: 'wx', mode: 0o444, flush: true });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return await readFile(path, 'utf8');
    }
  }

  private async keepInBucket(name: string, note: string, signal: AbortSignal): Promise<string | null> {
    const address = `${this.config.url}/${name}`;
    const headers = { 'if-none-match': '*', 'content-type': 'text/plain; charset=utf-8' };
    const put = await this.ask(address, { method: 'PUT', body: note, headers, signal });
    if (put.ok) return null;
    if (put.status !== 412) throw new Error(`the store answers ${put.status}`);
    const there = await this.ask(address, { signal });
    if (!there.ok) return null;
    const kept = await textOfAnswer(there, longestCheckpoint);
    if (kept === null) throw new NotTaken('store-contradicts');
    return kept;
  }

  private async ask(address: string, init: RequestInit): Promise<Response> {
    if (!this.bucket) throw new Error('a bucket has no key');
    return this.bucket.fetch(address, { ...init, redirect: 'error' });
  }
}
