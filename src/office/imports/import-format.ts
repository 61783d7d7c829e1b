import { AppError } from '../../platform/app-error.js';
import type { ImportFormat } from './import-source.js';

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
  if (refusal) throw new AppError('invalid', refusal.code, `${shown} ${refusal.words}`);
  const held = heldBy(head);
  const claimed = claims[ending];
  if (claimed && claimed !== held) {
    const words = `is named as ${nouns[claimed]}, and holds ${nouns[held]}: choose the right file, or give it its right ending.`;
    throw new AppError('invalid', 'file-not-what-its-name-says', `${shown} ${words}`);
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
const nouns: Record<ImportFormat, string> = {
  csv: 'plain text',
  xlsx: 'a workbook or an archive',
  ocds: 'JSON',
};

function heldBy(head: Buffer): ImportFormat {
  if (isZip(head)) return 'xlsx';
  const start = head
    .toString('utf8', 0, 1024)
    .replace(/^\uFEFF/, '')
    .trimStart();
  return start.startsWith('{') || start.startsWith('[') ? 'ocds' : 'csv';
}

interface Refusal {
  code: string;
  words: string;
}

/** What is never read, by its first bytes; by its ending only where the bytes are those of an ordinary workbook. */
function refusalOf(ending: string, head: Buffer): Refusal | null {
  if (head.length === 0) return null;
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) return refusalOfOle(ending, head);
  if (head.toString('latin1', 0, 1024).includes('%PDF-')) return pdf;
  if (isZip(head)) return refusalOfZip(ending, head);
  const start = head
    .toString('latin1', 0, 2048)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<!doctype html|<html|<head|<meta|<table|<\?xml)/.test(start)) return page;
  // Text where a workbook is promised: the ending has to go before it is read for what it is.
  return ending === 'xls' || ending === 'hwp' ? mislabelled : null;
}

/** Compound files: old workbooks, Hangul documents, and new workbooks under a password. */
function refusalOfOle(ending: string, head: Buffer): Refusal {
  const holds = (name: string) => head.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage') || ending === 'xlsx') return lockedWorkbook;
  if (head.includes('HWP Document File') || ending === 'hwp') return hangul;
  if (holds('WordDocument') || ending === 'doc') return document;
  return oldWorkbook;
}

/** An archive names its kind near its beginning, in a part that is never packed. */
function refusalOfZip(ending: string, head: Buffer): Refusal | null {
  const start = head.toString('latin1', 0, 4096);
  if (ending === 'xlsm' || ending === 'xltm') return macros;
  if (ending === 'xlsb' || start.includes('xl/workbook.bin')) return binaryWorkbook;
  if (start.includes('mimetypeapplication/vnd.oasis.opendocument')) return openDocument;
  if (start.includes('mimetypeapplication/hwp+zip') || ending === 'hwpx') return hangul;
  return ending === 'docx' || ending === 'pptx' || start.includes('word/document.xml') ? document : null;
}

function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] ?? 0) <= 8 && (head[3] ?? 0) <= 8;
}

const saveAsWorkbook = 'open it in Excel, choose "Save As" and "Excel Workbook (.xlsx)", and bring that.';
const oldWorkbook: Refusal = { code: 'format-xls', words: `is an old workbook (.xls): ${saveAsWorkbook}` };
const binaryWorkbook: Refusal = {
  code: 'format-xlsb',
  words: `is a binary workbook (.xlsb): ${saveAsWorkbook}`,
};
const openDocument: Refusal = {
  code: 'format-ods',
  words: `is an OpenDocument file (.ods, .odt): save its sheet as .xlsx, and bring that.`,
};
const macros: Refusal = {
  code: 'format-xlsm',
  words: `is a workbook with macros (.xlsm), which are never taken in: ${saveAsWorkbook}`,
};
const lockedWorkbook: Refusal = {
  code: 'format-locked',
  words:
    'is protected by a password, or is an old workbook: take the password off (File, Info, Protect Workbook), and save it as .xlsx.',
};
const hangul: Refusal = {
  code: 'format-hwp',
  words: 'is a Hangul document (.hwp): copy its table into Excel, save that as .xlsx, and bring it.',
};
const document: Refusal = {
  code: 'format-document',
  words: 'is a text document: copy its table into Excel, save that as .xlsx, and bring it.',
};
const pdf: Refusal = {
  code: 'format-pdf',
  words: 'is a PDF, whose tables cannot be read reliably: bring the sheet that it was made from.',
};
const page: Refusal = {
  code: 'format-html',
  words: `is a page (HTML or XML), as some systems export it under the name .xls: ${saveAsWorkbook}`,
};
const mislabelled: Refusal = {
  code: 'file-not-what-its-name-says',
  words: 'holds plain text under a name that says otherwise: if it is a CSV file, name it .csv.',
};

async function* joined(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}
