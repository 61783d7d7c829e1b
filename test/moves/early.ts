import { type Move, officer, type Scene } from './scene.js';

/** Ends after seven weeks; the payment is made on a Monday after that, of which its text tells the next day. */
const ending = (s: Scene) => ({ endsOn: s.day(53) });
const paidOn = 56;
const inTime = (s: Scene) => `${s.day(paidOn + 1)}T10:00:00+09:00`;
/** When the neutral text of the payment goes out, of which nobody records anything. */
const neutral = (s: Scene) => `${s.day(73)}T10:00:00+09:00`;
const payment = { text: 'final-payment', contract: ending };
const recorded: Move['play'] = { '+5 15:00': (s) => s.record('final-payment', s.day(7)) };

/** Brings a date forward by so many days, again and again, from a day on. */
const nearer = (field: 'startsOn' | 'endsOn', first: number, by: number, times: number): Move['play'] =>
  Object.fromEntries(
    Array.from({ length: times }, (_, n) => [
      `+${3 + n} 15:00`,
      (s: Scene) => s.patch({ [field]: s.day(first - (n + 1) * by) }),
    ]),
  );

/** Texts that leave long before what they are about, so that there is none when it comes. */
export const movesOfEarly: Move[] = [
  officer('records the final payment in the first week, and leaves it', {
    ...payment,
    due: inTime,
    play: recorded,
  }),
  officer('records the final payment in the first week, and takes it back when its text has left', {
    ...payment,
    due: neutral,
    play: { ...recorded, '+9 15:00': (s) => s.withdraw('final-payment') },
  }),
  officer('records the final payment in the first week, and takes it back when its time is over', {
    ...payment,
    due: neutral,
    play: { ...recorded, '+80 15:00': (s) => s.withdraw('final-payment') },
  }),
  officer('records the final payment in the first week, and corrects it to its day when its text has left', {
    ...payment,
    due: inTime,
    play: { ...recorded, '+9 15:00': (s) => s.correct('final-payment', s.day(paidOn)) },
  }),
  officer('records the final payment in the first week by the page, and leaves it', {
    ...payment,
    by: 'page',
    due: inTime,
    play: {
      '+5 15:00': (s) =>
        s.ofContract('/occurrences', { step: 'save', code: 'final-payment', occurredOn: s.day(7) }),
    },
  }),
  officer(
    'records the final payment a few days ahead, and corrects it by a few days until its text has left',
    {
      ...payment,
      due: inTime,
      play: {
        '+40 15:00': (s) => s.record('final-payment', s.day(52)),
        '+41 15:00': (s) => s.correct('final-payment', s.day(48)),
        '+42 15:00': (s) => s.correct('final-payment', s.day(44)),
      },
    },
  ),
  officer('brings the end forward by a few days, again and again, until its text has left', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(80) }),
    play: nearer('endsOn', 80, 7, 8),
  }),
  officer('brings the end forward by a few days until its text has left, and puts it back', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(80) }),
    play: {
      ...nearer('endsOn', 80, 7, 8),
      '+24 15:00': (s) => s.patch({ endsOn: s.day(80) }),
    },
  }),
  officer('brings the start of a consignment forward until its first inspection is told, and puts it back', {
    text: 'interim',
    contract: (s) => ({
      kind: 'consignment',
      signedOn: '2025-12-15',
      startsOn: s.day(-20),
      endsOn: s.day(300),
    }),
    play: {
      '+5 15:00': (s) => s.patch({ startsOn: '2025-12-16' }),
      '+20 15:00': (s) => s.patch({ startsOn: s.day(-20) }),
    },
  }),
  officer('suspends the contract on the day before each of its milestones', {
    text: 'completion-due',
    contract: ending,
    play: Object.fromEntries(
      [1, 10, 44].map((day) => [`+${day} 15:00`, (s: Scene) => s.go('suspend', s.day(day))]),
    ),
  }),
];
