import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import {
  consistencyProof,
  hashOfEntry,
  inclusionProof,
  type ReadHashes,
  rootAt,
  rootOf,
  tileWidth,
} from './merkle-tree.js';

/** A Checkpoint is the tree as it was signed: how many entries it had, and the hash of all of them. */
export interface Checkpoint {
  size: number;
  root: Buffer;
  /** The signed note that strangers read. */
  note: string;
}

/**
 * LogTree reads the tree of the public log, and lets it grow. It keeps the hashes of full tiles alone: what is right of them is
 * reckoned from at most 255 hashes of each level, so that the tables are only ever added to.
 */
@Injectable()
export class LogTree {
  constructor(private readonly database: Database) {}

  async size(): Promise<number> {
    const [row] = await this.database.rows<{ size: number }>(
      `SELECT coalesce(max(index) + 1, 0)::float8 AS size FROM log_entry`,
    );
    return row?.size ?? 0;
  }

  async lastCheckpoint(): Promise<(Checkpoint & { ageMs: number }) | null> {
    const [row] = await this.database.rows<Checkpoint & { ageMs: number }>(
      `SELECT size::float8 AS size, root, note, extract(epoch FROM clock_timestamp() - at)::float8 * 1000 AS age_ms
       FROM log_checkpoint ORDER BY log_checkpoint.size DESC LIMIT 1`,
    );
    return row ?? null;
  }

  /**
   * Returns the first checkpoint that holds a leaf, with the index of its entry; of those with as many entries, and of those that
   * a witness has signed, where that is wanted. Null while there is none.
   */
  async firstCheckpointWith(
    leafId: string,
    isWitnessed: boolean,
    leastSize = 0,
  ): Promise<(Checkpoint & { index: number }) | null> {
    const [row] = await this.database.rows<Checkpoint & { index: number }>(
      `SELECT c.size::float8 AS size, c.root, c.note, e.index::float8 AS index
       FROM log_entry e JOIN log_checkpoint c ON c.size > e.index AND c.size >= $3
       WHERE e.leaf_id = $1 AND (NOT $2 OR EXISTS (SELECT FROM log_cosignature s WHERE s.size = c.size))
       ORDER BY c.size LIMIT 1`,
      [leafId, isWitnessed, leastSize],
    );
    return row ?? null;
  }

  /** Returns a checkpoint with the signatures of those witnesses that have signed it. */
  async cosignedNote({ size, note }: Checkpoint): Promise<string> {
    const rows = await this.database.rows<{ line: string }>(
      `SELECT line FROM log_cosignature WHERE size = $1 ORDER BY witness`,
      [size],
    );
    return note + rows.map(({ line }) => `${line}\n`).join('');
  }

  /** Tells whether the log still begins as a checkpoint says. */
  async beginsAs({ size, root }: Pick<Checkpoint, 'size' | 'root'>): Promise<boolean> {
    return (await this.rootAt(size)).equals(root);
  }

  rootAt(size: number): Promise<Buffer> {
    return rootAt(size, this.read);
  }

  /** Returns what proves entries of the tree of that size, each by its index; a tile that several proofs need is read once. */
  proverAt(size: number): (index: number) => Promise<Buffer[]> {
    const tiles = new Map<string, Promise<Buffer[]>>();
    const tileOf = (level: number, tile: number) => {
      const key = `${level}/${tile}`;
      const from = tile * tileWidth;
      const to = Math.min(from + tileWidth, Math.floor(size / tileWidth ** level));
      const known = tiles.get(key) ?? this.read(level, from, to);
      tiles.set(key, known);
      return known;
    };
    const read: ReadHashes = async (level, from, to) => {
      const [first, last] = [Math.floor(from / tileWidth), Math.floor((to - 1) / tileWidth)];
      const hashes: Buffer[] = [];
      for (let tile = first; tile <= last; tile++) hashes.push(...(await tileOf(level, tile)));
      return hashes.slice(from - first * tileWidth, to - first * tileWidth);
    };
    return (index) => inclusionProof(index, size, read);
  }

  consistencyProof(oldSize: number, size: number): Promise<Buffer[]> {
    return consistencyProof(oldSize, size, this.read);
  }

  /** Adds leaves to the end of the log, by their ids. Runs in the transaction of the sequencer, which is alone. */
  async append(leafIds: string[]): Promise<void> {
    const oldSize = await this.size();
    await this.database.run(
      `INSERT INTO log_entry (index, leaf_id)
       SELECT $1::bigint + n - 1, id FROM unnest($2::uuid[]) WITH ORDINALITY AS waiting (id, n)`,
      [oldSize, leafIds],
    );
    await this.closeTiles(1, oldSize, oldSize + leafIds.length);
  }

  /** Reads the entries of these indexes that are there, in their order. */
  async entries(from: number, to: number): Promise<Buffer[]> {
    const rows = await this.database.rows<{ hash: Buffer }>(
      `SELECT leaf.hash FROM log_entry JOIN leaf ON leaf.id = log_entry.leaf_id
       WHERE log_entry.index >= $1 AND log_entry.index < $2 ORDER BY log_entry.index`,
      [from, to],
    );
    return rows.map(({ hash }) => hash);
  }

  /** Reads the hashes of these subtrees that are there, in their order. */
  async hashes(level: number, from: number, to: number): Promise<Buffer[]> {
    if (level === 0) return (await this.entries(from, to)).map(hashOfEntry);
    const rows = await this.database.rows<{ hash: Buffer }>(
      `SELECT hash FROM log_node WHERE level = $1 AND index >= $2 AND index < $3 ORDER BY index`,
      [level, from, to],
    );
    return rows.map(({ hash }) => hash);
  }

  private readonly read: ReadHashes = async (level, from, to) => {
    const hashes = await this.hashes(level, from, to);
    if (hashes.length !== to - from)
      throw new Error(`the log lacks hashes of level ${level} between ${from} and ${to}`);
    return hashes;
  };

  /** Keeps the hashes of the tiles below a level that became full when what is there grew from one count to the other. */
  private async closeTiles(level: number, oldCount: number, count: number): Promise<void> {
    const [from, to] = [Math.floor(oldCount / tileWidth), Math.floor(count / tileWidth)];
    if (from === to) return;
    const below = await this.read(level - 1, from * tileWidth, to * tileWidth);
    const hashes = Array.from({ length: to - from }, (_, n) =>
      rootOf(below.slice(n * tileWidth, (n + 1) * tileWidth)),
    );
    await this.database.run(
      `INSERT INTO log_node (level, index, hash)
       SELECT $1::int, $2::bigint + n - 1, hash FROM unnest($3::bytea[]) WITH ORDINALITY AS full_tile (hash, n)`,
      [level, from, hashes],
    );
    await this.closeTiles(level + 1, from, to);
  }
}
