import { breathe } from '../../platform/breathe.js';
import type { Database } from '../../platform/database/database.js';
import { timeOfId } from '../../platform/ids.js';
import { NoteVerifier, partsOfNote } from '../../platform/sealing/signed-note.js';
import { entryOf, type LeafContent } from '../proof/leaf.js';
import type { LogTree } from './log-tree.js';
import { GrowingTree, tileWidth } from './merkle-tree.js';
import { mostCounted, Misfits } from './misfits.js';
import { longestWriteMs, type TablesCompared, type TableVerifier } from './table-verifier.js';

/** Verified is the log as it was when it was last found to fit. */
export interface Verified {
  size: number;
  root: Buffer;
}

/** VerifiedAll is the log as it is, and what of it and of the tables does not fit. */
interface VerifiedAll extends Verified {
  tables: TablesCompared | null;
  misfits: Misfits;
}

interface Tile {
  level: number;
  index: number;
  hash: Buffer;
}

interface ReadLeaf extends LeafContent {
  index: number;
  salt: Buffer | null;
  hash: Buffer;
  recordedAt: Date;
}

/** One step reads so many leaves. A multiple of a tile's width is not needed. */
const leavesOfOneStep = 2000;

/**
 * LogVerifier reads the whole log from a database and reckons everything again: each entry from its leaf, each hash of the tree,
 * each checkpoint. It needs nothing of the service but the tables and the key that checkpoints are signed by. With `tables`, which makes
 * what compares them for one verification, it also compares what the tables show with what the leaves say.
 */
export class LogVerifier {
  private readonly key: NoteVerifier;

  constructor(
    private readonly database: Database,
    private readonly tree: LogTree,
    verifierKey: string,
    private readonly tables: ((misfits: Misfits) => TableVerifier) | null = null,
  ) {
    this.key = new NoteVerifier(verifierKey);
  }

  /**
   * Verifies the log, of which the log as it was `before` has to be the beginning. What does not fit ends nothing: it may hide what was
   * altered behind it. Where a leaf is missing the tree cannot be reckoned any further, and the leaves behind it are still read.
   */
  async verify(before: Verified | null): Promise<VerifiedAll> {
    const misfits = new Misfits();
    const tables = this.tables?.(misfits);
    const signed = (await this.tree.lastCheckpoint())?.size ?? 0;
    const size = await this.tree.size();
    const known = Math.max(signed, before?.size ?? 0);
    if (known > size) misfits.add('log-cut', { size: known, now: size });
    let tiles: Tile[] = [];
    const growing = new GrowingTree((level, index, hash) => tiles.push({ level, index, hash }));
    await this.checkCheckpoints(growing, [0], misfits);
    let [expected, isWhole] = [0, true];
    for (let from = 0; from < size; from += leavesOfOneStep) {
      const to = Math.min(size, from + leavesOfOneStep);
      const signedSizes = isWhole ? await this.signedSizes(from, to) : new Set<number>();
      const leaves = await this.leaves(from, to);
      for (const leaf of leaves) {
        if (leaf.index !== expected) {
          misfits.add('leaf-missing', { index: expected });
          isWhole = false;
        }
        expected = leaf.index + 1;
        checkLeaf(leaf, misfits);
        if (isWhole) growing.add(leaf.hash);
        if (isWhole && signedSizes.has(expected)) await this.checkCheckpoints(growing, [expected], misfits);
        if (isWhole && before?.size === expected && !before.root.equals(growing.root()))
          misfits.add('log-rewritten', { size: expected });
        await breathe();
      }
      await this.checkTiles(tiles, misfits);
      tiles = [];
      await tables?.note(leaves);
    }
    if (expected < size) misfits.add('leaf-missing', { index: expected });
    await this.checkOthers(misfits);
    const compared = (await tables?.compare()) ?? null;
    return { size, root: growing.root(), tables: compared, misfits };
  }

  private leaves(from: number, to: number): Promise<ReadLeaf[]> {
    return this.database.rows(
      `SELECT e.index::float8 AS index, l.id, l.kind, l.subject_id, l.body, l.salt, l.hash, l.recorded_at
       FROM log_entry e JOIN leaf l ON l.id = e.leaf_id WHERE e.index >= $1 AND e.index < $2 ORDER BY e.index`,
      [from, to],
    );
  }

  private async signedSizes(above: number, to: number): Promise<Set<number>> {
    const rows = await this.database.rows<{ size: number }>(
      `SELECT size::float8 AS size FROM log_checkpoint WHERE log_checkpoint.size > $1 AND log_checkpoint.size <= $2`,
      [above, to],
    );
    return new Set(rows.map(({ size }) => size));
  }

  private async checkCheckpoints(growing: GrowingTree, sizes: number[], misfits: Misfits): Promise<void> {
    const found = await this.database.rows<{ size: number; root: Buffer; note: string }>(
      `SELECT size::float8 AS size, root, note FROM log_checkpoint WHERE log_checkpoint.size = ANY($1)`,
      [sizes],
    );
    for (const { size, root, note } of found) {
      const { text, signatures } = partsOfNote(note);
      const isRight =
        root.equals(growing.root()) &&
        text === `${this.key.name}\n${size}\n${root.toString('base64')}\n` &&
        this.key.signaturesOf(text, signatures).length > 0;
      if (!isRight) misfits.add('checkpoint-altered', { size });
    }
  }

  private async checkTiles(tiles: Tile[], misfits: Misfits): Promise<void> {
    const wrong = await this.database.rows<{ level: number; index: number }>(
      `SELECT t.level, t.index::float8 AS index
       FROM unnest($1::int[], $2::bigint[], $3::bytea[]) AS t (level, index, hash)
       WHERE NOT EXISTS (SELECT FROM log_node n WHERE n.level = t.level AND n.index = t.index AND n.hash = t.hash)
       ORDER BY t.level, t.index`,
      [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hash }) => hash)],
    );
    for (const tile of wrong) misfits.add('tile-altered', { ...tile });
  }

  /** Looks for what stands beside the log: hashes of what is not there, and leaves that nobody numbers. */
  private async checkOthers(misfits: Misfits): Promise<void> {
    const nodes = await this.database.rows<{ level: number; index: number }>(
      `SELECT level, index::float8 AS index FROM log_node
       WHERE (index + 1)::numeric * ${tileWidth}::numeric ^ level > (SELECT coalesce(max(log_entry.index) + 1, 0) FROM log_entry)
       ORDER BY level, index LIMIT ${mostCounted}`,
    );
    for (const node of nodes) misfits.add('tile-altered', { ...node });
    const leaves = await this.database.rows<{ leaf: string }>(
      `SELECT l.id AS leaf FROM leaf l LEFT JOIN log_entry e ON e.leaf_id = l.id LEFT JOIN leaf_waiting w ON w.leaf_id = l.id
       WHERE e.leaf_id IS NULL AND w.leaf_id IS NULL ORDER BY l.id LIMIT ${mostCounted}`,
    );
    for (const leaf of leaves) misfits.add('leaf-outside', { ...leaf });
  }
}

function checkLeaf({ index, hash, salt, recordedAt, ...content }: ReadLeaf, misfits: Misfits): void {
  const params = { index, leaf: content.id };
  if (!entryOf(content, salt).equals(hash)) misfits.add('leaf-altered', params);
  if (Math.abs(timeOfId(content.id) - recordedAt.getTime()) > longestWriteMs)
    misfits.add('leaf-dated-otherwise', params);
}
