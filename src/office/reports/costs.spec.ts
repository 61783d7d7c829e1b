import type { CountedTexts } from '../../core/log/alert-days.service.js';
import { amountOf, costOf } from './costs.js';

const prices = { sms: 0.1, lms: 30, part: 62.5 };
const of = (textClass: CountedTexts['textClass'], texts: number, parts = texts): CountedTexts => ({
  departmentId: 'd',
  provider: 'sandbox',
  textClass,
  texts,
  parts,
});

it.each<[string, CountedTexts, number | null]>([
  ['an SMS in Korea by the text', of('SMS', 3, 9), 0.3],
  ['an LMS in Korea by the text', of('LMS', 2, 8), 60],
  ['what goes elsewhere by its parts', of('elsewhere', 2, 5), 312.5],
  ['nothing of which the class was not kept', of(null, 4), null],
])('prices %s', (_what, count, amount) => {
  expect(amountOf(count, prices)).toBe(amount);
});

it('adds up what is priced, and says how much is not', () => {
  expect(costOf([of('SMS', 3), of('LMS', 1), of(null, 2)], prices)).toEqual({
    texts: 6,
    amount: 30.3,
    unpriced: 2,
  });
  expect(costOf([of('SMS', 3), of('LMS', 1)], { sms: null, lms: 0, part: null })).toEqual({
    texts: 4,
    amount: 0,
    unpriced: 3,
  });
});
