import { pathOfTile, placeOfTile } from './tile-path.js';

it.each([
  ['0/000', { level: 0, index: 0, width: 256 }],
  ['0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
  ['1/001.p/17', { level: 1, index: 1, width: 17 }],
  ['entries/x001/000.p/255', { level: 'entries' as const, index: 1000, width: 255 }],
])('reads %s, and writes it so', (path, place) => {
  expect(placeOfTile(path)).toEqual(place);
  expect(pathOfTile(place)).toBe(path);
});

it.each([
  '0/0',
  '0/00',
  '0/0000',
  '00/000',
  '0/x000/000',
  '0/001/000',
  '0/x001',
  '-1/000',
  'x/000',
  '0/000/',
  '0/000.p/0',
  '0/000.p/256',
  '0/000.p/01',
  '0/000.p/',
  '0/000.p/1000',
  'entries',
  '',
  '0/0٠0',
  '0/x001/x000/x000/x000/000',
  '100/000',
])('does not read %s', (path) => {
  expect(placeOfTile(path)).toBeNull();
});
