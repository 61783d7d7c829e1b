import { tileWidth } from './merkle-tree.js';

/** Where a tile stands: its level in the tree, or `entries`; its number in the level; how many of its hashes are wanted. */
export interface TilePlace {
  level: number | 'entries';
  index: number;
  width: number;
}

/** Tiles of higher numbers would hold more entries than a whole number can count. */
const mostDigits = 12;

/** Reads the path of a tile, such as `0/x001/234.p/7`; null for one that is not written as C2SP's tlog-tiles does. */
export function placeOfTile(path: string): TilePlace | null {
  const [, level, number = '', width = String(tileWidth)] =
    /^(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  const digits = number.replace(/[x/]/g, '');
  if (level === undefined || digits.length > mostDigits) return null;
  const place: TilePlace = {
    level: level === 'entries' ? level : Number(level),
    index: Number(digits),
    width: Number(width),
  };
  // What is written in two ways would be kept twice by whoever caches it.
  return pathOfTile(place) === path && place.width > 0 && place.width <= tileWidth ? place : null;
}

export function pathOfTile({ level, index, width }: TilePlace): string {
  const groups =
    String(index)
      .padStart(3 * Math.ceil(String(index).length / 3), '0')
      .match(/\d{3}/g) ?? [];
  const number = groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${number}${width === tileWidth ? '' : `.p/${width}`}`;
}
