import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { breathe } from '../breathe.js';

/** Characters of JSON that are written at once. */
const pieceLength = 65_536;

/** Answers a whole list that may be megabytes of JSON, with turns for others while it is written. */
export function streamedList(items: unknown[]): StreamableFile {
  return new StreamableFile(Readable.from(piecesOf(items)), { type: 'application/json; charset=utf-8' });
}

async function* piecesOf(items: unknown[]): AsyncGenerator<string> {
  let piece = '{"items":[';
  for (const [n, item] of items.entries()) {
    piece += (n === 0 ? '' : ',') + JSON.stringify(item);
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
    await breathe();
  }
  yield `${piece}],"nextCursor":null}`;
}
