// Makes a sheet of 200,000 rows as CSV and as a workbook in the temporary folder, reads both with the built service's
// reader, and prints rows a second and peak memory. Run it with `npm run bench -- sheets --rows 200000`.
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ZipFile } from 'yazl';

export const options = { rows: 200_000 };

let { rows } = options;
const headings =
  '계약번호,차수,구분,계약명,계약방법,계약일,착공일,준공일,계약금액,담당부서,담당공무원,업체명,사업자번호,대표자,담당자,휴대전화,언어,수신근거'.split(
    ',',
  );

/** Two rows make a contract; names and numbers differ on every row, as in life. */
function cellsOf(i) {
  const n = i >> 1;
  return [
    `C-2026-${n}`,
    '0',
    '공사',
    `중앙로 ${n}구간 보도정비공사`,
    '제한경쟁',
    '2026-03-03',
    '2026-03-16',
    '2026-11-27',
    String(10_000_000 + n),
    `제${n % 40}과`,
    `담당${n % 300}`,
    `(주)새솔건설${i}`,
    `000-00-${String(i % 100_000).padStart(5, '0')}`,
    `대표${i}`,
    `사람${i}`,
    `010-0000-${String(i % 10_000).padStart(4, '0')}`,
    '한국어',
    '계약',
  ];
}

function* csvText() {
  yield `${headings.join(',')}\n`;
  for (let i = 0; i < rows; i++) yield `${cellsOf(i).join(',')}\n`;
}

/** As a spreadsheet saves it: texts shared, days and amounts as numbers. */
async function writeWorkbook(path) {
  const numbers = new Map();
  const texts = [];
  const shared = (text) => {
    let index = numbers.get(text);
    if (index === undefined) {
      numbers.set(text, (index = texts.length));
      texts.push(text);
    }
    return index;
  };
  const cell = (text, x, line) => {
    const at = `${String.fromCharCode(65 + x)}${line}`;
    if (line > 1 && x >= 5 && x <= 7)
      return `<c r="${at}" s="1"><v>${Date.parse(text) / 86_400_000 + 25_569}</v></c>`;
    if (line > 1 && x === 8) return `<c r="${at}"><v>${text}</v></c>`;
    return `<c r="${at}" t="s"><v>${shared(text)}</v></c>`;
  };
  const row = (cells, line) =>
    `<row r="${line}">${cells.map((text, x) => cell(text, x, line)).join('')}</row>`;
  function* sheet() {
    yield `<worksheet ${main}><sheetData>${row(headings, 1)}`;
    for (let i = 0; i < rows; i++) yield row(cellsOf(i), i + 2);
    yield '</sheetData></worksheet>';
  }
  function* strings() {
    yield `<sst ${main}>`;
    for (const text of texts) yield `<si><t>${text}</t></si>`;
    yield '</sst>';
  }
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const relations = (...list) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list
      .map(
        ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${office}/${type}" Target="${target}"/>`,
      )
      .join('')}</Relationships>`;
  const zip = new ZipFile();
  const add = (name, xml) => zip.addBuffer(Buffer.from(xml), name);
  add(
    '[Content_Types].xml',
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
  );
  add('_rels/.rels', relations(['officeDocument', 'xl/workbook.xml']));
  add(
    'xl/workbook.xml',
    `<workbook ${main} xmlns:r="${office}"><sheets><sheet name="계약" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  );
  add(
    'xl/_rels/workbook.xml.rels',
    relations(
      ['worksheet', 'worksheets/sheet1.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
      ['styles', 'styles.xml'],
    ),
  );
  add(
    'xl/styles.xml',
    `<styleSheet ${main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
  );
  zip.addReadStream(Readable.from(inPieces(sheet())), 'xl/worksheets/sheet1.xml');
  zip.addReadStreamLazy('xl/sharedStrings.xml', (done) => done(null, Readable.from(inPieces(strings()))));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

function* inPieces(texts) {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < 65_536) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

/** In a process of its own, so that its peak is the reader's alone. */
async function read(format, path) {
  const { readSheet } = await import('../dist/src/office/imports/sheet/reader.js');
  const rules = { country: 'KR', currency: 'KRW', allowFiction: true };
  const began = process.hrtime.bigint();
  let contracts = 0;
  let problems = 0;
  let early = 0;
  for await (const outcome of readSheet(format, createReadStream(path), rules)) {
    contracts += outcome.contract ? 1 : 0;
    problems += outcome.problems.length;
    if (contracts === Math.floor(rows / 20)) early = process.resourceUsage().maxRSS;
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  process.stdout.write(
    JSON.stringify({ seconds, contracts, problems, early, peak: process.resourceUsage().maxRSS }),
  );
}

export async function measure(folder, wish) {
  ({ rows } = wish);
  const files = { csv: join(folder, 'a.csv'), xlsx: join(folder, 'a.xlsx') };
  await pipeline(Readable.from(inPieces(csvText())), createWriteStream(files.csv));
  await writeWorkbook(files.xlsx);
  const seen = {};
  for (const [format, path] of Object.entries(files)) {
    const command = [fileURLToPath(import.meta.url), format, path, String(rows)];
    const ran = spawnSync(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { seconds, contracts, problems, early, peak } = (seen[format] = JSON.parse(ran.stdout.toString()));
    const megabytes = (kilobytes) => `${Math.round(kilobytes / 1024)} MB`;
    console.log(
      `${format.padEnd(4)} ${rows} rows, ${megabytes((await stat(path)).size / 1024)}: ${contracts} contracts, ${problems} problems, ` +
        `${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows a second, peak memory ${megabytes(peak)} (${megabytes(early)} after a tenth)`,
    );
  }
  console.log(
    `A workbook takes ${(seen.xlsx.seconds / seen.csv.seconds).toFixed(2)} times as long as CSV, and ${(seen.xlsx.peak / seen.csv.peak).toFixed(2)} times its memory; ` +
      `from a tenth to the end the peak grew ${(seen.xlsx.peak / seen.xlsx.early).toFixed(2)} times.`,
  );
  return seen;
}

// The reader's process is this file, called with a format, a path and the number of rows.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , format, path, count] = process.argv;
  rows = Number(count);
  await read(format, path);
}
