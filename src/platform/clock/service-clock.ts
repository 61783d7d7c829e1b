import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG } from '../platform.tokens.js';
import { Database } from '../database/database.js';
import { type ClockMove, ClockMoves } from './clock-moves.js';

/** The moments of all the clocks by which something has to be due before it is sent. */
export interface Clocks {
  moments: Date[];
  /** Whether the sandbox's clock was stopped, so that nothing falls due by itself. */
  isStopped: boolean;
}

/** Clocks that differ by more are told of in the log. */
const mostApartMs = 60_000;

/**
 * ServiceClock is the clock of due times and windows. With a real provider it follows the system; in the sandbox it
 * may be stopped at a moment kept in the database, so that every process reads the same. Leases, grace and keys never
 * follow it.
 */
@Injectable()
export class ServiceClock {
  private readonly logger = new Logger(ServiceClock.name);
  private wasApart = false;

  constructor(
    @Inject(CONFIG) private readonly config: { provider: string },
    private readonly database: Database,
  ) {}

  get movable(): boolean {
    return this.config.provider === 'sandbox';
  }

  /** Returns the time; a transaction in the sandbox goes by one time in all of its steps, where the clock stands still. */
  async now(): Promise<Date> {
    return (await this.database.readOnce('service clock', () => this.stoppedAt())) ?? new Date();
  }

  /** Returns where the sandbox's clock was stopped; null while it runs with the system's. */
  async stoppedAt(): Promise<Date | null> {
    if (!this.movable) return null;
    const rows = await this.database.rows<{ now: Date }>(`SELECT now FROM sandbox_clock`);
    return rows[0]?.now ?? null;
  }

  /** Returns how the sandbox's clock was moved; none where there is no sandbox. */
  async moves(): Promise<ClockMoves> {
    const moves = this.movable
      ? await this.database.rows<ClockMove>(`SELECT at, now FROM sandbox_clock_move ORDER BY at, now`)
      : [];
    return new ClockMoves(moves, new Date());
  }

  /**
   * Returns the sandbox's clock alone where it was stopped, else this process's and the database's, which was read just now:
   * either of them may be wrong.
   */
  async compareWith(database: Date): Promise<Clocks> {
    const process = new Date();
    const stoppedAt = await this.stoppedAt();
    if (stoppedAt) return { moments: [stoppedAt], isStopped: true };
    const apart = Math.abs(process.getTime() - database.getTime());
    const isApart = apart > mostApartMs;
    if (isApart && !this.wasApart)
      this.logger.warn({ process, database }, 'the clocks of this process and of the database differ');
    this.wasApart = isApart;
    return { moments: [process, database], isStopped: false };
  }

  /** Returns by how many seconds this process's clock is ahead of the database's; a negative number when it is behind. */
  async secondsAhead(): Promise<number> {
    const [row] = await this.database.rows<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    return row ? (Date.now() - row.now.getTime()) / 1000 : 0;
  }

  async stopAt(moment: Date): Promise<void> {
    if (!this.movable) throw new Error('only the sandbox moves its clock');
    this.database.readAgain('service clock');
    await this.database.run(
      `WITH moved AS (INSERT INTO sandbox_clock (now) VALUES ($1)
         ON CONFLICT (singleton) DO UPDATE SET now = greatest(sandbox_clock.now, excluded.now) RETURNING now)
       INSERT INTO sandbox_clock_move (now) SELECT now FROM moved`,
      [moment],
    );
  }
}

/** What is due at this moment is due by all of the clocks. */
export function earliestOf(moments: Date[]): Date {
  return new Date(Math.min(...moments.map((time) => time.getTime())));
}
