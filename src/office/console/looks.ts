import { createHash } from 'node:crypto';
import { Injectable, SetMetadata } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Kept } from '../../platform/kept.js';

/** However many pages look at once, the database is asked once within this. */
const keptMs = 1000;

/** What changes without an entry of the log, such as how long something has waited, is shown after so many minutes. */
const minutesUnseen = 5;

/** More than are written while one transaction waits to commit: their ids are made before, and may be lower than the last. */
const lastLeaves = 64;

const liveKey = 'chorong:live';

/** Marks a page that looks for what is new while it is open: what it shows changes with the log, or may come minutes later. */
export const Live = () => SetMetadata(liveKey, true);

export const isLive = (handler: object): boolean => Reflect.getMetadata(liveKey, handler) === true;

/** Looks tell a page that is open whether it may have changed since it was made, without making it again. */
@Injectable()
export class Looks {
  private readonly kept: Kept<string>;

  constructor(database: Database) {
    this.kept = new Kept(keptMs, async () => {
      const [row] = await database.rows<{ seen: string }>(
        `SELECT concat(floor(extract(epoch FROM clock_timestamp()) / ${minutesUnseen * 60}),
                       (SELECT string_agg(id::text, '') FROM (SELECT id FROM leaf ORDER BY id DESC LIMIT ${lastLeaves}) last)) AS seen`,
      );
      return createHash('sha256')
        .update(row?.seen ?? '')
        .digest('base64url')
        .slice(0, 22);
    });
  }

  /** Returns a mark of all that was written until now, or shortly before; a page is read after its mark. */
  mark(): Promise<string> {
    return this.kept.get();
  }
}
