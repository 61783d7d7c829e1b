import { Misfits } from './misfits.js';

const altered = (row: number, table = 'message') =>
  ['row-altered', { table, row: String(row), column: 'text' }] as const;

describe('Misfits', () => {
  it('names what was found in its order, and each thing once', () => {
    const misfits = new Misfits();
    for (const row of [2, 1, 2]) misfits.add(...altered(row));
    expect(misfits.named.map(({ params }) => params['row'])).toEqual(['2', '1']);
    expect(misfits.total).toBe(2);
  });

  it('names few of a kind, so that the next kind is named too', () => {
    const misfits = new Misfits();
    for (let row = 0; row < 500; row += 1) misfits.add(...altered(row));
    misfits.add(...altered(0, 'flag'));
    expect(misfits.named).toHaveLength(21);
    expect(misfits.named.at(-1)?.params['table']).toBe('flag');
    expect(misfits.total).toBe(501);
  });

  it('names a hundred and counts ten thousand, however much does not fit', () => {
    const misfits = new Misfits();
    for (let n = 0; n < 20_000; n += 1) misfits.add(...altered(n, `table ${n % 10}`));
    expect(misfits.named).toHaveLength(100);
    expect(misfits.total).toBe(10_000);
  });
});
