import { guessedKind, kindGiven } from './kinds.js';

describe('guessedKind', () => {
  it.each([
    ['한빛교 정비공사', 'works'],
    ['한빛교 정비공사 감리용역', 'service'],
    ['공사용 자재 구매', 'goods'],
    ['청사 청소 위탁', 'service'],
    ['Construction of a services building', 'works'],
    ['Supply of works clothes', 'goods'],
    ['Consultancy for the purchase of land', 'service'],
    ['Construcción de la escuela', 'works'],
    ['Adquisición de mobiliario', 'goods'],
    ['C-1', null],
    ['Network upgrade', null],
  ])('takes %s for %s', (title, kind) => {
    expect(guessedKind([], [title])?.kind ?? null).toBe(kind);
  });

  it.each([
    ['72103300', 'works'],
    ['95121500', 'works'],
    ['30191500', 'goods'],
    ['60101700', 'goods'],
    ['80101500', 'service'],
  ])('takes UNSPSC %s for %s, whatever the title', (id, kind) => {
    const items = [{ id: '1', additionalClassifications: [{ scheme: 'unspsc', id }] }];
    expect(guessedKind(items, ['물품 구매'])).toEqual({ kind, from: 'UNSPSC', value: id });
  });
});

it('goes by the kind that was given for the buyer before that for all', () => {
  const given = { all: 'goods', buyers: { 한빛시: 'works' } } as const;
  expect(['한빛시', '딴 곳', 'constructor', null].map((buyer) => kindGiven(given, buyer))).toEqual([
    'works',
    'goods',
    'goods',
    'goods',
  ]);
});
