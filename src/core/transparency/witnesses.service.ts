import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { NoteVerifier } from '../../platform/sealing/signed-note.js';
import { Timers } from '../../platform/timers.js';
import { type CheckpointReceiver, NotTaken } from './checkpoint-receiver.js';
import { CheckpointStore, type StoreConfig } from './checkpoint-store.js';
import type { WitnessProblem } from './log-findings.words.js';
import { type Checkpoint, LogTree } from './log-tree.js';
import { Witness } from './witness.js';

const everyMs = 2000;

/** A witness is asked at most so often, and also when nothing has come for some minutes, to learn whether it is there. */
const askedSeconds = 10;
const idleSeconds = 300;

/** A witness that is away is told of when it has been so long: a restart of it is over by then. */
const awaySeconds = 120;

/** WitnessTrouble is a witness or a store of the configuration that takes no checkpoint, and since when. */
export interface WitnessTrouble {
  name: string;
  problem: WitnessProblem;
  failingSince: Date;
}

/**
 * Witnesses hands checkpoints to those who watch that the log only grows (C2SP's tlog-witness), and keeps what they sign. Nothing
 * waits for them: sending and the log go on when all are away.
 */
@Injectable()
export class Witnesses implements OnApplicationBootstrap {
  private readonly logger = new Logger(Witnesses.name);
  private readonly receivers: CheckpointReceiver[];

  constructor(
    @Inject(CONFIG)
    config: { log: { witnesses: { key: string; url: string }[]; store: StoreConfig | null } },
    private readonly database: Database,
    private readonly tree: LogTree,
    private readonly timers: Timers,
  ) {
    const { witnesses, store } = config.log;
    this.receivers = [
      ...witnesses.map(({ key, url }) => new Witness(new NoteVerifier(key), url, tree)),
      ...(store ? [new CheckpointStore(store)] : []),
    ];
  }

  onApplicationBootstrap(): void {
    if (this.receivers.length > 0)
      this.timers.every(everyMs, 'the witnessing of the log', () => this.askAll());
  }

  /** Hands the newest checkpoint to each witness that has not signed it, unless it was asked a moment ago. */
  async askAll(): Promise<void> {
    const checkpoint = await this.tree.lastCheckpoint();
    if (checkpoint) await Promise.all(this.receivers.map((receiver) => this.ask(receiver, checkpoint)));
  }

  /** Lists the witnesses of the configuration that auditors have to hear of. */
  async troubles(): Promise<WitnessTrouble[]> {
    return this.database.rows(
      `SELECT name, problem, failing_since FROM log_witness
       WHERE name = ANY($1) AND (problem = ANY('{witness-contradicts,store-contradicts}') OR failing_since < clock_timestamp() - make_interval(secs => $2))
       ORDER BY failing_since, name`,
      [this.receivers.map(({ name }) => name), awaySeconds],
    );
  }

  private async ask(receiver: CheckpointReceiver, checkpoint: Checkpoint): Promise<void> {
    const { name } = receiver;
    const known = await this.claim(name, checkpoint.size);
    if (known === null) return;
    try {
      const lines = await receiver.give(checkpoint, known, this.timers.stopping);
      if (lines.length > 0)
        await this.database.run(
          `INSERT INTO log_cosignature (size, witness, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
          [checkpoint.size, name, lines.join('\n')],
        );
      await this.database.run(
        `UPDATE log_witness SET size = $2, problem = NULL, failing_since = NULL WHERE name = $1`,
        [name, checkpoint.size],
      );
    } catch (error) {
      const problem = error instanceof NotTaken ? error.problem : receiver.away;
      this.logger.warn({ err: error }, `${name} has not taken ${checkpoint.size} entries: ${problem}`);
      await this.database.run(
        `UPDATE log_witness SET problem = $2, failing_since = coalesce(failing_since, clock_timestamp()) WHERE name = $1`,
        [name, problem],
      );
    }
  }

  /** Returns the size that the witness is believed to know; null when it need not be asked, or another worker asks it. */
  private async claim(name: string, size: number): Promise<number | null> {
    await this.database.run(`INSERT INTO log_witness (name) VALUES ($1) ON CONFLICT DO NOTHING`, [name]);
    const [claimed] = await this.database.rows<{ size: number }>(
      `UPDATE log_witness SET asked_at = clock_timestamp()
       WHERE name = $1 AND (asked_at IS NULL OR asked_at < clock_timestamp() - make_interval(secs =>
         CASE WHEN log_witness.size < $2 OR problem IS NOT NULL THEN $3::int ELSE $4::int END))
       RETURNING size::float8 AS size`,
      [name, size, askedSeconds, idleSeconds],
    );
    return claimed?.size ?? null;
  }
}
