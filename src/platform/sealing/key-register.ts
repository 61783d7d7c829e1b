import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ConfigError } from '../../config/config.js';
import { inBackground } from '../background.js';
import { Database } from '../database/database.js';
import { newId } from '../ids.js';

/** A RegisteredKey is one that something may be sealed with, until it is let go. Only its id is kept. */
@Entity('sealing_key')
export class RegisteredKey {
  @PrimaryColumn('text') id!: string;
  @Column('timestamptz') firstAt!: Date;
  @Column('timestamptz') letGoAt!: Date | null;
}

/** A SealingProcess is one that runs, with the ids of the keys that it knows: the first seals. */
@Entity()
export class SealingProcess {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { array: true }) keyIds!: string[];
  @Column('timestamptz') seenAt!: Date;
}

const beatMs = 20_000;

/** A process that was not seen for so many seconds has ended, or stands still and will begin with the register again. */
const goneAfterSeconds = 180;

/** Starts of processes and steps of a rotation wait for each other by this lock. */
const lock = `hashtextextended('sealing keys', 0)`;

/**
 * KeyRegister keeps which keys are in use and which process knows which, so that no key is taken away while something is sealed
 * with it, and nothing is sealed with a key that a running process does not have. See docs/keys.md.
 */
@Injectable()
export class KeyRegister implements BeforeApplicationShutdown {
  private readonly processId = newId();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly keyIds: string[],
  ) {}

  /** Joins as a running process. Throws a ConfigError when a key that is in use is missing, or when the first was let go. */
  async join(): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.database.run(`SELECT pg_advisory_xact_lock_shared(${lock})`);
      const known = await this.database.repository(RegisteredKey).find();
      const problems = this.problemsWith(known);
      if (problems.length > 0) throw new ConfigError(problems);
      // In the beginning nobody knows what each of them has sealed.
      await this.addKeys(known.length === 0 ? this.keyIds : this.keyIds.slice(0, 1));
      await this.database.run(
        `DELETE FROM sealing_process WHERE seen_at < clock_timestamp() - interval '1 day'`,
      );
      await this.beat();
    });
    this.timer = setInterval(() => inBackground('the register of keys', () => this.beat()), beatMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.database
      .run(`DELETE FROM sealing_process WHERE id = $1`, [this.processId])
      .catch(() => undefined);
  }

  /**
   * Runs a step of a rotation while no process starts. Returns false, and runs nothing, while a running process lacks the first key
   * of this one or, where `firstToo`, seals with another.
   */
  async whileAllKnow(step: () => Promise<void>, { firstToo }: { firstToo: boolean }): Promise<boolean> {
    return this.database.inTransaction(async () => {
      await this.database.run(`SELECT pg_advisory_xact_lock(${lock})`);
      const behind = await this.database.run(
        `SELECT FROM sealing_process WHERE seen_at > clock_timestamp() - $1 * interval '1 second'
           AND NOT $2 = ANY (CASE WHEN $3 THEN key_ids[1:1] ELSE key_ids END)`,
        [goneAfterSeconds, this.keyIds[0], firstToo],
      );
      if (behind > 0) return false;
      await step();
      return true;
    });
  }

  async addKeys(ids: string[]): Promise<void> {
    await this.database.run(`INSERT INTO sealing_key (id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`, [
      ids,
    ]);
  }

  private async beat(): Promise<void> {
    await this.database.run(
      `INSERT INTO sealing_process (id, key_ids) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`,
      [this.processId, this.keyIds],
    );
  }

  private problemsWith(known: RegisteredKey[]): string[] {
    const [first] = this.keyIds;
    const missing = known.filter(({ id, letGoAt }) => letGoAt === null && !this.keyIds.includes(id));
    const isFirstLetGo = known.some(({ id, letGoAt }) => letGoAt !== null && id === first);
    return [
      ...missing.map(
        ({ id }) =>
          `CHORONG_SEALING_KEYS lacks the key "${id}", with which something is sealed: keep it until npm run keys:rotate has let it go`,
      ),
      ...(isFirstLetGo
        ? [`CHORONG_SEALING_KEYS begins with the key "${first}", which was let go: put a newer one first`]
        : []),
    ];
  }
}
