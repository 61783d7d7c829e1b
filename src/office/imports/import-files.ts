import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Database } from '../../platform/database/database.js';

const chunkBytes = 512 * 1024;

/** The file itself, and the workbook of its refused rows. */
type Shelf = 'import_chunk' | 'import_refused';

/** A file brought in, sealed in pieces: it holds numbers, and a worker on another host has to read it. */
@Injectable()
export class ImportFiles {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Returns the bytes stored. */
  async store(
    importId: string,
    bytes: AsyncIterable<Buffer>,
    shelf: Shelf = 'import_chunk',
  ): Promise<number> {
    let ordinal = 0;
    let size = 0;
    for await (const piece of inPieces(bytes)) {
      const id = newId();
      // Base64, because what is sealed is text and a piece may end inside a character.
      const sealed = this.sealer.seal(piece.toString('base64'), placeOf(shelf, id));
      await this.database.run(
        `INSERT INTO ${shelf} (id, import_id, ordinal, sealed) VALUES ($1, $2, $3, $4)`,
        [id, importId, ordinal, sealed],
      );
      ordinal += 1;
      size += piece.length;
    }
    return size;
  }

  async *read(importId: string, shelf: Shelf = 'import_chunk'): AsyncGenerator<Buffer> {
    for (let ordinal = 0; ; ordinal += 1) {
      const [row] = await this.database.rows<{ id: string; sealed: Buffer }>(
        `SELECT id, sealed FROM ${shelf} WHERE import_id = $1 AND ordinal = $2`,
        [importId, ordinal],
      );
      if (!row) return;
      yield Buffer.from(this.sealer.open(row.sealed, placeOf(shelf, row.id)), 'base64');
    }
  }

  async forget(importId: string, shelf: Shelf = 'import_chunk'): Promise<void> {
    await this.database.run(`DELETE FROM ${shelf} WHERE import_id = $1`, [importId]);
  }
}

async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    gathered.push(chunk);
    size += chunk.length;
    if (size >= chunkBytes) {
      yield Buffer.concat(gathered);
      gathered = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(gathered);
}

function placeOf(table: Shelf, rowId: string) {
  return { table, column: 'sealed', rowId };
}
