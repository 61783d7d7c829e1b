import { importFileProblems } from './import-problems.words.js';
import type { ImportFormat } from './import.schema.js';

/** Bytes that are looked at: enough for the names in the first folder of an old workbook. */
const headBytes = 64 * 1024;

/**
 * Told by what the file holds. A name that says otherwise is refused rather than believed or passed over: whoever
 * chose the file has chosen another one than he thinks. Throws AppError (invalid), which says what it is and what to do.
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

function formatOfHead(name: string, head: Buffer): ImportFormat {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? '';
  const shown = name.replace(/[\p{C}\s]+/gu, ' ').slice(0, 100);
  const refusal = refusalOf(ending, head);
  if (refusal) throw importFileProblems.error(refusal, { name: shown });
  const held = heldBy(head);
  const claimed = claims[ending];
  if (claimed && claimed !== held) {
    throw importFileProblems.error('file-not-what-its-name-says.claimed', {
      name: shown,
      claimed: { word: `importFormats.${claimed}` },
      held: { word: `importFormats.${held}` },
    });
  }
  return held;
}

const claims: Record<string, ImportFormat | undefined> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  xlsx: 'xlsx',
  xltx: 'xlsx',
  json: 'ocds',
  jsonl: 'ocds',
};

function heldBy(head: Buffer): ImportFormat {
  if (isZip(head)) return 'xlsx';
  const start = head
    .toString('utf8', 0, 1024)
    .replace(/^\uFEFF/, '')
    .trimStart();
  return start.startsWith('{') || start.startsWith('[') ? 'ocds' : 'csv';
}

type Refusal =
  'file-not-what-its-name-says' | Extract<Parameters<typeof importFileProblems.error>[0], `format-${string}`>;

/** What is never read, by its first bytes; by its ending only where the bytes are those of an ordinary workbook. */
function refusalOf(ending: string, head: Buffer): Refusal | null {
  if (head.length === 0) return null;
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) return refusalOfOle(ending, head);
  if (head.toString('latin1', 0, 1024).includes('%PDF-')) return 'format-pdf';
  if (isZip(head)) return refusalOfZip(ending, head);
  const start = head
    .toString('latin1', 0, 2048)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<!doctype html|<html|<head|<meta|<table|<\?xml)/.test(start)) return 'format-html';
  // Text where a workbook is promised: the ending has to go before it is read for what it is.
  return ending === 'xls' || ending === 'hwp' ? 'file-not-what-its-name-says' : null;
}

/** Compound files: old workbooks, Hangul documents, and new workbooks under a password. */
function refusalOfOle(ending: string, head: Buffer): Refusal {
  const holds = (name: string) => head.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage') || ending === 'xlsx') return 'format-locked';
  if (head.includes('HWP Document File') || ending === 'hwp') return 'format-hwp';
  if (holds('WordDocument') || ending === 'doc') return 'format-document';
  return 'format-xls';
}

/** An archive names its kind near its beginning, in a part that is never packed. */
function refusalOfZip(ending: string, head: Buffer): Refusal | null {
  const start = head.toString('latin1', 0, 4096);
  if (ending === 'xlsm' || ending === 'xltm') return 'format-xlsm';
  if (ending === 'xlsb' || start.includes('xl/workbook.bin')) return 'format-xlsb';
  if (start.includes('mimetypeapplication/vnd.oasis.opendocument')) return 'format-ods';
  if (start.includes('mimetypeapplication/hwp+zip') || ending === 'hwpx') return 'format-hwp';
  return ending === 'docx' || ending === 'pptx' || start.includes('word/document.xml')
    ? 'format-document'
    : null;
}

function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] ?? 0) <= 8 && (head[3] ?? 0) <= 8;
}

async function* joined(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}
