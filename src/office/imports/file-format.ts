import { importFileProblems } from './import-problems.words.js';
import type { ImportFormat } from './import.schema.js';

/** Bytes that are looked at: enough for the names in the first folder of an old workbook. */
const headBytes = 64 * 1024;

/**
 * Finds the format of a file by what it holds. A name that says otherwise is refused rather than believed or passed over:
 * whoever chose the file has chosen another one than they think. Throws AppError (invalid), which says what it is and what
 * to do. `bytes` are those of the whole file, those that were looked at included.
 */
export async function formatOf(
  name: string,
  bytes: AsyncIterable<Buffer>,
): Promise<{ format: ImportFormat; bytes: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  for (let size = 0; size < headBytes;) {
    const next = await iterator.next();
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  const format = formatOfHead(name, Buffer.concat(chunks).subarray(0, headBytes));
  return { format, bytes: { [Symbol.asyncIterator]: () => joined(chunks, iterator) } };
}

async function* joined(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Endings name these formats. */
const claims: Record<string, ImportFormat | undefined> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  xlsx: 'xlsx',
  xltx: 'xlsx',
  json: 'ocds',
  jsonl: 'ocds',
};

function formatOfHead(fullName: string, head: Buffer): ImportFormat {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(fullName.trim())?.[1]?.toLowerCase() ?? '';
  const name = fullName.replace(/[\p{C}\s]+/gu, ' ').slice(0, 100);
  const refusal = refusalOf(ending, head);
  if (refusal) throw importFileProblems.error(refusal, { name });
  const held = heldBy(head);
  const claimed = claims[ending];
  if (!claimed || claimed === held) return held;
  throw importFileProblems.error('file-not-what-its-name-says.claimed', {
    name,
    claimed: { word: `importFormats.${claimed}` },
    held: { word: `importFormats.${held}` },
  });
}

function heldBy(head: Buffer): ImportFormat {
  if (isZip(head)) return 'xlsx';
  return /^\uFEFF?\s*[{[]/.test(head.toString('utf8', 0, 1024)) ? 'ocds' : 'csv';
}

type Refusal =
  'file-not-what-its-name-says' | Extract<Parameters<typeof importFileProblems.error>[0], `format-${string}`>;

/** Finds what is never read by its first bytes; by its ending only where the bytes are those of an ordinary workbook. */
function refusalOf(ending: string, head: Buffer): Refusal | null {
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) return refusalOfOle(ending, head);
  const start = head.toString('latin1', 0, 4096);
  if (start.slice(0, 1024).includes('%PDF-')) return 'format-pdf';
  if (isZip(head)) return refusalOfZip(ending, start);
  if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|meta|table|\?xml)/i.test(start.slice(0, 2048)))
    return 'format-html';
  // Text where a workbook is promised: the ending has to go before it is read for what it is.
  return head.length > 0 && (ending === 'xls' || ending === 'hwp') ? 'file-not-what-its-name-says' : null;
}

/** Tells compound files apart: old workbooks, Hangul documents, and new workbooks under a password. */
function refusalOfOle(ending: string, head: Buffer): Refusal {
  const holds = (name: string) => head.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage') || ending === 'xlsx') return 'format-locked';
  if (head.includes('HWP Document File') || ending === 'hwp') return 'format-hwp';
  return holds('WordDocument') || ending === 'doc' ? 'format-document' : 'format-xls';
}

/** An archive names its kind near its beginning, in a part that is never packed. */
function refusalOfZip(ending: string, start: string): Refusal | null {
  if (ending === 'xlsm' || ending === 'xltm') return 'format-xlsm';
  if (ending === 'xlsb' || start.includes('xl/workbook.bin')) return 'format-xlsb';
  if (start.includes('mimetypeapplication/vnd.oasis.opendocument')) return 'format-ods';
  if (start.includes('mimetypeapplication/hwp+zip') || ending === 'hwpx') return 'format-hwp';
  const isDocument = ending === 'docx' || ending === 'pptx' || start.includes('word/document.xml');
  return isDocument ? 'format-document' : null;
}

function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] ?? 0) <= 8 && (head[3] ?? 0) <= 8;
}
