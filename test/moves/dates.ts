import { type Move, officer, type Scene } from './scene.js';

/** Puts a date off by so many days, again and again, each time on the day before the text would go. */
const again = (
  field: 'signedOn' | 'startsOn' | 'endsOn',
  from: number,
  by: number,
  times: number,
): Move['play'] =>
  Object.fromEntries(
    Array.from({ length: times }, (_, n) => [
      `+${from + n * by} 15:00`,
      (s: Scene) => s.patch({ [field]: s.day(first[field] + (n + 1) * by) }),
    ]),
  );
const first = { signedOn: 1, startsOn: 14, endsOn: 53 };

/** When texts go out, and whether the contract still runs. */
export const movesOfDates: Move[] = [
  officer('puts the signing off by four weeks, on the day before the text', {
    play: { '+1 15:00': (s) => s.patch({ signedOn: s.day(29) }) },
  }),
  officer('puts the signing off by four weeks, on the day before the text', {
    by: 'page',
    play: {
      '+1 15:00': (s) => s.ofContract('/change', s.changed({ signedOn: s.day(29), startsOn: s.day(35) })),
    },
  }),
  officer('puts the signing off by two days, again and again', { play: again('signedOn', 1, 2, 40) }),
  officer('puts the start off by a week, again and again', {
    text: 'commencement',
    play: again('startsOn', 10, 7, 11),
  }),
  officer('puts the end off by a week, again and again, always two weeks ahead', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: again('endsOn', 32, 7, 8),
  }),
  officer('puts the signing years back, so that its text is long past', {
    play: { '+1 15:00': (s) => s.patch({ signedOn: '2024-03-04' }) },
  }),
  officer('puts the start years back', {
    text: 'commencement',
    play: { '+9 15:00': (s) => s.patch({ startsOn: '2024-03-04' }) },
  }),
  officer('puts the end back to before today', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: { '+40 15:00': (s) => s.patch({ endsOn: s.day(30) }) },
  }),
  officer('puts the start to the end of the century', {
    text: 'commencement',
    play: { '+9 15:00': (s) => s.patch({ startsOn: '2099-01-04', endsOn: '2099-12-31' }) },
  }),
  officer('clears the start', {
    text: 'commencement',
    play: { '+9 15:00': (s) => s.patch({ startsOn: null }) },
  }),
  officer('clears the end, weeks ahead', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: { '+5 15:00': (s) => s.patch({ endsOn: null }) },
  }),
  officer('clears the signing of a signed contract', {
    play: { '+1 15:00': (s) => s.patch({ signedOn: null }) },
  }),
  officer('clears the end of liability before defects are inspected', {
    text: 'defect-inspection',
    contract: () => ({
      signedOn: '2025-03-03',
      startsOn: '2025-03-17',
      endsOn: '2025-09-10',
      liabilityEndsOn: '2027-09-10',
    }),
    setUp: async (s) => {
      await s.service.admin.post(`/contracts/${s.contract.id}/complete`, {
        on: '2025-09-16',
        reason: '준공',
      });
    },
    due: () => '2026-03-16T10:00:00+09:00',
    play: { '+9 15:00': (s) => s.patch({ liabilityEndsOn: null }) },
  }),
  officer('lets liability end on the day before defects are inspected', {
    text: 'defect-inspection',
    contract: () => ({
      signedOn: '2025-03-03',
      startsOn: '2025-03-17',
      endsOn: '2025-09-10',
      liabilityEndsOn: '2027-09-10',
    }),
    setUp: async (s) => {
      await s.service.admin.post(`/contracts/${s.contract.id}/complete`, {
        on: '2025-09-16',
        reason: '준공',
      });
    },
    due: () => '2026-03-16T10:00:00+09:00',
    play: { '+9 15:00': (s) => s.patch({ liabilityEndsOn: '2026-03-15' }) },
  }),
  officer('suspends the contract on the day before', {
    play: { '+1 15:00': (s) => s.go('suspend', s.day(1)) },
  }),
  officer('suspends the contract on the day before', {
    by: 'page',
    play: { '+1 15:00': (s) => s.ofContract('/move/suspend', { step: 'save', on: s.day(1) }) },
  }),
  officer('suspends on the day before and resumes two days later', {
    play: { '+1 15:00': (s) => s.go('suspend', s.day(1)), '+3 15:00': (s) => s.go('resume', s.day(3)) },
  }),
  officer('suspends on the day before and resumes when the grace is over', {
    play: { '+1 15:00': (s) => s.go('suspend', s.day(1)), '+14 15:00': (s) => s.go('resume', s.day(14)) },
  }),
  officer('suspends weeks before, when nothing is due, and resumes when the text is past', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: { '+20 15:00': (s) => s.go('suspend', s.day(20)), '+70 15:00': (s) => s.go('resume', s.day(70)) },
  }),
  officer('terminates the contract before its start is announced', {
    text: 'commencement',
    play: { '+9 15:00': (s) => s.go('terminate', s.day(9)) },
  }),
  officer('terminates the contract before its start is announced', {
    by: 'page',
    text: 'commencement',
    play: { '+9 15:00': (s) => s.ofContract('/move/terminate', { step: 'save', on: s.day(9) }) },
  }),
  officer('terminates as of a day before the signing', {
    play: { '+1 15:00': (s) => s.go('terminate', s.day(-30)) },
  }),
  officer('suspends first, and terminates in the suspension', {
    text: 'commencement',
    play: { '+5 15:00': (s) => s.go('suspend', s.day(5)), '+9 15:00': (s) => s.go('terminate', s.day(9)) },
  }),
  officer('completes the contract before its end is announced', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: { '+40 15:00': (s) => s.go('complete', s.day(40)) },
  }),
  officer('completes the contract as of next year', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: { '+40 15:00': (s) => s.go('complete', '2027-03-02') },
  }),
];
