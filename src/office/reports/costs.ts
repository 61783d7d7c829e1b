import type { CountedTexts } from '../../core/log/alert-days.service.js';
import type { Agency } from '../../core/settings/settings.schema.js';

/** MonthCosts are the texts of a month by what they cost, with the prices that were set when they were counted. */
export interface MonthCosts extends Pick<Agency, 'currency' | 'prices'> {
  counts: CountedTexts[];
}

/** Cost is an amount, and how many texts are left out of it because nobody has set what they cost. */
export interface Cost {
  texts: number;
  /** In the currency of the prices, which may have fractions. */
  amount: number;
  unpriced: number;
}

/** Returns the price of a text in Korea, or of a part of one elsewhere; null where nobody has set it or its class was not kept. */
export function priceOf({ textClass }: CountedTexts, prices: MonthCosts['prices']): number | null {
  const byClass = { SMS: prices.sms, LMS: prices.lms, elsewhere: prices.part };
  return textClass === null ? null : byClass[textClass];
}

/** Returns what counted texts cost; null where their price is not known. */
export function amountOf(count: CountedTexts, prices: MonthCosts['prices']): number | null {
  const price = priceOf(count, prices);
  const units = count.textClass === 'elsewhere' ? count.parts : count.texts;
  return price === null ? null : exact(price * units);
}

export function costOf(counts: CountedTexts[], prices: MonthCosts['prices']): Cost {
  const cost: Cost = { texts: 0, amount: 0, unpriced: 0 };
  for (const count of counts) {
    const amount = amountOf(count, prices);
    cost.texts += count.texts;
    cost.amount = exact(cost.amount + (amount ?? 0));
    if (amount === null) cost.unpriced += count.texts;
  }
  return cost;
}

/** Prices have so few places that sums of them are exact when what binary fractions add is cut off. */
function exact(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}
