import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { NoteSigner } from '../../platform/sealing/signed-note.js';
import { Timers } from '../../platform/timers.js';
import { LogTree } from './log-tree.js';

const everyMs = 1000;

/** Few enough that the hashes of a batch are reckoned between two answers to others. */
const leavesOfOneBatch = 4096;

/** A checkpoint is signed at most so often while leaves come: witnesses look at each of them. */
const checkpointMs = 10_000;

/** One process at a time numbers or signs. */
const lock = 'sequencer';

/**
 * The Sequencer gives leaves their places in the public log. A leaf is numbered when it has become visible, never by its id or a
 * clock: a transaction that commits late would come before what was numbered already. Every worker has a sequencer, and they take
 * turns by a lock that ends with its transaction, so that whatever dies leaves a whole tree, and the next goes on from there.
 */
@Injectable()
export class Sequencer implements OnApplicationBootstrap {
  private readonly logger = new Logger(Sequencer.name);

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly tree: LogTree,
    private readonly signer: NoteSigner,
  ) {}

  onApplicationBootstrap(): void {
    if (this.timers.areOn) this.logger.log(`the log is verified by ${this.signer.verifierKey}`);
    this.timers.every(everyMs, 'the sequencing of the log', async () => {
      await this.sequence();
      await this.sign();
    });
  }

  /** Numbers all leaves that wait. Returns how many there were. */
  async sequence(): Promise<number> {
    let numbered = 0;
    let batch: number;
    do {
      batch = await this.database.ifFree(
        lock,
        () => this.numberSome(),
        () => 0,
      );
      numbered += batch;
    } while (batch === leavesOfOneBatch && !this.timers.stopping.aborted);
    return numbered;
  }

  /** Signs a checkpoint of a tree that has grown, unless the last one is younger than `ageMs`. */
  async sign(ageMs = checkpointMs): Promise<void> {
    await this.database.ifFree(
      lock,
      () => this.signTree(ageMs),
      () => undefined,
    );
  }

  private async numberSome(): Promise<number> {
    const waiting = await this.database.rows<{ leafId: string }>(
      `DELETE FROM leaf_waiting WHERE ctid = ANY(ARRAY(SELECT ctid FROM leaf_waiting LIMIT ${leavesOfOneBatch}))
       RETURNING leaf_id`,
    );
    if (waiting.length > 0) await this.tree.append(waiting.map(({ leafId }) => leafId).sort());
    return waiting.length;
  }

  private async signTree(ageMs: number): Promise<void> {
    const last = await this.tree.lastCheckpoint();
    const size = await this.tree.size();
    if (last && (last.size === size || last.ageMs < ageMs)) return;
    if (last && !(await this.tree.beginsAs(last)))
      throw new Error(`the log no longer begins as it was signed at ${last.size} entries: nothing is signed`);
    const root = await this.tree.rootAt(size);
    const note = this.signer.sign(`${this.signer.name}\n${size}\n${root.toString('base64')}\n`);
    await this.database.run(`INSERT INTO log_checkpoint (size, root, note) VALUES ($1, $2, $3)`, [
      size,
      root,
      note,
    ]);
  }
}
