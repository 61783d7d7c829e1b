/** A character that EUC-KR lacks, and so no Korean phone is sure to show. */
export interface Unencodable {
  /** One code point. */
  character: string;
  /** Where it stands, in UTF-16 code units from the start. */
  index: number;
  /** What to write instead; empty: leave it out; null: nothing stands for it, write it another way. */
  instead: string | null;
  reason: 'has-substitute' | 'invisible' | 'emoji' | 'hangul' | 'decomposed-hangul' | 'other';
}

/** Look-alikes that KS X 1001 does hold; what is not listed is tried by its compatibility form. */
const substitutes: Readonly<Record<string, string>> = {
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '•': '·',
  '․': '·',
  '∙': '·',
  '‧': '·',
  '⋅': '·',
  '・': '·',
  '･': '·',
  '▪': '■',
  '►': '▶',
  '▸': '▶',
  '✓': 'V',
  '✔': 'V',
  '✕': '×',
  '✖': '×',
  '‚': ',',
  '‛': "'",
  '„': '"',
  '‟': '"',
  '«': '≪',
  '»': '≫',
  '‹': '〈',
  '›': '〉',
  '〝': '“',
  '〞': '”',
  '©': '(c)',
  '¥': '￥',
  '¢': '￠',
  '£': '￡',
  '¦': '|',
  '¬': '￢',
  '¯': '￣',
  '〜': '～',
  '⁓': '～',
  '✆': '☎',
  '⁄': '/',
  '∕': '/',
};

const invisible = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{M}\u115f\u1160\u3164\uffa0]$/u;
const emoji = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]$/u;

/** `width` gives a character's EUC-KR bytes, 0 for one that cannot be encoded. */
export function adviseOn(
  character: string,
  index: number,
  width: (character: string) => number,
): Unencodable {
  const substitute = substituteFor(character, width);
  if (substitute !== null) return { character, index, instead: substitute, reason: 'has-substitute' };
  if (invisible.test(character)) return { character, index, instead: '', reason: 'invisible' };
  if (emoji.test(character)) return { character, index, instead: '', reason: 'emoji' };
  if (character >= '가' && character <= '힣') return { character, index, instead: null, reason: 'hangul' };
  const reason = /^[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]$/.test(character)
    ? 'decomposed-hangul'
    : 'other';
  return { character, index, instead: null, reason };
}

/** One sentence for the person who wrote the text. */
export function advice({ character, instead, reason }: Unencodable): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  switch (reason) {
    case 'has-substitute':
      return `“${character}” (${code}) cannot be sent in EUC-KR; write “${instead ?? ''}” instead.`;
    case 'invisible':
      return `${code} is invisible and cannot be sent in EUC-KR; leave it out.`;
    case 'emoji':
      return `“${character}” (${code}) is an emoji and cannot be sent in EUC-KR; leave it out.`;
    case 'hangul':
      return `“${character}” (${code}) is not among the 2,350 syllables of KS X 1001; spell it another way.`;
    case 'decomposed-hangul':
      return `“${character}” (${code}) is a loose Hangul letter; write whole syllables (Unicode NFC).`;
    case 'other':
      return `“${character}” (${code}) cannot be sent in EUC-KR; write it another way.`;
  }
}

/** Compatibility forms first (½, ﬁ), then the letter without its accent (é); only what can be encoded. */
function substituteFor(character: string, width: (character: string) => number): string | null {
  const listed = substitutes[character];
  if (listed !== undefined) return listed;
  const bare = character.normalize('NFKD').replace(/\p{M}/gu, '');
  for (const form of [character.normalize('NFKC'), bare]) {
    if (form !== character && form !== '' && [...form].every((c) => width(c) > 0)) return form;
  }
  return null;
}
