import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { NoteVerifier, partsOfNote } from '../../platform/sealing/signed-note.js';
import { Timers } from '../../platform/timers.js';
import type { WitnessProblem } from './log-findings.words.js';
import { type Checkpoint, LogTree } from './log-tree.js';

const everyMs = 2000;
const patienceMs = 5000;

/** A witness is asked at most so often, and also when nothing has come for some minutes, to learn whether it is there. */
const askedSeconds = 10;
const idleSeconds = 300;

/** A witness that is away is told of when it has been so long: a restart of it is over by then. */
const awaySeconds = 120;

/** An answer is a size, or some lines of signatures. */
const longestAnswer = 65_536;

/** WitnessTrouble is a witness of the configuration that does not sign, and since when. */
export interface WitnessTrouble {
  name: string;
  problem: WitnessProblem;
  failingSince: Date;
}

/** Carries out of a talk with a witness why it has not signed. */
class Unsigned extends Error {
  constructor(readonly problem: WitnessProblem) {
    super(problem);
  }
}

/**
 * Witnesses hands checkpoints to those who watch that the log only grows (C2SP's tlog-witness), and keeps what they sign. Nothing
 * waits for them: sending and the log go on when all are away.
 */
@Injectable()
export class Witnesses implements OnApplicationBootstrap {
  private readonly logger = new Logger(Witnesses.name);
  private readonly witnesses: { key: NoteVerifier; url: string }[];

  constructor(
    @Inject(CONFIG)
    config: { log: { witnesses: { key: string; url: string }[] } },
    private readonly database: Database,
    private readonly tree: LogTree,
    private readonly timers: Timers,
  ) {
    this.witnesses = config.log.witnesses.map(({ key, url }) => ({ key: new NoteVerifier(key), url }));
  }

  onApplicationBootstrap(): void {
    if (this.witnesses.length > 0)
      this.timers.every(everyMs, 'the witnessing of the log', () => this.askAll());
  }

  /** Hands the newest checkpoint to each witness that has not signed it, unless it was asked a moment ago. */
  async askAll(): Promise<void> {
    const checkpoint = await this.tree.lastCheckpoint();
    if (checkpoint) await Promise.all(this.witnesses.map((witness) => this.ask(witness, checkpoint)));
  }

  /** Lists the witnesses of the configuration that auditors have to hear of. */
  async troubles(): Promise<WitnessTrouble[]> {
    return this.database.rows(
      `SELECT name, problem, failing_since FROM log_witness
       WHERE name = ANY($1) AND (problem = 'witness-contradicts' OR failing_since < clock_timestamp() - make_interval(secs => $2))
       ORDER BY failing_since, name`,
      [this.witnesses.map(({ key }) => key.name), awaySeconds],
    );
  }

  private async ask({ key, url }: { key: NoteVerifier; url: string }, checkpoint: Checkpoint): Promise<void> {
    const known = await this.claim(key.name, checkpoint.size);
    if (known === null) return;
    try {
      const lines = await this.cosign(key, url, checkpoint, known);
      await this.database.run(
        `INSERT INTO log_cosignature (size, witness, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [checkpoint.size, key.name, lines.join('\n')],
      );
      await this.database.run(
        `UPDATE log_witness SET size = $2, problem = NULL, failing_since = NULL WHERE name = $1`,
        [key.name, checkpoint.size],
      );
    } catch (error) {
      const problem = error instanceof Unsigned ? error.problem : 'witness-away';
      this.logger.warn({ err: error }, `${key.name} has not signed ${checkpoint.size} entries: ${problem}`);
      await this.database.run(
        `UPDATE log_witness SET problem = $2, failing_since = coalesce(failing_since, clock_timestamp()) WHERE name = $1`,
        [key.name, problem],
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

  /** Asks for a cosignature, once more when the witness knows another size. Throws `Unsigned`, or what the network threw. */
  private async cosign(
    key: NoteVerifier,
    url: string,
    checkpoint: Checkpoint,
    oldSize: number,
    isAgain = false,
  ): Promise<string[]> {
    const { text, signatures } = partsOfNote(checkpoint.note);
    const proof = await this.tree.consistencyProof(oldSize, checkpoint.size);
    const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
    const response = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body: `old ${oldSize}\n${lines}\n${text}\n${signatures}`,
      redirect: 'error',
      signal: AbortSignal.any([this.timers.stopping, AbortSignal.timeout(patienceMs)]),
    });
    const answer = await answerOf(response);
    if (response.status === 409 && !isAgain) {
      const size = /^\d{1,15}\n?$/.test(answer) ? Number(answer) : NaN;
      // What it knows of this log is more than there is: the log was taken back, or another stands under its name.
      if (size > checkpoint.size) throw new Unsigned('witness-contradicts');
      if (size >= 0) return this.cosign(key, url, checkpoint, size, true);
    }
    if (response.status === 422) throw new Unsigned('witness-contradicts');
    if (response.status >= 500) throw new Unsigned('witness-away');
    if (response.status !== 200) throw new Unsigned('witness-refuses');
    const signed = key.signaturesOf(text, answer);
    if (signed.length === 0) throw new Unsigned('witness-refuses');
    return signed;
  }
}

/** Reads an answer as far as one may go, whatever comes. */
async function answerOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > longestAnswer) throw new Unsigned('witness-refuses');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
