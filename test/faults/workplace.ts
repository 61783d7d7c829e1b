import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireName } from '../support/fake-wires.js';

type CleanUp = () => Promise<void> | void;

/** Everything that a run leaves behind unless it is taken away: processes and folders, in the reverse of their order. */
export class Workplace {
  readonly folder: string;
  private readonly cleanUps = new Set<CleanUp>();
  private ending: Promise<void> | null = null;

  /** `provider`: what the service under test sends through. */
  constructor(readonly provider: WireName = 'twilio') {
    this.folder = mkdtempSync(join(tmpdir(), 'chorong-faults-'));
    // As root, PostgreSQL runs as another user, who has to pass through.
    chmodSync(this.folder, 0o711);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.stderr.write(`\n${signal}: cleaning up\n`);
        void this.leave().finally(() => process.exit(130));
      });
    }
  }

  get isLeft(): boolean {
    return this.ending !== null;
  }

  /** Returns how to take it back. */
  atTheEnd(cleanUp: CleanUp): () => void {
    if (this.isLeft) throw new Error('the run is ending');
    this.cleanUps.add(cleanUp);
    return () => this.cleanUps.delete(cleanUp);
  }

  leave(): Promise<void> {
    this.ending ??= this.takeAway();
    return this.ending;
  }

  private async takeAway(): Promise<void> {
    for (const cleanUp of [...this.cleanUps].reverse()) {
      try {
        await cleanUp();
      } catch (error) {
        process.stderr.write(`clean-up: ${String(error)}\n`);
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/**
 * A copy of the built service, so that a build meanwhile does not change what is tested, and a mutant leaves the
 * original alone.
 */
export function copyProgram(dist: string, to: string, root: string): string {
  if (!existsSync(join(dist, 'src/main.js'))) {
    throw new Error(
      `there is no built service in ${dist}: run npm run build first (npm run test:faults does)`,
    );
  }
  cpSync(dist, join(to, 'dist'), { recursive: true });
  for (const folder of ['templates', 'data'])
    cpSync(join(root, folder), join(to, folder), { recursive: true });
  cpSync(join(root, 'package.json'), join(to, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  return to;
}
