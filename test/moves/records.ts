import { type Move, officer, type Scene } from './scene.js';

/** Ends after seven weeks; without a record, the neutral text of its inspection goes out two weeks later. */
const ending = (s: Scene) => ({ endsOn: s.day(53) });
/** When the neutral text of the inspection goes out. */
const neutral = (s: Scene) => `${s.day(70)}T10:00:00+09:00`;
const inspection = { text: 'completion-inspection', contract: ending, due: neutral };

/** What is recorded of a contract, its value, and where it belongs. */
export const movesOfRecords: Move[] = [
  officer('never records the inspection', { ...inspection, play: {} }),
  officer('records the inspection weeks after it', {
    ...inspection,
    play: { '+80 15:00': (s) => s.record('completion-inspection', s.day(53)) },
  }),
  officer('records the inspection for a day of last month', {
    ...inspection,
    play: { '+60 15:00': (s) => s.record('completion-inspection', s.day(25)) },
  }),
  officer('records the inspection for a day before the signing', {
    ...inspection,
    play: { '+60 15:00': (s) => s.record('completion-inspection', s.day(-20)) },
  }),
  officer('records the inspection for a day in half a year', {
    ...inspection,
    play: { '+60 15:00': (s) => s.record('completion-inspection', s.day(240)) },
  }),
  officer('records the inspection for two months ahead before its neutral text is due', {
    ...inspection,
    play: { '+56 15:00': (s) => s.record('completion-inspection', s.day(115)) },
  }),
  officer('records the inspection ahead, and corrects it further ahead each time', {
    ...inspection,
    play: {
      '+56 15:00': (s) => s.record('completion-inspection', s.day(68)),
      '+60 15:00': (s) => s.correct('completion-inspection', s.day(80)),
      '+72 15:00': (s) => s.correct('completion-inspection', s.day(130)),
    },
  }),
  officer('corrects a recorded inspection to half a year ahead', {
    ...inspection,
    play: {
      '+56 15:00': (s) => s.record('completion-inspection', s.day(59)),
      '+57 15:00': (s) =>
        s.ofContract('/occurrences/completion-inspection/1/correct', {
          step: 'save',
          occurredOn: s.day(240),
        }),
    },
    by: 'page',
  }),
  officer('records the inspection, and takes it back before its text', {
    ...inspection,
    play: {
      '+53 15:00': (s) => s.record('completion-inspection', s.day(56)),
      '+54 15:00': (s) => s.withdraw('completion-inspection'),
    },
  }),
  officer('records one advance payment twice', {
    text: 'advance-payment',
    due: (s) => `${s.day(16)}T10:00:00+09:00`,
    play: {
      '+15 15:00': (s) => s.record('advance-payment', s.day(16)),
      '+15 15:05': (s) => s.record('advance-payment', s.day(16)),
    },
  }),
  officer('never records an advance payment', {
    text: 'advance-payment',
    due: (s) => `${s.day(16)}T10:00:00+09:00`,
    play: {},
    unseen:
      'never registered: that it was paid stands in another system alone, and the audit office brings no list of it',
  }),
  officer('never records an advance payment, of which the audit office brings the treasury’s sheet', {
    text: 'advance-payment',
    due: (s) => `${s.day(16)}T10:00:00+09:00`,
    play: { '+18 09:30': (s) => s.paid('선금', s.day(16)) },
  }),
  officer('lowers the value below the threshold of the denser plan', {
    text: 'site-check',
    contract: () => ({ value: { amount: '900000000', currency: 'KRW' } }),
    play: { '+9 15:00': (s) => s.patch({ value: { amount: '1000', currency: 'KRW' } }) },
  }),
  officer('takes the value away', {
    text: 'site-check',
    contract: () => ({ value: { amount: '900000000', currency: 'KRW' } }),
    play: { '+9 15:00': (s) => s.patch({ value: null }) },
  }),
  officer('makes works goods, which have fewer milestones', {
    text: 'commencement',
    play: { '+1 15:00': (s) => s.patch({ kind: 'goods' }) },
  }),
  officer('moves the contract into a section that goes live in years', {
    play: { '+1 15:00': (s) => s.patch({ departmentId: s.world.unlive }) },
  }),
  officer('moves the contract into a section whose texts are stopped by a brake', {
    play: { '+1 15:00': (s) => s.patch({ departmentId: s.world.braked }) },
  }),
  officer('moves the contract into another section', {
    play: { '+1 15:00': (s) => s.patch({ departmentId: s.world.section }) },
  }),
  officer('names an innocent colleague for the contract, and swaps the number then', {
    play: {
      '+1 15:00': (s) => s.patch({ officerId: s.world.innocent }),
      '+1 15:05': (s) => s.renumber(s.own),
    },
  }),
  officer('names somebody for the contract who has left', {
    play: { '+1 15:00': (s) => s.patch({ officerId: s.world.left }) },
  }),
  officer('closes the flags of their own suspension', {
    play: {
      '+1 15:00': (s) => s.go('suspend', s.day(1)),
      '+1 15:05': (s) =>
        s.post('/flags/close', {
          contractId: s.contract.id,
          kind: 'not-told',
          finding: 'explained',
          note: '비',
        }),
    },
  }),
  officer('stops the department’s texts by a brake', {
    play: {
      '+1 15:00': (s) => s.post('/brakes', { scope: 'department', target: s.world.home, reason: '점검' }),
    },
  }),
];
