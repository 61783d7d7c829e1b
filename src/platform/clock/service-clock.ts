import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../platform.tokens.js';
import { Database } from '../database/database.js';

/**
 * ServiceClock is the clock of due times and windows. With a real provider it follows the system; in the sandbox it
 * may be stopped at a moment kept in the database, so that every process reads the same. Leases, grace and keys never
 * follow it.
 */
@Injectable()
export class ServiceClock {
  constructor(
    @Inject(CONFIG) private readonly config: { provider: string },
    private readonly database: Database,
  ) {}

  get movable(): boolean {
    return this.config.provider === 'sandbox';
  }

  async now(): Promise<Date> {
    return (await this.stoppedAt()) ?? new Date();
  }

  /** Returns where the sandbox's clock was stopped; null while it runs with the system's. */
  async stoppedAt(): Promise<Date | null> {
    if (!this.movable) return null;
    const rows = await this.database.rows<{ now: Date }>(`SELECT now FROM sandbox_clock`);
    return rows[0]?.now ?? null;
  }

  async stopAt(moment: Date): Promise<void> {
    if (!this.movable) throw new Error('only the sandbox moves its clock');
    await this.database.run(
      `INSERT INTO sandbox_clock (now) VALUES ($1)
       ON CONFLICT (singleton) DO UPDATE SET now = greatest(sandbox_clock.now, excluded.now)`,
      [moment],
    );
  }
}
