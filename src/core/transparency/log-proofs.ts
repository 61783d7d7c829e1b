import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { NoteSigner } from '../../platform/sealing/signed-note.js';
import { type Checkpoint, LogTree } from './log-tree.js';

/** Proofs are made by one of so many newest checkpoints: the oldest of them is hours old while leaves come. */
const checkpointsLookedAt = 1000;

/** Writes the proof that the entry of an index stands in the log; null when the checkpoint does not cover it yet. */
export type ProofWriter = (index: number) => Promise<string | null>;

/** LogProofs gives strangers what they check single entries by, offline: proofs (C2SP's tlog-proof) and a policy (tlog-policy). */
@Injectable()
export class LogProofs {
  private readonly witnesses: { name: string; key: string }[];
  /** More than half of the witnesses have to agree: one that is away does not keep proofs from being made. */
  private readonly quorum: number;

  constructor(
    @Inject(CONFIG) config: { log: { witnesses: { key: string }[] } },
    private readonly database: Database,
    private readonly tree: LogTree,
    private readonly signer: NoteSigner,
  ) {
    this.witnesses = config.log.witnesses.map(({ key }) => ({ name: key.split('+')[0] ?? '', key }));
    this.quorum = Math.floor(this.witnesses.length / 2) + (this.witnesses.length > 0 ? 1 : 0);
  }

  /** Returns the policy that this service's proofs fit. Whoever trusts other witnesses, or more of them, writes their own. */
  policy(): string {
    const lines = [
      `log ${this.signer.verifierKey}`,
      ...this.witnesses.map(({ name, key }) => `witness ${name} ${key}`),
      ...(this.quorum === 0
        ? ['quorum none']
        : [
            `group witnesses ${this.quorum} ${this.witnesses.map(({ name }) => name).join(' ')}`,
            'quorum witnesses',
          ]),
    ];
    return lines.map((line) => `${line}\n`).join('');
  }

  /** Makes a writer of proofs by the newest checkpoint that enough witnesses have signed, or the newest when none is. */
  async proofWriter(): Promise<ProofWriter> {
    const checkpoint = await this.newestCosigned();
    if (!checkpoint) return () => Promise.resolve(null);
    const { size } = checkpoint;
    const note = await this.tree.cosignedNote(checkpoint);
    const prove = this.tree.proverAt(size);
    return async (index) => {
      if (index >= size) return null;
      const hashes = await prove(index);
      const lines = hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
      return `c2sp.org/tlog-proof@v1\nindex ${index}\n${lines}\n${note}`;
    };
  }

  private async newestCosigned(): Promise<Checkpoint | null> {
    const [cosigned] = await this.database.rows<Checkpoint>(
      `SELECT c.size::float8 AS size, c.root, c.note
       FROM (SELECT * FROM log_checkpoint ORDER BY size DESC LIMIT ${checkpointsLookedAt}) c
       WHERE (SELECT count(*) FROM log_cosignature s WHERE s.size = c.size AND s.witness = ANY($1)) >= $2
       ORDER BY c.size DESC LIMIT 1`,
      [this.witnesses.map(({ name }) => name), this.quorum],
    );
    return cosigned ?? this.tree.lastCheckpoint();
  }
}
