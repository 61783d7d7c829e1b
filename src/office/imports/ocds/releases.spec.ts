import { createReadStream } from 'node:fs';
import fc from 'fast-check';
import { mergeReleases, type OcdsBatch, type OcdsRelease, readOcds } from './releases.js';

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
    const batches = await readText('{"releases":[\n{"ocid":"o1",},\n{"id":"r2"},\n{"ocid":"o3","id":"r3"}]}');
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
    ['{}', 'ocid-missing'],
    ['{"version":"1.1","releases":[]}', 'ocds-empty'],
    ['<!doctype html>', 'json-expected'],
    ['계약번호,차수', 'json-expected'],
  ])('refuses %s: %s', async (text, code) => {
    expect(codes(await readText(text))).toEqual([[1, code, true]]);
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

const ocid = 'ocds-zz0001-1';
const at = (date: string, body: object, id = date): OcdsRelease => ({ ocid, id, date, tag: ['x'], ...body });

function merged(...releases: OcdsRelease[]): Record<string, unknown> {
  const { ocid: _, date: __, tag: ___, ...rest } = mergeReleases(null, releases).compiled.release;
  return rest;
}

describe('mergeReleases', () => {
  it('lets later values win, by date and not by order', () => {
    const releases = [
      at('2026-03-01', { a: 'late', b: { y: 2 } }),
      at('2026-01-01', { a: 'early', b: { x: 1 } }),
    ];
    expect(merged(...releases)).toEqual({ a: 'late', b: { x: 1, y: 2 } });
  });

  it('compares dates as moments, whatever their zones', () => {
    const tokyo = at('2026-03-01T08:00:00+09:00', { a: 'earlier' });
    const london = at('2026-02-28T23:30:00Z', { a: 'later' });
    expect(merged(london, tokyo)).toEqual({ a: 'later' });
  });

  it('removes what is null, also in the first release', () => {
    expect(merged(at('1', { a: 1, b: null, c: { d: null, e: 1 } }), at('2026-01-01', { a: null }))).toEqual({
      c: { e: 1 },
    });
  });

  it('matches objects in arrays by their id, whether it is text or a number', () => {
    const first = at('2026-01-01', { awards: [{ id: 1, a: 1, deep: [{ id: 'x', v: 1 }] }, { id: '2' }] });
    const second = at('2026-02-01', {
      awards: [{ id: '1', b: 2, deep: [{ id: 'x', v: 2 }, { id: 'y' }] }, { id: '3' }],
    });
    expect(merged(first, second)).toEqual({
      awards: [{ id: '1', a: 1, b: 2, deep: [{ id: 'x', v: 2 }, { id: 'y' }] }, { id: '2' }, { id: '3' }],
    });
  });

  it('replaces arrays of texts, of objects without ids, and those the schema says', () => {
    const first = at('2026-01-01', {
      tags: ['a', 'b'],
      changes: [{ p: 1 }],
      additionalIdentifiers: [{ id: 1 }],
    });
    const second = at('2026-02-01', { tags: ['c'], changes: [{ p: 2 }], additionalIdentifiers: [{ id: 2 }] });
    expect(merged(first, second)).toEqual({
      tags: ['c'],
      changes: [{ p: 2 }],
      additionalIdentifiers: [{ id: 2 }],
    });
  });

  it('takes a compiled release whole, and goes on from it', () => {
    const compiled = at('2026-02-01', { tag: ['compiled'], b: 2 });
    expect(merged(at('2026-01-01', { a: 1 }), compiled, at('2026-03-01', { c: 3 }))).toEqual({ b: 2, c: 3 });
  });

  it('says what it compiled, without the fields of single releases', () => {
    const { compiled } = mergeReleases(null, [at('2026-02-01', {}, 'r2'), at('2026-01-01', {}, 'r1')]);
    expect(compiled).toEqual({
      ocid,
      date: '2026-02-01',
      merged: ['r1', 'r2'],
      release: { ocid, date: '2026-02-01', tag: ['compiled'] },
    });
  });

  it('merges a later import into what was kept, as if all had come at once', () => {
    const releases = [
      at('2026-01-01', { a: 1, l: [{ id: 1, x: 1 }] }),
      at('2026-02-01', { l: [{ id: 1, y: 2 }] }),
      at('2026-03-01', { a: null }),
    ];
    const all = mergeReleases(null, releases).compiled;
    const kept = JSON.parse(JSON.stringify(mergeReleases(null, releases.slice(0, 1)).compiled)) as typeof all;
    expect(mergeReleases(kept, releases.slice(1))).toEqual({ compiled: all, late: [] });
  });

  it('changes nothing when the same releases come again', () => {
    const releases = [at('2026-01-01', { a: 1 }), at('2026-02-01', { b: [{ id: 1 }] })];
    const { compiled } = mergeReleases(null, releases);
    expect(mergeReleases(compiled, releases)).toEqual({ compiled, late: [] });
  });

  it('gives back a release that comes too late to be put in its place', () => {
    const { compiled } = mergeReleases(null, [at('2026-02-01', { a: 2 })]);
    const older = at('2026-01-01', { a: 1 });
    expect(mergeReleases(compiled, [older])).toEqual({ compiled, late: [older] });
  });

  it('takes a corrected release of the same day over the one before', () => {
    const { compiled } = mergeReleases(null, [at('2026-02-01', { a: 1 }, 'r')]);
    expect(mergeReleases(compiled, [at('2026-02-01', { a: 2 }, 'r')]).compiled.release['a']).toBe(2);
  });

  it('never touches a prototype', () => {
    const evil = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":true}}}') as object;
    const { release } = mergeReleases(null, [
      at('2026-01-01', { ...evil }),
      at('2026-02-01', { ...evil }),
    ]).compiled;
    expect((release as { polluted?: boolean }).polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('does not depend on the order in which releases come', () => {
    const body = fc.record(
      { a: fc.option(fc.integer()), l: fc.array(fc.record({ id: fc.nat(3), v: fc.option(fc.integer()) })) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 6 }), (bodies) => {
        const releases = bodies.map((b, i) => at(`2026-01-0${i + 1}`, b));
        expect(mergeReleases(null, [...releases].reverse())).toEqual(mergeReleases(null, releases));
      }),
    );
  });
});
