import { kindWord } from '../../src/core/texts/texts.words.js';
import { channelsLine, type TextVariables } from '../../src/core/texts/variables.service.js';
import type { Kind } from '../../src/core/settings/plan.schema.js';
import type { Locale } from '../../src/platform/words/words.js';

const agency = { ko: '한빛시', en: 'Hanbit City' };

/** The longest that a default has to bear: October, two digits, a digest of twelve. */
export function variables(locale: Locale, kind: Kind, name: string): TextVariables & Record<string, unknown> {
  return {
    locale,
    agency: { name: agency[locale] },
    channel: { name: '1398', number: '1398', hours: '' },
    sender: { number: '02-123-4567' },
    partials: { agency: agency[locale], channels: channelsLine(['1398'], locale) },
    contract: { reference: 'C-2026-0143', title: 'Hanbit Bridge', kind: kindWord(kind, locale) },
    department: { name: 'Roads' },
    milestone: { name, date: '2026-10-14' },
    digest: { count: 12, day: '2026-10-14', reference: 'C-2026-0143' },
  };
}

/** A city's name of ten bytes, a reference of fourteen, and two reporting channels. */
export function widest(locale: Locale, name: string): TextVariables & Record<string, unknown> {
  const reference = 'C-2026-0143-01';
  return {
    ...variables(locale, 'works', name),
    agency: { name: '서울특별시' },
    partials: { agency: '서울특별시', channels: channelsLine(['1398', '110'], locale) },
    contract: { reference, title: '한빛교', kind: kindWord('works', locale) },
    digest: { count: 12, day: '2026-10-14', reference },
  };
}
