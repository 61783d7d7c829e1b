/** What a number format makes of a number; see ECMA-376, part 1, 18.8.30 and 18.8.31. */
export type NumberShape =
  | { as: 'number' }
  | { as: 'date' }
  | { as: 'percent' }
  /** Digits with a fixed pattern, such as 00000, 000-00-00000 or "C-2026-"0000: shown is what a person typed. */
  | { as: 'pattern'; tokens: PatternToken[] }
  /** `#,##0"천원"`: the unit belongs to the value. */
  | { as: 'unit'; unit: string; dividedBy: number };

type PatternToken = { digit: '0' | '#' } | { literal: string };

const number: NumberShape = { as: 'number' };

/** Built-in formats 27 to 36 and 50 to 58 are dates of the East Asian locales. */
export function shapeOfBuiltIn(id: number): NumberShape {
  if (id === 9 || id === 10) return { as: 'percent' };
  const isDate = (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || id >= 50;
  return isDate && id <= 58 ? { as: 'date' } : number;
}

/** `code` as in styles.xml, such as `yyyy"년" m"월" d"일"` or `[$-412]yyyy-mm-dd`. */
export function shapeOf(code: string): NumberShape {
  const [section = ''] = sectionsOf(code);
  const bare = bareOf(section);
  if (/^(general|표준|g\/표준)$/i.test(section.trim())) return number;
  if (/%/.test(bare)) return { as: 'percent' };
  // Hours and minutes alone are a time, and no day.
  if (/y|d|e(?![+-])|m{3}/i.test(bare) || /^\W*m+\W*$/i.test(bare)) return { as: 'date' };
  const [unit] = /(천|만|백만|천만|억)\s*원?/.exec(literalsOf(section)) ?? [];
  if (unit !== undefined && /[0#]/.test(bare)) {
    const commas = /[0#](,+)(?![0#,.])/.exec(bare)?.[1]?.length ?? 0;
    return { as: 'unit', unit, dividedBy: 1000 ** commas };
  }
  const tokens = /^[0#\-\s]*0[0#\-\s]*$/.test(bare) ? patternOf(section) : null;
  const isPattern = tokens && tokens.filter((t) => 'literal' in t || t.digit === '0').length > 1;
  return isPattern && tokens ? { as: 'pattern', tokens } : number;
}

/** The digits of a whole number in a pattern; null when it is none, or negative. */
export function inPattern(value: number, tokens: readonly PatternToken[]): string | null {
  if (!Number.isInteger(value) || value < 0 || value >= 1e15) return null;
  const digits = String(value).split('');
  const out: string[] = [];
  const places = tokens.filter((token) => 'digit' in token).length;
  let left = places;
  for (const token of [...tokens].reverse()) {
    if ('literal' in token) {
      out.unshift(token.literal);
      continue;
    }
    left -= 1;
    const digit = left === 0 ? digits.splice(0).join('') : digits.pop();
    out.unshift(digit !== undefined && digit !== '' ? digit : token.digit === '0' ? '0' : '');
  }
  return out.join('');
}

function sectionsOf(code: string): string[] {
  return code.replace(/"[^"]*"|\\.|;/gs, (part) => (part === ';' ? '\u0000' : part)).split('\u0000');
}

/** Without what is quoted, escaped, in brackets (but for elapsed hours), or only makes room. */
function bareOf(section: string): string {
  return section
    .replace(/"[^"]*"|\\.|_./gs, '')
    .replace(/\*./gs, '')
    .replace(/\[(?!(h+|m+|s+)\])[^\]]*\]/gi, '')
    .replace(/general/gi, '');
}

function literalsOf(section: string): string {
  return [...section.matchAll(/"([^"]*)"|\\(.)|([\p{Script=Hangul}]+)/gu)]
    .map(([, quoted, escaped, plain]) => quoted ?? escaped ?? plain ?? '')
    .join('');
}

function patternOf(section: string): PatternToken[] {
  const parts = section.replace(/\[[^\]]*\]|_./g, '').matchAll(/"([^"]*)"|\\(.)|([0#])|([-\s])/gs);
  return [...parts].map(([, quoted, escaped, digit, plain]) =>
    digit === undefined ? { literal: quoted ?? escaped ?? plain ?? '' } : { digit: digit as '0' | '#' },
  );
}
