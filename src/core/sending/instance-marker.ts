import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CONFIG } from '../../platform/platform.tokens.js';

const markerSchema = z.object({
  id: z.uuid(),
  epoch: z.number(),
  lastAttempt: z.uuid().nullable().default(null),
});
type Marker = z.infer<typeof markerSchema>;

/** What this service remembers of its database outside of it: a restore takes the database back, and not this. */
@Injectable()
export class InstanceMarker {
  private readonly path: string;
  private current: Marker | null | undefined;

  constructor(@Inject(CONFIG) private readonly config: { dataDir: string }) {
    this.path = join(config.dataDir, 'instance.json');
  }

  read(): Marker | null {
    if (this.current === undefined) this.current = this.load();
    return this.current;
  }

  write(seen: { id: string; epoch: number }): void {
    this.store({ lastAttempt: null, ...this.read(), ...seen });
  }

  /** Before the call is made, so that a restore from just before it is noticed. */
  rememberAttempt(attemptId: string): void {
    const marker = this.read();
    if (marker) this.store({ ...marker, lastAttempt: attemptId });
  }

  forgetLastAttempt(): void {
    const marker = this.read();
    if (marker) this.store({ ...marker, lastAttempt: null });
  }

  private load(): Marker | null {
    try {
      const parsed = markerSchema.safeParse(JSON.parse(readFileSync(this.path, 'utf8')));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  /** Whole or not at all: a torn file would look like a strange database. */
  private store(marker: Marker): void {
    this.current = marker;
    mkdirSync(this.config.dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(`${this.path}.new`, JSON.stringify(marker), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}
