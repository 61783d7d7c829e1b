import type { Figures } from '../../coverage/coverage-figures.js';
import { type Reason, reasons, reasonWords } from '../../coverage/coverage-rules.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';

export interface ShownReason {
  reason: Reason;
  text: string;
  count: number;
}

/** Of an empty period there is no share. */
export function shareText(figures: Figures, locale: Locale): string | null {
  const percent = percentOf(figures);
  if (percent === null) return null;
  const form = new Intl.NumberFormat(locale === 'ko' ? 'ko-KR' : 'en-GB', { maximumFractionDigits: 1 });
  return `${form.format(percent)}%`;
}

/** Told of those that called for it, in per cent, to one place: rounded down, so that 100 means all of them. */
export function percentOf({ called, delivered, alerted }: Figures): number | null {
  return called === 0 ? null : Math.floor(((delivered + alerted) * 1000) / called) / 10;
}

/** What a figure says in a sentence. */
export function headlineOf(figures: Figures, locale: Locale) {
  const told = figures.delivered + figures.alerted;
  const untold = figures.called - told;
  const key =
    figures.called === 0
      ? 'headlineNone'
      : untold === 0
        ? 'headlineAll'
        : figures.partly > 0
          ? 'headlinePartly'
          : 'headline';
  const written = (count: number) => count.toLocaleString(locale === 'ko' ? 'ko-KR' : 'en-GB');
  return {
    share: shareText(figures, locale),
    text: translate(locale, `coverage.${key}`, {
      called: written(figures.called),
      told: written(told),
      untold: written(untold),
      partly: written(figures.partly),
    }),
    reasons: reasonsOf(figures, locale),
    neutral: figures.neutral,
    toCome: figures.toCome,
  };
}

/** Of the missed and the partly told together, the most frequent first. */
export function reasonsOf({ missedBecause, partlyBecause }: Figures, locale: Locale): ShownReason[] {
  return reasons
    .map((reason) => ({
      reason,
      text: reasonWords[reason][locale],
      count: (missedBecause[reason] ?? 0) + (partlyBecause[reason] ?? 0),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
