import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { breathe } from '../breathe.js';

/** Characters of JSON that are written at once. */
const pieceLength = 65_536;

type Items = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * Answers a whole list that may be megabytes of JSON, with turns for others while it is written. `beside` are the answer's other
 * properties, and `name` that of the file as which browsers keep it.
 */
export function streamedList(
  items: Items,
  { beside = { nextCursor: null }, name }: { beside?: object; name?: string } = {},
): StreamableFile {
  return new StreamableFile(Readable.from(piecesOf(items, beside)), {
    type: 'application/json; charset=utf-8',
    ...(name && { disposition: `attachment; filename="${name}.json"` }),
  });
}

async function* piecesOf(items: Items, beside: object): AsyncGenerator<string> {
  let piece = '{"items":[';
  let isFirst = true;
  for await (const item of items) {
    piece += (isFirst ? '' : ',') + JSON.stringify(item);
    isFirst = false;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
    await breathe();
  }
  yield `${piece}],${JSON.stringify(beside).slice(1)}`;
}
