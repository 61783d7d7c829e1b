import { graphemeRuns } from './grapheme.table.js';

interface Runs {
  starts: Uint32Array;
  classes: string[];
}

const runs = readRuns(graphemeRuns);

/**
 * Splits a text into what a reader sees as one character and a part of a text message should not tear:
 * sizes in UTF-16 code units, which add up to the text's length. CR LF is two.
 *
 * The rules are those of grapheme-splitter 1.0.4 (UAX #29 for Unicode 10.0, with its slips about flags and
 * emoji modifiers), because Twilio's calculator counts by it. `Intl.Segmenter` follows newer rules, which
 * also change with the version of Node.
 */
export function graphemeSizes(text: string): number[] {
  const sizes: number[] = [];
  let cluster = '';
  let size = 0;
  for (const character of text) {
    const next = classOf(character.codePointAt(0) ?? 0);
    if (cluster !== '' && !joins(cluster, next)) {
      sizes.push(size);
      cluster = '';
      size = 0;
    }
    cluster += next;
    size += character.length;
  }
  if (size > 0) sizes.push(size);
  return sizes;
}

/**
 * Whether this UTF-16 code unit is always a character of its own. May say no of one that is: a cheap test
 * for nearly every text that is sent.
 */
export function standsAlone(unit: number): boolean {
  return (
    unit < 0x300 ||
    (unit >= 0xac00 && unit <= 0xd7a3) ||
    (unit >= 0x2010 && unit <= 0x2027) ||
    (unit >= 0x2190 && unit <= 0x2bff) ||
    (unit >= 0x30a0 && unit <= 0x9fff)
  );
}

/** `cluster` holds the class letters so far, `next` the letter that follows. See `graphemeRuns` for the letters. */
function joins(cluster: string, next: string): boolean {
  const previous = cluster.charAt(cluster.length - 1);
  if ('CRN'.includes(previous) || 'CRN'.includes(next)) return false;
  // One of the slips: nothing joins a flag that already has a mark.
  if (/^.F+[^F]$/.test(cluster)) return false;
  if (joinsHangul(previous, next)) return true;
  if ('XZS'.includes(next) || previous === 'P') return true;
  if (next === 'M') return /^[^X]*[BG]$|[BG]X$/.test(cluster);
  if (next === 'H' || next === 'G') return previous === 'Z';
  return next === 'F' && cluster === 'F';
}

function joinsHangul(previous: string, next: string): boolean {
  if (previous === 'L') return 'LVDE'.includes(next);
  if (previous === 'D' || previous === 'V') return next === 'V' || next === 'T';
  return (previous === 'E' || previous === 'T') && next === 'T';
}

function classOf(codePoint: number): string {
  if (codePoint >= 0xac00 && codePoint <= 0xd7a3) return (codePoint - 0xac00) % 28 === 0 ? 'D' : 'E';
  let low = 0;
  let high = runs.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs.starts[middle] ?? 0) <= codePoint) low = middle;
    else high = middle - 1;
  }
  return runs.classes[low] ?? 'O';
}

function readRuns(packed: string): Runs {
  const starts: number[] = [];
  const classes: string[] = [];
  let start = 0;
  for (const [, letter = 'O', step = '0'] of packed.matchAll(/([A-Z])([0-9a-z]+)/g)) {
    start += parseInt(step, 36);
    starts.push(start);
    classes.push(letter);
  }
  return { starts: Uint32Array.from(starts), classes };
}
