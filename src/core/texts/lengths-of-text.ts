import { domesticPrefixBytes, koreanLength, smsLength } from './lengths.js';
import type { LengthsView } from './template.schema.js';
import { advice } from './unencodable.js';

/** What a text counts as in Korea and elsewhere, for people to read. */
export function lengthsOfText(text: string): LengthsView {
  const korean = koreanLength(text, domesticPrefixBytes);
  return {
    sms: smsLength(text),
    korean: {
      bytes: korean.bytes,
      class: korean.class,
      unencodable: korean.unencodable.map((found) => ({
        character: found.character,
        index: found.index,
        instead: found.instead,
        advice: advice(found),
      })),
    },
  };
}
