import { defaultPlans } from '../../core/planning/plans.default.js';
import { happenedBy } from './payments-sheet.js';

const [paidOn, inspectedOn] = ['2026-04-09', '2026-04-02'];
const of = (kind: keyof typeof defaultPlans, called: string, days: { paid?: boolean; inspected?: boolean }) =>
  happenedBy(defaultPlans[kind], {
    kind: called,
    paidOn: days.paid ? paidOn : null,
    inspectedOn: days.inspected ? inspectedOn : null,
  }).map(({ code, occurredOn }) => `${code} ${occurredOn.slice(5)}`);
const both = { paid: true, inspected: true };
const paid = { paid: true };

it.each([
  ['works', '선금', both, ['advance-payment 04-09']],
  ['works', '기성금', both, ['progress-inspection 04-02']],
  // It is not paid before it is inspected.
  ['works', '기성 ', paid, ['progress-inspection 04-09']],
  ['works', '준공금', both, ['final-payment 04-09', 'completion-inspection 04-02']],
  ['works', '준공대금 지급', paid, ['final-payment 04-09']],
  ['works', '준공검사', both, ['completion-inspection 04-02']],
  ['works', 'Final Payment', paid, ['final-payment 04-09']],
  ['service', '대가', both, ['payment 04-09', 'acceptance 04-02']],
  ['service', '중간보고', paid, ['interim 04-09']],
  ['goods', '잔금', both, ['payment 04-09', 'inspection 04-02']],
  ['grant', '보조금', paid, ['disbursement 04-09']],
  ['grant', '정산', paid, ['settlement 04-09']],
  // What a plan has no milestone for, or dates itself, is not taken for another.
  ['service', '선금', paid, []],
  ['service', '기성금', paid, []],
  ['goods', '기성금', both, []],
  ['works', '준공금', {}, []],
  ['works', '착공', paid, []],
  ['works', '', paid, []],
] as const)('takes a row of %s called “%s” for what it is', (kind, called, days, happened) => {
  expect(of(kind, called, days)).toEqual(happened);
});
