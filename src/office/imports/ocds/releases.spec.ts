import { createReadStream } from 'node:fs';
import { type OcdsBatch, readOcds } from './releases.js';

async function* asChunks(text: string, size = 50): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size));
}

async function readAll(bytes: AsyncIterable<Buffer>): Promise<OcdsBatch[]> {
  const batches: OcdsBatch[] = [];
  for await (const batch of readOcds(bytes)) batches.push(batch);
  return batches;
}

const readText = (text: string) => readAll(asChunks(text));
const readValues = (...values: unknown[]) => readText(values.map((v) => JSON.stringify(v)).join('\n'));
const fixture = (name: string) =>
  readAll(createReadStream(`test/fixtures/ocds/${name}`) as AsyncIterable<Buffer>);
const seen = (batches: OcdsBatch[]) => batches.map((b) => [b.ocid, b.releases.map((r) => r['id']), b.line]);
const codes = (batches: OcdsBatch[]) =>
  batches.flatMap((b) => b.problems.map((p) => [p.line, p.code, p.fatal]));

describe('readOcds', () => {
  it('reads packages behind each other as one process', async () => {
    expect(seen(await fixture('packages-concatenated.json'))).toEqual([
      ['ocds-zz0001-HB-17', ['hb-17-01', 'hb-17-02', 'hb-17-03'], 9],
    ]);
  });

  it('reads records: compiled, embedded, and says what is only linked', async () => {
    const batches = await fixture('record-package.json');
    expect(seen(batches).slice(0, 2)).toEqual([
      ['ocds-zz0001-HB-18', ['hb-18-compiled'], 9],
      ['ocds-zz0001-HB-17', ['hb-17-03', 'hb-17-01', 'hb-17-02'], expect.any(Number)],
    ]);
    expect(batches[2]?.problems).toMatchObject([
      { code: 'releases-linked-only', field: 'ocds-zz0001-HB-19', fatal: true },
    ]);
  });

  it('prefers the compiled release of a record to its embedded ones', async () => {
    const record = {
      ocid: 'o1',
      releases: [{ ocid: 'o1', id: 'r1' }],
      compiledRelease: { ocid: 'o1', id: 'c' },
    };
    const [batch] = await readValues({ records: [record] });
    expect(batch?.releases).toEqual([{ ocid: 'o1', id: 'c', tag: ['compiled'] }]);
  });

  it.each([
    ['a bare release', [{ ocid: 'o1', id: 'r1' }]],
    [
      'releases one a line',
      [
        { ocid: 'o1', id: 'r1' },
        { ocid: 'o2', id: 'r2' },
      ],
    ],
    ['an array of releases', [[{ ocid: 'o1', id: 'r1' }]]],
    [
      'an array of packages',
      [[{ releases: [{ ocid: 'o1', id: 'r1' }] }, { records: [{ ocid: 'o2', releases: [{ id: 'r2' }] }] }]],
    ],
    ['a bare record', [{ ocid: 'o1', releases: [{ ocid: 'o1', id: 'r1' }] }]],
    [
      'a bare record with links',
      [{ ocid: 'o1', releases: [{ url: 'https://x.example' }], compiledRelease: { id: 'r1' } }],
    ],
  ])('reads %s', async (_, values) => {
    const batches = await readValues(...values);
    expect(codes(batches)).toEqual([]);
    expect(batches[0]).toMatchObject({ ocid: 'o1', releases: [{ ocid: 'o1', id: 'r1' }] });
  });

  it('leaves out a release that is no JSON or has no ocid, and reads on', async () => {
    const batches = await readText(
      '{"releases":[\n{"ocid":"o1",},\n{"id":"r2","tag":["award"]},\n{"ocid":"o3","id":"r3"}]}',
    );
    expect(seen(batches)[0]).toEqual(['o3', ['r3'], 4]);
    expect(codes(batches)).toEqual([
      [2, 'release-malformed', true],
      [3, 'ocid-missing', true],
    ]);
  });

  it('keeps what comes before a fault in the structure', async () => {
    const batches = await readText('{"releases":[{"ocid":"o1","id":"r1"},\n{"ocid":"o2","id"');
    expect(seen(batches)[0]).toEqual(['o1', ['r1'], 1]);
    expect(codes(batches)).toEqual([[2, 'json-truncated', true]]);
  });

  it.each([
    ['', 'ocds-empty'],
    ['{}', 'json-not-ocds'],
    ['{"type":"FeatureCollection","features":[{"a":1}]}', 'json-not-ocds'],
    ['[{"a":1},{"b":2}]', 'json-not-ocds'],
    ['{"tag":["award"]}', 'ocid-missing'],
    ['{"version":"1.1","releases":[]}', 'ocds-empty'],
    ['<!doctype html>', 'json-expected'],
    ['계약번호,차수', 'json-expected'],
  ])('refuses %s: %s', async (text, code) => {
    expect(codes(await readText(text))).toEqual([[1, code, true]]);
  });

  it.each(['utf-16le', 'utf-16be'])('reads %s with its mark and without', async (encoding) => {
    for (const mark of ['\ufeff', '']) {
      const bytes = Buffer.from(`${mark}{"releases":[{"ocid":"o1","id":"가"}]}`, 'utf16le');
      const written = encoding === 'utf-16be' ? bytes.swap16() : bytes;
      async function* byteByByte(): AsyncGenerator<Buffer> {
        for (const byte of written) yield await Promise.resolve(Buffer.from([byte]));
      }
      expect(seen(await readAll(byteByByte()))).toEqual([['o1', ['가'], 1]]);
    }
  });

  it('refuses a release that is not UTF-8', async () => {
    async function* latin1(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from('{"ocid":"caf\u00e9"}', 'latin1'));
    }
    expect(codes(await readAll(latin1()))).toEqual([[1, 'release-malformed', true]]);
  });

  it('refuses a release with text that cannot be stored, and names its place', async () => {
    const [half, nul] = ['\\ud83c', '\\u0000'];
    const batches = await readText(
      `{"releases":[\n{"ocid":"o1","buyer":{"name":"a${half}"}},\n{"ocid":"o2","tag":["b${nul}"]},\n{"ocid":"o3","id":"r3"}]}`,
    );
    expect(seen(batches)[0]).toEqual(['o3', ['r3'], 4]);
    expect(batches.flatMap(({ problems }) => problems)).toMatchObject([
      { line: 2, code: 'release-unreadable', field: 'buyer.name', fatal: true },
      { line: 3, code: 'release-unreadable', field: 'tag.0', fatal: true },
    ]);
  });

  it('hands on what it has after some hundred releases', async () => {
    let written = 0;
    async function* large(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"releases":[');
      while (written < 5000) {
        const release = JSON.stringify({ ocid: `o${written}`, id: 'r', text: 'x'.repeat(500) });
        yield await Promise.resolve(Buffer.from(`${written++ === 0 ? '' : ','}${release}`));
      }
      yield Buffer.from(']}');
    }
    let seenSoFar = 0;
    let furthest = 0;
    for await (const batch of readOcds(large())) {
      seenSoFar += batch.releases.length;
      furthest = Math.max(furthest, written - seenSoFar);
    }
    expect(seenSoFar).toBe(5000);
    expect(furthest).toBeLessThan(510);
  });
});
