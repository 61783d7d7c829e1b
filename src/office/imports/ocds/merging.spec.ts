import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { mergeReleases, type OcdsRelease } from './merging.js';

const ocid = 'ocds-zz0001-1';
const at = (date: string, body: object, id = date): OcdsRelease => ({ ocid, id, date, tag: ['x'], ...body });

function merged(...releases: OcdsRelease[]): Record<string, unknown> {
  const { ocid: _, date: __, tag: ___, ...rest } = mergeReleases(null, releases).compiled.release;
  return rest;
}

describe('the fixtures of the standard’s own merge', () => {
  const folder = 'test/fixtures/ocds-merge';
  const read = (path: string) => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8')) as unknown;
  const names = (kind: string) =>
    readdirSync(`${folder}/${kind}`).flatMap((name) => {
      const [, of] = /^(.*)-compiled\.json$/.exec(name) ?? [];
      return of === undefined ? [] : [`${kind}/${of}`];
    });
  /** What the schema of `schema/` says beside that of OCDS. */
  const ofTheirSchema = {
    omitted: ['omitWhenMerged', 'c'],
    replaced: [
      'subsubarray',
      'arrayWithoutObjectId',
      'wholeListMergeOmitWhenMerged',
      'wholeListMergeVersionId',
    ],
  };

  function compiled(name: string) {
    const releases = read(`${name}.json`) as OcdsRelease[];
    // `omitWhenMerged` stands inside a list there that is to be kept whole: lists are, as they come.
    const { release } = name.startsWith('schema/')
      ? mergeReleases(null, releases, ofTheirSchema).compiled
      : mergeReleases(null, releases).compiled;
    // We give a compiled release no id: nothing here reads it.
    return { ...release, id: `${release.ocid}-${String(release['date'])}` };
  }

  it('are all here that state a compiled release', () => {
    expect(['1.0', '1.1', 'schema'].map((kind) => names(kind).length)).toEqual([1, 17, 13]);
  });

  it.each([...names('1.1'), ...names('schema')])('%s is compiled the same', (name) => {
    expect(compiled(name)).toEqual(read(`${name}-compiled.json`));
  });

  // What differs: OCDS 1.0 replaces the suppliers of an award. They are merged as by 1.1, so that none is lost, and an
  // empty object changes nothing.
  it('1.0/suppliers is compiled as by 1.1', () => {
    const theirs = JSON.stringify(read('1.0/suppliers-compiled.json'));
    expect(compiled('1.0/suppliers')).toEqual(JSON.parse(theirs.replace(',"details":{}', '')));
  });

  // What differs: of an object without an id, the same once more is not added, so that a release that comes every week
  // does not grow. No fixture states one across releases; within one release each counts.
  it('keeps objects without ids of one release, and adds none that is known', () => {
    const release = read('schema/identifier-merge-no-id.json') as OcdsRelease[];
    const nested = [{ id: '1', array: [{ key: 'first' }, { key: 'second' }] }];
    expect(mergeReleases(null, [...release, ...release]).compiled.release['nested']).toEqual(nested);
  });
});

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

  it('replaces arrays of texts, and those the schema says', () => {
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
      awardsOf: {},
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
