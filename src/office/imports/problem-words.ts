import { askedFor, isSheetField } from './sheets/sheet-fields.js';
import { fileWords } from './problem-words/file-words.js';
import type { KoreanByCode } from './problem-words/korean-words.js';
import { ocdsWords } from './problem-words/ocds-words.js';
import { rowWords } from './problem-words/row-words.js';

interface Both {
  ko: string;
  en: string;
}

const korean: KoreanByCode = {
  ...rowWords,
  ...fileWords,
  ...ocdsWords,
};

/**
 * A problem of an import in both languages. The English is the problem's own; a code that nobody has put into Korean
 * (one of another part of the service) keeps it in both. Refusals of a whole file carry their advice in the message.
 */
export function problemWords(problem: { code: string; message: string; advice?: string }): {
  message: Both;
  advice: Both;
} {
  const { code, message, advice = '' } = problem;
  const known = Object.hasOwn(korean, code) ? korean[code] : undefined;
  const candidates = known === undefined ? [] : 'message' in known ? [known] : known;
  for (const words of candidates) {
    const found = words.from ? words.from.exec(message) : [];
    if (!found) continue;
    const parts = ('groups' in found && found.groups) || {};
    return {
      message: { ko: filled(words.message, parts), en: message },
      advice: { ko: filled(words.advice, parts), en: advice },
    };
  }
  return { message: { ko: message, en: message }, advice: { ko: advice, en: advice } };
}

/** Whether a code has words of its own in Korean. */
export function hasKorean(code: string): boolean {
  return Object.hasOwn(korean, code);
}

function filled(template: string, parts: Record<string, string | undefined>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const part = parts[name] ?? '';
    return name === 'fields' ? part.split(', ').map(koreanField).join(', ') : part;
  });
}

/** Contradictions name the parts of a contract by their names in the code. */
function koreanField(name: string): string {
  if (name === 'value') return askedFor('amount');
  return isSheetField(name) ? askedFor(name) : name;
}
