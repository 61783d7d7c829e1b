import { AppError } from '../platform/app-error.js';
import type { ImportFormat } from './import-source.js';

/** Told by what the file holds, not by its name: JSON begins with a bracket, whatever it is called. */
export async function formatOf(
  name: string,
  bytes: AsyncIterable<Buffer>,
): Promise<{ format: ImportFormat; bytes: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = first.done ? Buffer.alloc(0) : first.value;
  const whole = { [Symbol.asyncIterator]: () => joined(head, iterator) };
  return { format: formatOfHead(name, head), bytes: whole };
}

function formatOfHead(name: string, head: Buffer): ImportFormat {
  if (head.subarray(0, 2).toString('latin1') === 'PK') {
    throw new AppError(
      'invalid',
      'format-not-read',
      `${name} is a workbook or an archive: save the sheet as CSV (UTF-8) and bring that.`,
    );
  }
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) {
    throw new AppError(
      'invalid',
      'format-not-read',
      `${name} is an old workbook (.xls): save the sheet as CSV (UTF-8).`,
    );
  }
  const start = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  return start.startsWith('{') || start.startsWith('[') ? 'ocds' : 'csv';
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}
