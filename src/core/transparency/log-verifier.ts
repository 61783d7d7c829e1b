import { breathe } from '../../platform/breathe.js';
import type { Database } from '../../platform/database/database.js';
import { timeOfId } from '../../platform/ids.js';
import { NoteVerifier, partsOfNote } from '../../platform/sealing/signed-note.js';
import { entryOf, type LeafContent } from '../proof/leaf.js';
import type { LogFinding } from './log-findings.words.js';
import { LogTree } from './log-tree.js';
import { GrowingTree, tileWidth } from './merkle-tree.js';
import { Misfit } from './misfit.js';
import { longestWriteMs, type TablesCompared, type TableVerifier } from './table-verifier.js';

/** Verified is the log as it was when it was last found to fit. */
export interface Verified {
  size: number;
  root: Buffer;
}

interface VerifiedAll extends Verified {
  tables: TablesCompared | null;
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
 * each checkpoint. It needs nothing of the service but the tables and the key that checkpoints are signed by. With a `TableVerifier`
 * it also compares what the tables show with what the leaves say.
 */
export class LogVerifier {
  private readonly tree: LogTree;
  private readonly key: NoteVerifier;

  constructor(
    private readonly database: Database,
    verifierKey: string,
    private readonly tables: TableVerifier | null = null,
  ) {
    this.tree = new LogTree(database);
    this.key = new NoteVerifier(verifierKey);
  }

  /** Returns the log as it is when all of it fits, and the log as it was `before` is the beginning of it; else the first finding. */
  async verify(before: Verified | null): Promise<VerifiedAll | LogFinding> {
    try {
      return await this.requireFit(before);
    } catch (error) {
      if (error instanceof Misfit) return error.finding;
      throw error;
    }
  }

  private async requireFit(before: Verified | null): Promise<VerifiedAll> {
    const signed = (await this.tree.lastCheckpoint())?.size ?? 0;
    const size = await this.tree.size();
    const known = Math.max(signed, before?.size ?? 0);
    if (known > size) throw new Misfit('log-cut', { size: known, now: size });
    let tiles: { level: number; index: number; hash: Buffer }[] = [];
    const growing = new GrowingTree((level, index, hash) => tiles.push({ level, index, hash }));
    await this.requireCheckpoints(growing, [0]);
    for (let from = 0; from < size; from += leavesOfOneStep) {
      const to = Math.min(size, from + leavesOfOneStep);
      const signedSizes = await this.signedSizes(from, to);
      const leaves = await this.leaves(from, to);
      for (const leaf of leaves) {
        requireLeaf(leaf, growing.size);
        growing.add(leaf.hash);
        if (signedSizes.has(growing.size)) await this.requireCheckpoints(growing, [growing.size]);
        if (before?.size === growing.size && !before.root.equals(growing.root()))
          throw new Misfit('log-rewritten', { size: before.size });
        await breathe();
      }
      if (growing.size < to) throw new Misfit('leaf-missing', { index: growing.size });
      await this.requireTiles(tiles);
      tiles = [];
      await this.tables?.note(leaves);
    }
    await this.requireNoOthers();
    return { size, root: growing.root(), tables: (await this.tables?.compare()) ?? null };
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

  private async requireCheckpoints(growing: GrowingTree, sizes: number[]): Promise<void> {
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
      if (!isRight) throw new Misfit('checkpoint-altered', { size });
    }
  }

  private async requireTiles(tiles: { level: number; index: number; hash: Buffer }[]): Promise<void> {
    const [wrong] = await this.database.rows<{ level: number; index: number }>(
      `SELECT t.level, t.index::float8 AS index
       FROM unnest($1::int[], $2::bigint[], $3::bytea[]) AS t (level, index, hash)
       WHERE NOT EXISTS (SELECT FROM log_node n WHERE n.level = t.level AND n.index = t.index AND n.hash = t.hash)
       ORDER BY t.level, t.index LIMIT 1`,
      [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hash }) => hash)],
    );
    if (wrong) throw new Misfit('tile-altered', { level: wrong.level, index: wrong.index });
  }

  /** Requires that nothing stands beside the log: no hash of what is not there, and no leaf that nobody numbers. */
  private async requireNoOthers(): Promise<void> {
    const [node] = await this.database.rows<{ level: number; index: number }>(
      `SELECT level, index::float8 AS index FROM log_node
       WHERE (index + 1)::numeric * ${tileWidth}::numeric ^ level > (SELECT coalesce(max(log_entry.index) + 1, 0) FROM log_entry)
       ORDER BY level, index LIMIT 1`,
    );
    if (node) throw new Misfit('tile-altered', { level: node.level, index: node.index });
    const [leaf] = await this.database.rows<{ id: string }>(
      `SELECT l.id FROM leaf l LEFT JOIN log_entry e ON e.leaf_id = l.id LEFT JOIN leaf_waiting w ON w.leaf_id = l.id
       WHERE e.leaf_id IS NULL AND w.leaf_id IS NULL ORDER BY l.id LIMIT 1`,
    );
    if (leaf) throw new Misfit('leaf-outside', { leaf: leaf.id });
  }
}

function requireLeaf({ index, hash, salt, recordedAt, ...content }: ReadLeaf, expected: number): void {
  if (index !== expected) throw new Misfit('leaf-missing', { index: expected });
  const params = { index, leaf: content.id };
  if (!entryOf(content, salt).equals(hash)) throw new Misfit('leaf-altered', params);
  if (Math.abs(timeOfId(content.id) - recordedAt.getTime()) > longestWriteMs)
    throw new Misfit('leaf-dated-otherwise', params);
}
