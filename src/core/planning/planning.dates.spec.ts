import { calendarOf } from '../calendar/calendar.js';
import { instantOf, localDateOf, localTimeOf, weekday } from '../calendar/local-date.js';
import type { Kind, Plan } from '../settings/plan.schema.js';
import { planContract } from './planning.js';
import type {
  AlertReason,
  AlertStatus,
  ContractState,
  ExistingAlert,
  Planned,
  PlanningInput,
  RecordedOccurrence,
} from './planning.types.js';
import { defaultPlans } from './plans.default.js';

/**
 * The specification of dates: contracts whose days were worked out apart from this code, from a hand-written list
 * of Korea's public holidays. One contact, in Seoul; texts go out 09:00 to 18:00.
 */
interface DatedContract {
  why: string;
  kind: Kind;
  /** Signed, starts, ends; `-` when unknown. */
  on: string;
  state?: ContractState;
  completed?: string;
  terminated?: string;
  liability?: string;
  goLive?: string;
  /** Local time; without it the morning of the signing. */
  now?: string;
  /** `code#number day` */
  occurred?: string[];
  /** The agency's list. */
  closed?: string[];
  open?: string[];
  /** What stands in the database: `code#number day hour status [reason] [neutral]`. */
  was?: string[];
  /** The plan's hours: `code hour`. */
  hours?: string[];
  /** `code#number weekday day → weekday day hour [neutral] [status reason]`; `by`: the expected-by day. */
  expected: string;
}

const contracts: DatedContract[] = [
  {
    why: 'the published OCDS story: nothing recorded, so two neutral texts close it',
    kind: 'works',
    on: '2010-06-10 2010-07-01 2011-06-30',
    expected: `
      signing#1 Thu 2010-06-10 → Fri 2010-06-11 10:00
      commencement#1 Thu 2010-07-01 → Wed 2010-06-30 10:00
      progress-inspection#1 Thu 2010-12-30 → Thu 2010-12-30 10:00
      completion-due#1 Thu 2011-06-30 → Thu 2011-06-23 10:00
      completion-inspection#1 by Thu 2011-07-14 → Fri 2011-07-15 10:00 neutral
      final-payment#1 by Tue 2011-07-19 → Wed 2011-07-20 10:00 neutral`,
  },
  {
    why: 'plain weeks without a holiday',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'signed on a Friday: the text waits for Monday; half falls on a Saturday',
    kind: 'works',
    on: '2026-04-10 2026-04-14 2026-07-15',
    expected: `
      signing#1 Fri 2026-04-10 → Mon 2026-04-13 10:00
      commencement#1 Tue 2026-04-14 → Mon 2026-04-13 10:00
      progress-inspection#1 Mon 2026-06-01 → Mon 2026-06-01 10:00
      completion-due#1 Wed 2026-07-15 → Wed 2026-07-08 10:00
      completion-inspection#1 by Wed 2026-07-29 → Thu 2026-07-30 10:00 neutral
      final-payment#1 by Mon 2026-08-03 → Tue 2026-08-04 10:00 neutral`,
  },
  {
    why: 'signed on a Saturday, starts on a Sunday, ends on a Saturday: given days stay, alerts keep to business days',
    kind: 'works',
    on: '2026-06-13 2026-06-21 2026-09-12',
    expected: `
      signing#1 Sat 2026-06-13 → Mon 2026-06-15 10:00
      commencement#1 Sun 2026-06-21 → Fri 2026-06-19 10:00
      progress-inspection#1 Mon 2026-08-03 → Mon 2026-08-03 10:00
      completion-due#1 Sat 2026-09-12 → Mon 2026-09-07 10:00
      completion-inspection#1 by Mon 2026-09-28 → Tue 2026-09-29 10:00 neutral
      final-payment#1 by Thu 2026-10-01 → Fri 2026-10-02 10:00 neutral`,
  },
  {
    why: 'starts on a Monday: told the Friday before',
    kind: 'works',
    on: '2026-10-19 2026-10-26 2026-12-18',
    expected: `
      signing#1 Mon 2026-10-19 → Tue 2026-10-20 10:00
      commencement#1 Mon 2026-10-26 → Fri 2026-10-23 10:00
      progress-inspection#1 Mon 2026-11-23 → Mon 2026-11-23 10:00
      completion-due#1 Fri 2026-12-18 → Fri 2026-12-11 10:00
      completion-inspection#1 by Mon 2027-01-04 → Tue 2027-01-05 10:00 neutral
      final-payment#1 by Wed 2027-01-06 → Thu 2027-01-07 10:00 neutral`,
  },
  {
    why: 'starts on the first day after Seollal 2026: told on the Friday before the long weekend',
    kind: 'works',
    on: '2026-02-10 2026-02-19 2026-06-30',
    expected: `
      signing#1 Tue 2026-02-10 → Wed 2026-02-11 10:00
      commencement#1 Thu 2026-02-19 → Fri 2026-02-13 10:00
      progress-inspection#1 Mon 2026-04-27 → Mon 2026-04-27 10:00
      completion-due#1 Tue 2026-06-30 → Tue 2026-06-23 10:00
      completion-inspection#1 by Tue 2026-07-14 → Wed 2026-07-15 10:00 neutral
      final-payment#1 by Mon 2026-07-20 → Tue 2026-07-21 10:00 neutral`,
  },
  {
    why: 'signed on the eve of Chuseok 2026, which ends on a Saturday and has no substitute',
    kind: 'works',
    on: '2026-09-23 2026-09-29 2026-11-30',
    expected: `
      signing#1 Wed 2026-09-23 → Mon 2026-09-28 10:00
      commencement#1 Tue 2026-09-29 → Mon 2026-09-28 10:00
      progress-inspection#1 Fri 2026-10-30 → Fri 2026-10-30 10:00
      completion-due#1 Mon 2026-11-30 → Mon 2026-11-23 10:00
      completion-inspection#1 by Mon 2026-12-14 → Tue 2026-12-15 10:00 neutral
      final-payment#1 by Mon 2026-12-21 → Tue 2026-12-22 10:00 neutral`,
  },
  {
    why: 'five business days back from 8 October 2026 step over the substitute of 3 October',
    kind: 'works',
    on: '2026-05-04 2026-05-11 2026-10-08',
    expected: `
      signing#1 Mon 2026-05-04 → Wed 2026-05-06 10:00
      commencement#1 Mon 2026-05-11 → Fri 2026-05-08 10:00
      progress-inspection#1 Mon 2026-07-27 → Mon 2026-07-27 10:00
      completion-due#1 Thu 2026-10-08 → Wed 2026-09-30 10:00
      completion-inspection#1 by Thu 2026-10-22 → Fri 2026-10-23 10:00 neutral
      final-payment#1 by Tue 2026-10-27 → Wed 2026-10-28 10:00 neutral`,
  },
  {
    why: 'signed on a Friday before a substitute Monday (15 August 2026 is a Saturday)',
    kind: 'works',
    on: '2026-08-14 2026-08-18 2026-11-13',
    expected: `
      signing#1 Fri 2026-08-14 → Tue 2026-08-18 10:00
      commencement#1 Tue 2026-08-18 → Fri 2026-08-14 10:00
      progress-inspection#1 Wed 2026-09-30 → Wed 2026-09-30 10:00
      completion-due#1 Fri 2026-11-13 → Fri 2026-11-06 10:00
      completion-inspection#1 by Fri 2026-11-27 → Mon 2026-11-30 10:00 neutral
      final-payment#1 by Wed 2026-12-02 → Thu 2026-12-03 10:00 neutral`,
  },
  {
    why: 'signed on Friday 2 May 2025: 5 May is two holidays at once, 6 May their one substitute',
    kind: 'works',
    on: '2025-05-02 2025-05-08 2025-08-29',
    expected: `
      signing#1 Fri 2025-05-02 → Wed 2025-05-07 10:00
      commencement#1 Thu 2025-05-08 → Wed 2025-05-07 10:00
      progress-inspection#1 Thu 2025-07-03 → Thu 2025-07-03 10:00
      completion-due#1 Fri 2025-08-29 → Fri 2025-08-22 10:00
      completion-inspection#1 by Fri 2025-09-12 → Mon 2025-09-15 10:00 neutral
      final-payment#1 by Wed 2025-09-17 → Thu 2025-09-18 10:00 neutral`,
  },
  {
    why: 'starts after the seven closed days of October 2025',
    kind: 'works',
    on: '2025-09-25 2025-10-10 2025-12-26',
    expected: `
      signing#1 Thu 2025-09-25 → Fri 2025-09-26 10:00
      commencement#1 Fri 2025-10-10 → Thu 2025-10-02 10:00
      progress-inspection#1 Mon 2025-11-17 → Mon 2025-11-17 10:00
      completion-due#1 Fri 2025-12-26 → Thu 2025-12-18 10:00
      completion-inspection#1 by Fri 2026-01-09 → Mon 2026-01-12 10:00 neutral
      final-payment#1 by Wed 2026-01-14 → Thu 2026-01-15 10:00 neutral`,
  },
  {
    why: '17 July is a working day in 2025 …',
    kind: 'works',
    on: '2025-07-16 2025-07-18 2025-10-31',
    expected: `
      signing#1 Wed 2025-07-16 → Thu 2025-07-17 10:00
      commencement#1 Fri 2025-07-18 → Thu 2025-07-17 10:00
      progress-inspection#1 Mon 2025-09-08 → Mon 2025-09-08 10:00
      completion-due#1 Fri 2025-10-31 → Fri 2025-10-24 10:00
      completion-inspection#1 by Fri 2025-11-14 → Mon 2025-11-17 10:00 neutral
      final-payment#1 by Wed 2025-11-19 → Thu 2025-11-20 10:00 neutral`,
  },
  {
    why: '… and a holiday again from 2026',
    kind: 'works',
    on: '2026-07-16 2026-07-20 2026-10-30',
    expected: `
      signing#1 Thu 2026-07-16 → Mon 2026-07-20 10:00
      commencement#1 Mon 2026-07-20 → Thu 2026-07-16 10:00
      progress-inspection#1 Wed 2026-09-09 → Wed 2026-09-09 10:00
      completion-due#1 Fri 2026-10-30 → Fri 2026-10-23 10:00
      completion-inspection#1 by Fri 2026-11-13 → Mon 2026-11-16 10:00 neutral
      final-payment#1 by Wed 2026-11-18 → Thu 2026-11-19 10:00 neutral`,
  },
  {
    why: '3 October 2020 (Saturday) had no substitute yet; 5 October is open',
    kind: 'works',
    on: '2020-09-29 2020-10-06 2020-12-11',
    expected: `
      signing#1 Tue 2020-09-29 → Mon 2020-10-05 10:00
      commencement#1 Tue 2020-10-06 → Mon 2020-10-05 10:00
      progress-inspection#1 Mon 2020-11-09 → Mon 2020-11-09 10:00
      completion-due#1 Fri 2020-12-11 → Fri 2020-12-04 10:00
      completion-inspection#1 by Mon 2020-12-28 → Tue 2020-12-29 10:00 neutral
      final-payment#1 by Wed 2020-12-30 → Thu 2020-12-31 10:00 neutral`,
  },
  {
    why: '15 August 2021 (Sunday) was the first national day with a substitute',
    kind: 'works',
    on: '2021-08-13 2021-08-18 2021-10-12',
    expected: `
      signing#1 Fri 2021-08-13 → Tue 2021-08-17 10:00
      commencement#1 Wed 2021-08-18 → Tue 2021-08-17 10:00
      progress-inspection#1 Tue 2021-09-14 → Tue 2021-09-14 10:00
      completion-due#1 Tue 2021-10-12 → Fri 2021-10-01 10:00
      completion-inspection#1 by Tue 2021-10-26 → Wed 2021-10-27 10:00 neutral
      final-payment#1 by Mon 2021-11-01 → Tue 2021-11-02 10:00 neutral`,
  },
  {
    why: 'Buddha’s Birthday 2022 (Sunday) had no substitute, 2023 (Saturday) has one',
    kind: 'works',
    on: '2022-05-06 2022-05-10 2023-06-01',
    expected: `
      signing#1 Fri 2022-05-06 → Mon 2022-05-09 10:00
      commencement#1 Tue 2022-05-10 → Mon 2022-05-09 10:00
      progress-inspection#1 Mon 2022-11-21 → Mon 2022-11-21 10:00
      completion-due#1 Thu 2023-06-01 → Wed 2023-05-24 10:00
      completion-inspection#1 by Thu 2023-06-15 → Fri 2023-06-16 10:00 neutral
      final-payment#1 by Tue 2023-06-20 → Wed 2023-06-21 10:00 neutral`,
  },
  {
    why: 'signed on a leap day, a year later ends on the last of February',
    kind: 'works',
    on: '2028-02-29 2028-03-02 2029-02-28',
    expected: `
      signing#1 Tue 2028-02-29 → Thu 2028-03-02 10:00
      commencement#1 Thu 2028-03-02 → Tue 2028-02-29 10:00
      progress-inspection#1 Wed 2028-08-30 → Wed 2028-08-30 10:00
      completion-due#1 Wed 2029-02-28 → Wed 2029-02-21 10:00
      completion-inspection#1 by Wed 2029-03-14 → Thu 2029-03-15 10:00 neutral
      final-payment#1 by Mon 2029-03-19 → Tue 2029-03-20 10:00 neutral`,
  },
  {
    why: 'signed on the last day of the year: 1 January is a Friday',
    kind: 'works',
    on: '2026-12-31 2027-01-04 2027-03-31',
    expected: `
      signing#1 Thu 2026-12-31 → Mon 2027-01-04 10:00
      commencement#1 Mon 2027-01-04 → Thu 2026-12-31 10:00
      progress-inspection#1 Tue 2027-02-16 → Tue 2027-02-16 10:00
      completion-due#1 Wed 2027-03-31 → Wed 2027-03-24 10:00
      completion-inspection#1 by Wed 2027-04-14 → Thu 2027-04-15 10:00 neutral
      final-payment#1 by Mon 2027-04-19 → Tue 2027-04-20 10:00 neutral`,
  },
  {
    why: '1 January 2028 is a Saturday and has no substitute: Monday the 3rd is open',
    kind: 'works',
    on: '2027-12-31 2028-01-04 2028-03-31',
    expected: `
      signing#1 Fri 2027-12-31 → Mon 2028-01-03 10:00
      commencement#1 Tue 2028-01-04 → Mon 2028-01-03 10:00
      progress-inspection#1 Wed 2028-02-16 → Wed 2028-02-16 10:00
      completion-due#1 Fri 2028-03-31 → Fri 2028-03-24 10:00
      completion-inspection#1 by Fri 2028-04-14 → Mon 2028-04-17 10:00 neutral
      final-payment#1 by Wed 2028-04-19 → Thu 2028-04-20 10:00 neutral`,
  },
  {
    why: 'Christmas 2027 (Saturday) closes Monday the 27th',
    kind: 'works',
    on: '2027-12-24 2027-12-29 2028-02-25',
    expected: `
      signing#1 Fri 2027-12-24 → Tue 2027-12-28 10:00
      commencement#1 Wed 2027-12-29 → Tue 2027-12-28 10:00
      progress-inspection#1 Mon 2028-01-31 → Mon 2028-01-31 10:00
      completion-due#1 Fri 2028-02-25 → Fri 2028-02-18 10:00
      completion-inspection#1 by Fri 2028-03-10 → Mon 2028-03-13 10:00 neutral
      final-payment#1 by Wed 2028-03-15 → Thu 2028-03-16 10:00 neutral`,
  },
  {
    why: 'one day long: half, start and end are the same day',
    kind: 'works',
    on: '2026-11-02 2026-11-11 2026-11-11',
    expected: `
      signing#1 Mon 2026-11-02 → Tue 2026-11-03 10:00
      commencement#1 Wed 2026-11-11 → Tue 2026-11-10 10:00
      progress-inspection#1 Wed 2026-11-11 → Wed 2026-11-11 10:00
      completion-due#1 Wed 2026-11-11 → Wed 2026-11-04 10:00
      completion-inspection#1 by Wed 2026-11-25 → Thu 2026-11-26 10:00 neutral
      final-payment#1 by Mon 2026-11-30 → Tue 2026-12-01 10:00 neutral`,
  },
  {
    why: 'an odd number of days: half is rounded down (31 days, 15 on)',
    kind: 'works',
    on: '2026-11-02 2026-11-03 2026-12-04',
    expected: `
      signing#1 Mon 2026-11-02 → Tue 2026-11-03 10:00
      commencement#1 Tue 2026-11-03 → Mon 2026-11-02 10:00
      progress-inspection#1 Wed 2026-11-18 → Wed 2026-11-18 10:00
      completion-due#1 Fri 2026-12-04 → Fri 2026-11-27 10:00
      completion-inspection#1 by Fri 2026-12-18 → Mon 2026-12-21 10:00 neutral
      final-payment#1 by Wed 2026-12-23 → Thu 2026-12-24 10:00 neutral`,
  },
  {
    why: 'half falls on Christmas (a Friday): moves to Monday',
    kind: 'works',
    on: '2026-10-26 2026-11-05 2027-02-13',
    expected: `
      signing#1 Mon 2026-10-26 → Tue 2026-10-27 10:00
      commencement#1 Thu 2026-11-05 → Wed 2026-11-04 10:00
      progress-inspection#1 Mon 2026-12-28 → Mon 2026-12-28 10:00
      completion-due#1 Sat 2027-02-13 → Thu 2027-02-04 10:00
      completion-inspection#1 by Tue 2027-03-02 → Wed 2027-03-03 10:00 neutral
      final-payment#1 by Thu 2027-03-04 → Fri 2027-03-05 10:00 neutral`,
  },
  {
    why: 'only the signing is known',
    kind: 'works',
    on: '2026-03-09 - -',
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00`,
  },
  {
    why: 'the start is unknown: no commencement and no half',
    kind: 'works',
    on: '2026-03-09 - 2026-06-26',
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'the end is unknown: nothing can be due or expected',
    kind: 'works',
    on: '2026-03-09 2026-03-16 -',
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00`,
  },
  {
    why: 'everything recorded; inspected on a Saturday (told on Monday), paid before a holiday',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    occurred: [
      'advance-payment#1 2026-03-20',
      'progress-inspection#1 2026-05-04',
      'completion-inspection#1 2026-07-04',
      'final-payment#1 2026-07-16',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00
      advance-payment#1 Fri 2026-03-20 → Fri 2026-03-20 10:00
      progress-inspection#1 Mon 2026-05-04 → Mon 2026-05-04 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 Sat 2026-07-04 → Mon 2026-07-06 10:00
      final-payment#1 Thu 2026-07-16 → Mon 2026-07-20 10:00`,
  },
  {
    why: 'an inspection recorded early takes the place of the half',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    occurred: ['progress-inspection#1 2026-04-15'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00
      progress-inspection#1 Wed 2026-04-15 → Wed 2026-04-15 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'two progress inspections: the second is an alert of its own',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    occurred: ['progress-inspection#1 2026-04-15', 'progress-inspection#2 2026-06-03'],
    closed: ['2026-06-03'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00
      progress-inspection#1 Wed 2026-04-15 → Wed 2026-04-15 10:00
      progress-inspection#2 Wed 2026-06-03 → Thu 2026-06-04 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'recorded after the half was told: the told one stays, the late one is the second',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    now: '2026-05-20 09:30',
    occurred: ['progress-inspection#2 2026-05-20'],
    was: [
      'signing#1 2026-03-10 10:00 messaged',
      'commencement#1 2026-03-13 10:00 messaged',
      'progress-inspection#1 2026-05-06 10:00 messaged',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 messaged
      progress-inspection#2 Wed 2026-05-20 → Wed 2026-05-20 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 messaged`,
  },
  {
    why: 'paid after the neutral text was told: a second, with the milestone’s wording',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    now: '2026-07-22 09:00',
    occurred: ['completion-inspection#1 2026-07-01', 'final-payment#2 2026-07-21'],
    was: [
      'signing#1 2026-03-10 10:00 messaged',
      'commencement#1 2026-03-13 10:00 messaged',
      'progress-inspection#1 2026-05-06 10:00 messaged',
      'completion-due#1 2026-06-19 10:00 messaged',
      'completion-inspection#1 2026-07-01 10:00 messaged',
      'final-payment#1 2026-07-16 10:00 messaged neutral',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 messaged
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 messaged
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00 messaged
      completion-inspection#1 Wed 2026-07-01 → Wed 2026-07-01 10:00 messaged
      final-payment#2 Tue 2026-07-21 → Wed 2026-07-22 10:00
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral messaged`,
  },
  {
    why: 'three variations, each on the eve of a closed day',
    kind: 'works',
    on: '2026-06-01 2026-06-08 2027-06-04',
    occurred: ['variation#1 2026-07-16', 'variation#2 2026-09-23', 'variation#3 2026-12-31'],
    expected: `
      signing#1 Mon 2026-06-01 → Tue 2026-06-02 10:00
      commencement#1 Mon 2026-06-08 → Fri 2026-06-05 10:00
      progress-inspection#1 Mon 2026-12-07 → Mon 2026-12-07 10:00
      variation#1 Thu 2026-07-16 → Mon 2026-07-20 10:00
      variation#2 Wed 2026-09-23 → Mon 2026-09-28 10:00
      variation#3 Thu 2026-12-31 → Mon 2027-01-04 10:00
      completion-due#1 Fri 2027-06-04 → Fri 2027-05-28 10:00
      completion-inspection#1 by Fri 2027-06-18 → Mon 2027-06-21 10:00 neutral
      final-payment#1 by Wed 2027-06-23 → Thu 2027-06-24 10:00 neutral`,
  },
  {
    why: 'an advance payment recorded ahead, on a Sunday',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    occurred: ['advance-payment#1 2026-03-22'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00
      advance-payment#1 Sun 2026-03-22 → Mon 2026-03-23 10:00
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'defect inspections from 31 August: clamped to February, back to 31 August, the end of liability included',
    kind: 'works',
    on: '2026-01-05 2026-01-12 2026-08-28',
    state: 'completed',
    completed: '2026-08-31',
    liability: '2028-08-31',
    expected: `
      signing#1 Mon 2026-01-05 → Tue 2026-01-06 10:00
      commencement#1 Mon 2026-01-12 → Fri 2026-01-09 10:00
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      completion-due#1 Fri 2026-08-28 → Fri 2026-08-21 10:00
      completion-inspection#1 by Fri 2026-09-11 → Mon 2026-09-14 10:00 neutral
      final-payment#1 by Wed 2026-09-16 → Thu 2026-09-17 10:00 neutral
      defect-inspection#1 Tue 2027-03-02 → Tue 2027-03-02 10:00
      defect-inspection#2 Tue 2027-08-31 → Tue 2027-08-31 10:00
      defect-inspection#3 Tue 2028-02-29 → Tue 2028-02-29 10:00
      defect-inspection#4 Thu 2028-08-31 → Thu 2028-08-31 10:00`,
  },
  {
    why: 'defect inspections from 31 August 2027: the first clamped February has a leap day, the second has none',
    kind: 'works',
    on: '2027-01-04 2027-01-11 2027-08-27',
    state: 'completed',
    completed: '2027-08-31',
    liability: '2029-08-30',
    expected: `
      signing#1 Mon 2027-01-04 → Tue 2027-01-05 10:00
      commencement#1 Mon 2027-01-11 → Fri 2027-01-08 10:00
      progress-inspection#1 Thu 2027-05-06 → Thu 2027-05-06 10:00
      completion-due#1 Fri 2027-08-27 → Fri 2027-08-20 10:00
      completion-inspection#1 by Fri 2027-09-10 → Mon 2027-09-13 10:00 neutral
      final-payment#1 by Fri 2027-09-17 → Mon 2027-09-20 10:00 neutral
      defect-inspection#1 Tue 2028-02-29 → Tue 2028-02-29 10:00
      defect-inspection#2 Thu 2028-08-31 → Thu 2028-08-31 10:00
      defect-inspection#3 Wed 2029-02-28 → Wed 2029-02-28 10:00`,
  },
  {
    why: 'liability ends the day before the second inspection',
    kind: 'works',
    on: '2026-01-05 2026-01-12 2026-06-26',
    state: 'completed',
    completed: '2026-06-30',
    liability: '2027-06-29',
    expected: `
      signing#1 Mon 2026-01-05 → Tue 2026-01-06 10:00
      commencement#1 Mon 2026-01-12 → Fri 2026-01-09 10:00
      progress-inspection#1 Mon 2026-04-06 → Mon 2026-04-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral
      defect-inspection#1 Wed 2026-12-30 → Wed 2026-12-30 10:00`,
  },
  {
    why: 'end of liability unknown: no defect inspection',
    kind: 'works',
    on: '2026-01-05 2026-01-12 2026-06-26',
    state: 'completed',
    completed: '2026-06-30',
    expected: `
      signing#1 Mon 2026-01-05 → Tue 2026-01-06 10:00
      commencement#1 Mon 2026-01-12 → Fri 2026-01-09 10:00
      progress-inspection#1 Mon 2026-04-06 → Mon 2026-04-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'a defect inspection recorded by hand stands beside the series',
    kind: 'works',
    on: '2026-01-05 2026-01-12 2026-06-26',
    state: 'completed',
    completed: '2026-06-30',
    liability: '2027-06-30',
    occurred: ['defect-inspection#1001 2026-10-20'],
    expected: `
      signing#1 Mon 2026-01-05 → Tue 2026-01-06 10:00
      commencement#1 Mon 2026-01-12 → Fri 2026-01-09 10:00
      progress-inspection#1 Mon 2026-04-06 → Mon 2026-04-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral
      defect-inspection#1 Wed 2026-12-30 → Wed 2026-12-30 10:00
      defect-inspection#2 Wed 2027-06-30 → Wed 2027-06-30 10:00
      defect-inspection#1001 Tue 2026-10-20 → Tue 2026-10-20 10:00`,
  },
  {
    why: 'the agency closes Monday: a Friday’s signing is told on Tuesday',
    kind: 'works',
    on: '2026-04-10 2026-04-15 2026-06-26',
    closed: ['2026-04-13'],
    expected: `
      signing#1 Fri 2026-04-10 → Tue 2026-04-14 10:00
      commencement#1 Wed 2026-04-15 → Tue 2026-04-14 10:00
      progress-inspection#1 Thu 2026-05-21 → Thu 2026-05-21 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'the agency opens a Saturday: a Friday’s signing is told on it',
    kind: 'works',
    on: '2026-04-10 2026-04-15 2026-06-26',
    open: ['2026-04-11'],
    expected: `
      signing#1 Fri 2026-04-10 → Sat 2026-04-11 10:00
      commencement#1 Wed 2026-04-15 → Tue 2026-04-14 10:00
      progress-inspection#1 Thu 2026-05-21 → Thu 2026-05-21 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'opened and closed at once: closed wins; an opened public holiday is open',
    kind: 'works',
    on: '2026-04-30 2026-05-06 2026-07-31',
    closed: ['2026-05-01'],
    open: ['2026-05-01', '2026-05-05'],
    expected: `
      signing#1 Thu 2026-04-30 → Mon 2026-05-04 10:00
      commencement#1 Wed 2026-05-06 → Tue 2026-05-05 10:00
      progress-inspection#1 Thu 2026-06-18 → Thu 2026-06-18 10:00
      completion-due#1 Fri 2026-07-31 → Fri 2026-07-24 10:00
      completion-inspection#1 by Fri 2026-08-14 → Tue 2026-08-18 10:00 neutral
      final-payment#1 by Wed 2026-08-19 → Thu 2026-08-20 10:00 neutral`,
  },
  {
    why: 'the temporary holiday of 27 January 2025 comes from the agency’s list',
    kind: 'works',
    on: '2025-01-24 2025-02-03 2025-05-30',
    closed: ['2025-01-27'],
    expected: `
      signing#1 Fri 2025-01-24 → Fri 2025-01-31 10:00
      commencement#1 Mon 2025-02-03 → Fri 2025-01-31 10:00
      progress-inspection#1 Wed 2025-04-02 → Wed 2025-04-02 10:00
      completion-due#1 Fri 2025-05-30 → Fri 2025-05-23 10:00
      completion-inspection#1 by Fri 2025-06-13 → Mon 2025-06-16 10:00 neutral
      final-payment#1 by Wed 2025-06-18 → Thu 2025-06-19 10:00 neutral`,
  },
  {
    why: '1 May is a holiday by law since 2026, and Monday makes up for it on a Saturday',
    kind: 'works',
    on: '2027-04-30 2027-05-04 2027-08-31',
    expected: `
      signing#1 Fri 2027-04-30 → Tue 2027-05-04 10:00
      commencement#1 Tue 2027-05-04 → Fri 2027-04-30 10:00
      progress-inspection#1 Fri 2027-07-02 → Fri 2027-07-02 10:00
      completion-due#1 Tue 2027-08-31 → Tue 2027-08-24 10:00
      completion-inspection#1 by Fri 2027-09-17 → Mon 2027-09-20 10:00 neutral
      final-payment#1 by Mon 2027-09-20 → Tue 2027-09-21 10:00 neutral`,
  },
  {
    why: 'local elections on 3 June 2026 are a holiday by law',
    kind: 'works',
    on: '2026-06-02 2026-06-08 2026-08-28',
    expected: `
      signing#1 Tue 2026-06-02 → Thu 2026-06-04 10:00
      commencement#1 Mon 2026-06-08 → Fri 2026-06-05 10:00
      progress-inspection#1 Mon 2026-07-20 → Mon 2026-07-20 10:00
      completion-due#1 Fri 2026-08-28 → Fri 2026-08-21 10:00
      completion-inspection#1 by Fri 2026-09-11 → Mon 2026-09-14 10:00 neutral
      final-payment#1 by Wed 2026-09-16 → Thu 2026-09-17 10:00 neutral`,
  },
  {
    why: 'a draft plans nothing',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'draft',
    expected: ``,
  },
  {
    why: 'suspended: what is unsent is held with its due time, what was told stays',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'suspended',
    now: '2026-03-12 11:00',
    was: ['signing#1 2026-03-10 10:00 messaged', 'commencement#1 2026-03-13 10:00 planned'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 held suspended
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 held suspended
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00 held suspended
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral held suspended
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral held suspended`,
  },
  {
    why: 'resumed four days after the due time: at once',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'underway',
    now: '2026-03-17 11:20',
    was: ['signing#1 2026-03-10 10:00 messaged', 'commencement#1 2026-03-13 10:00 held suspended'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Tue 2026-03-17 11:20
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'resumed ten days after the due time: missed',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'underway',
    now: '2026-03-23 10:00',
    was: ['signing#1 2026-03-10 10:00 messaged', 'commencement#1 2026-03-13 10:00 held suspended'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 missed suspended-too-long
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'terminated: what is dated later is cancelled, an inspection before stands',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'terminated',
    terminated: '2026-05-29',
    now: '2026-05-29 15:00',
    occurred: ['progress-inspection#1 2026-05-29'],
    was: [
      'signing#1 2026-03-10 10:00 messaged',
      'commencement#1 2026-03-13 10:00 messaged',
      'progress-inspection#1 2026-05-29 10:00 planned',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 messaged
      progress-inspection#1 Fri 2026-05-29 → Fri 2026-05-29 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00 cancelled terminated
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral cancelled terminated
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral cancelled terminated`,
  },
  {
    why: 'terminated between the two expected days: the first neutral text stands',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'terminated',
    terminated: '2026-07-10',
    now: '2026-07-10 15:00',
    was: [
      'signing#1 2026-03-10 10:00 messaged',
      'commencement#1 2026-03-13 10:00 messaged',
      'progress-inspection#1 2026-05-06 10:00 messaged',
      'completion-due#1 2026-06-19 10:00 messaged',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 messaged
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 messaged
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00 messaged
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral cancelled terminated`,
  },
  {
    why: 'completed early: cancels nothing',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    state: 'completed',
    completed: '2026-06-10',
    now: '2026-06-10 15:00',
    was: [
      'signing#1 2026-03-10 10:00 messaged',
      'commencement#1 2026-03-13 10:00 messaged',
      'progress-inspection#1 2026-05-06 10:00 messaged',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 messaged
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 messaged
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'registered on a Saturday, five days late: at the next opening',
    kind: 'works',
    on: '2026-03-16 2026-03-30 2026-06-26',
    now: '2026-03-21 14:00',
    expected: `
      signing#1 Mon 2026-03-16 → Mon 2026-03-23 09:00
      commencement#1 Mon 2026-03-30 → Fri 2026-03-27 10:00
      progress-inspection#1 Wed 2026-05-13 → Wed 2026-05-13 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'registered after hours: at the next morning’s opening',
    kind: 'works',
    on: '2026-03-16 2026-03-30 2026-06-26',
    now: '2026-03-18 18:00',
    expected: `
      signing#1 Mon 2026-03-16 → Thu 2026-03-19 09:00
      commencement#1 Mon 2026-03-30 → Fri 2026-03-27 10:00
      progress-inspection#1 Wed 2026-05-13 → Wed 2026-05-13 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'exactly 168 hours late is still sent at once',
    kind: 'works',
    on: '2026-03-16 2026-03-30 2026-06-26',
    now: '2026-03-24 10:00',
    expected: `
      signing#1 Mon 2026-03-16 → Tue 2026-03-24 10:00
      commencement#1 Mon 2026-03-30 → Fri 2026-03-27 10:00
      progress-inspection#1 Wed 2026-05-13 → Wed 2026-05-13 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'a minute more than 168 hours is missed',
    kind: 'works',
    on: '2026-03-16 2026-03-30 2026-06-26',
    now: '2026-03-24 10:01',
    expected: `
      signing#1 Mon 2026-03-16 → Tue 2026-03-17 10:00 missed registered-late
      commencement#1 Mon 2026-03-30 → Fri 2026-03-27 10:00
      progress-inspection#1 Wed 2026-05-13 → Wed 2026-05-13 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'planned in time and overdue since the service was down: stays planned',
    kind: 'works',
    on: '2026-03-16 2026-04-20 2026-06-26',
    now: '2026-04-10 10:01',
    was: ['signing#1 2026-03-17 10:00 planned'],
    expected: `
      signing#1 Mon 2026-03-16 → Tue 2026-03-17 10:00
      commencement#1 Mon 2026-04-20 → Fri 2026-04-17 10:00
      progress-inspection#1 Tue 2026-05-26 → Tue 2026-05-26 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'what fell due before the department’s first day is history, not missed',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    goLive: '2026-05-06',
    now: '2026-05-18 09:00',
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 history before-go-live
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 history before-go-live
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 missed registered-late
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'start moved to before the first day: what was planned is missed, what never was is history',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    goLive: '2026-05-06',
    now: '2026-05-18 09:00',
    was: [
      'signing#1 2026-03-10 10:00 history before-go-live',
      'commencement#1 2026-06-12 10:00 planned',
      'progress-inspection#1 2026-06-15 10:00 planned',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 history before-go-live
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 missed registered-late
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 missed registered-late
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'the end moves into the future: missed is planned again, told stays',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-08-28',
    now: '2026-07-06 09:00',
    was: [
      'signing#1 2026-03-10 10:00 messaged',
      'commencement#1 2026-03-13 10:00 messaged',
      'progress-inspection#1 2026-05-06 10:00 messaged',
      'completion-due#1 2026-06-19 10:00 missed registered-late',
    ],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 messaged
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 messaged
      progress-inspection#1 Mon 2026-06-08 → Wed 2026-05-06 10:00 messaged
      completion-due#1 Fri 2026-08-28 → Fri 2026-08-21 10:00
      completion-inspection#1 by Fri 2026-09-11 → Mon 2026-09-14 10:00 neutral
      final-payment#1 by Wed 2026-09-16 → Thu 2026-09-17 10:00 neutral`,
  },
  {
    why: 'missed stays missed, with its first reason',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    now: '2026-03-11 09:00',
    was: ['signing#1 2026-03-10 10:00 missed rehearsal'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 missed rehearsal
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'plan’s odd hours: 20:00 waits for the next day, 07:30 for the opening',
    kind: 'works',
    on: '2026-04-10 2026-04-20 2026-06-26',
    hours: ['signing 20:00', 'commencement 07:30', 'completion-due 17:59'],
    expected: `
      signing#1 Fri 2026-04-10 → Tue 2026-04-14 09:00
      commencement#1 Mon 2026-04-20 → Fri 2026-04-17 09:00
      progress-inspection#1 Tue 2026-05-26 → Tue 2026-05-26 10:00
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 17:59
      completion-inspection#1 by Fri 2026-07-10 → Mon 2026-07-13 10:00 neutral
      final-payment#1 by Wed 2026-07-15 → Thu 2026-07-16 10:00 neutral`,
  },
  {
    why: 'paid three weeks before the file that registers it: missed',
    kind: 'works',
    on: '2026-03-09 2026-03-16 2026-06-26',
    goLive: '2026-06-01',
    now: '2026-07-10 10:30',
    occurred: ['completion-inspection#1 2026-07-08', 'final-payment#1 2026-06-18'],
    expected: `
      signing#1 Mon 2026-03-09 → Tue 2026-03-10 10:00 history before-go-live
      commencement#1 Mon 2026-03-16 → Fri 2026-03-13 10:00 history before-go-live
      progress-inspection#1 Wed 2026-05-06 → Wed 2026-05-06 10:00 history before-go-live
      completion-due#1 Fri 2026-06-26 → Fri 2026-06-19 10:00 missed registered-late
      completion-inspection#1 Wed 2026-07-08 → Fri 2026-07-10 10:30
      final-payment#1 Thu 2026-06-18 → Fri 2026-06-19 10:00 missed registered-late`,
  },
  {
    why: 'service across a year’s end: half on Buddha’s Birthday’s substitute',
    kind: 'service',
    on: '2025-12-15 2026-01-02 2026-10-16',
    expected: `
      signing#1 Mon 2025-12-15 → Tue 2025-12-16 10:00
      kickoff#1 Fri 2026-01-02 → Wed 2025-12-31 10:00
      interim#1 Tue 2026-05-26 → Tue 2026-05-26 10:00
      completion-due#1 Fri 2026-10-16 → Thu 2026-10-08 10:00
      acceptance#1 by Fri 2026-10-30 → Mon 2026-11-02 10:00 neutral
      payment#1 by Wed 2026-11-04 → Thu 2026-11-05 10:00 neutral`,
  },
  {
    why: 'service that ends on a Sunday; −5 business days over Seollal 2027 and its substitute',
    kind: 'service',
    on: '2026-11-16 2026-12-01 2027-02-14',
    expected: `
      signing#1 Mon 2026-11-16 → Tue 2026-11-17 10:00
      kickoff#1 Tue 2026-12-01 → Mon 2026-11-30 10:00
      interim#1 Thu 2027-01-07 → Thu 2027-01-07 10:00
      completion-due#1 Sun 2027-02-14 → Thu 2027-02-04 10:00
      acceptance#1 by Tue 2027-03-02 → Wed 2027-03-03 10:00 neutral
      payment#1 by Fri 2027-03-05 → Mon 2027-03-08 10:00 neutral`,
  },
  {
    why: 'registered on a holiday after the kickoff’s alert: next opening; an interim report on a Sunday takes the place of the half',
    kind: 'service',
    on: '2026-03-02 2026-03-03 2026-09-30',
    occurred: ['interim#1 2026-05-24', 'acceptance#1 2026-09-30', 'payment#1 2026-10-02'],
    expected: `
      signing#1 Mon 2026-03-02 → Tue 2026-03-03 10:00
      kickoff#1 Tue 2026-03-03 → Tue 2026-03-03 09:00
      interim#1 Sun 2026-05-24 → Tue 2026-05-26 10:00
      completion-due#1 Wed 2026-09-30 → Mon 2026-09-21 10:00
      acceptance#1 Wed 2026-09-30 → Wed 2026-09-30 10:00
      payment#1 Fri 2026-10-02 → Tue 2026-10-06 10:00`,
  },
  {
    why: 'half falls inside Seollal 2028',
    kind: 'service',
    on: '2027-11-26 2027-12-01 2028-03-24',
    expected: `
      signing#1 Fri 2027-11-26 → Mon 2027-11-29 10:00
      kickoff#1 Wed 2027-12-01 → Tue 2027-11-30 10:00
      interim#1 Mon 2028-01-31 → Mon 2028-01-31 10:00
      completion-due#1 Fri 2028-03-24 → Fri 2028-03-17 10:00
      acceptance#1 by Fri 2028-04-07 → Mon 2028-04-10 10:00 neutral
      payment#1 by Thu 2028-04-13 → Fri 2028-04-14 10:00 neutral`,
  },
  {
    why: 'expected-by days on a Saturday and a holiday move on',
    kind: 'service',
    on: '2026-08-03 2026-08-10 2026-09-19',
    expected: `
      signing#1 Mon 2026-08-03 → Tue 2026-08-04 10:00
      kickoff#1 Mon 2026-08-10 → Fri 2026-08-07 10:00
      interim#1 Mon 2026-08-31 → Mon 2026-08-31 10:00
      completion-due#1 Sat 2026-09-19 → Mon 2026-09-14 10:00
      acceptance#1 by Tue 2026-10-06 → Wed 2026-10-07 10:00 neutral
      payment#1 by Thu 2026-10-08 → Mon 2026-10-12 10:00 neutral`,
  },
  {
    why: 'leap year: 14 days after 15 February is 29 February',
    kind: 'service',
    on: '2027-11-01 2027-11-08 2028-02-15',
    expected: `
      signing#1 Mon 2027-11-01 → Tue 2027-11-02 10:00
      kickoff#1 Mon 2027-11-08 → Fri 2027-11-05 10:00
      interim#1 Tue 2027-12-28 → Tue 2027-12-28 10:00
      completion-due#1 Tue 2028-02-15 → Tue 2028-02-08 10:00
      acceptance#1 by Tue 2028-02-29 → Thu 2028-03-02 10:00 neutral
      payment#1 by Mon 2028-03-06 → Tue 2028-03-07 10:00 neutral`,
  },
  {
    why: 'goods: delivery three business days ahead, over the long Chuseok of 2028',
    kind: 'goods',
    on: '2028-09-01 - 2028-10-10',
    expected: `
      signing#1 Fri 2028-09-01 → Mon 2028-09-04 10:00
      delivery-due#1 Tue 2028-10-10 → Thu 2028-09-28 10:00
      inspection#1 by Tue 2028-10-24 → Wed 2028-10-25 10:00 neutral
      payment#1 by Mon 2028-10-30 → Tue 2028-10-31 10:00 neutral`,
  },
  {
    why: 'goods ordered on 30 December, delivered by the leap year’s February',
    kind: 'goods',
    on: '2027-12-30 2028-01-03 2028-02-29',
    expected: `
      signing#1 Thu 2027-12-30 → Fri 2027-12-31 10:00
      delivery-due#1 Tue 2028-02-29 → Thu 2028-02-24 10:00
      inspection#1 by Tue 2028-03-14 → Wed 2028-03-15 10:00 neutral
      payment#1 by Mon 2028-03-20 → Tue 2028-03-21 10:00 neutral`,
  },
  {
    why: 'goods inspected and paid on one Friday: told on the day, and the next business day',
    kind: 'goods',
    on: '2026-04-20 - 2026-05-15',
    occurred: ['inspection#1 2026-05-15', 'payment#1 2026-05-22'],
    expected: `
      signing#1 Mon 2026-04-20 → Tue 2026-04-21 10:00
      delivery-due#1 Fri 2026-05-15 → Tue 2026-05-12 10:00
      inspection#1 Fri 2026-05-15 → Fri 2026-05-15 10:00
      payment#1 Fri 2026-05-22 → Tue 2026-05-26 10:00`,
  },
  {
    why: 'goods paid in advance of the inspection: nothing depends on the order',
    kind: 'goods',
    on: '2026-09-14 - 2026-10-30',
    occurred: ['payment#1 2026-09-23'],
    expected: `
      signing#1 Mon 2026-09-14 → Tue 2026-09-15 10:00
      delivery-due#1 Fri 2026-10-30 → Tue 2026-10-27 10:00
      inspection#1 by Fri 2026-11-13 → Mon 2026-11-16 10:00 neutral
      payment#1 Wed 2026-09-23 → Mon 2026-09-28 10:00`,
  },
  {
    why: 'goods: due on the day of signing; delivery alert already past, sent at once',
    kind: 'goods',
    on: '2026-04-20 - 2026-04-20',
    expected: `
      signing#1 Mon 2026-04-20 → Tue 2026-04-21 10:00
      delivery-due#1 Mon 2026-04-20 → Mon 2026-04-20 09:00
      inspection#1 by Mon 2026-05-04 → Wed 2026-05-06 10:00 neutral
      payment#1 by Mon 2026-05-11 → Tue 2026-05-12 10:00 neutral`,
  },
  {
    why: 'consignment of a year: three quarters, the fourth would be the day after the end',
    kind: 'consignment',
    on: '2025-12-22 2026-01-01 2026-12-31',
    expected: `
      signing#1 Mon 2025-12-22 → Tue 2025-12-23 10:00
      kickoff#1 Thu 2026-01-01 → Wed 2025-12-31 10:00
      interim#1 Wed 2026-04-01 → Wed 2026-04-01 10:00
      interim#2 Wed 2026-07-01 → Wed 2026-07-01 10:00
      interim#3 Thu 2026-10-01 → Thu 2026-10-01 10:00
      completion-due#1 Thu 2026-12-31 → Wed 2026-12-23 10:00
      acceptance#1 by Thu 2027-01-14 → Fri 2027-01-15 10:00 neutral
      payment#1 by Tue 2027-01-19 → Wed 2027-01-20 10:00 neutral`,
  },
  {
    why: 'a quarter that falls on the last day is not one',
    kind: 'consignment',
    on: '2026-03-16 2026-04-01 2026-10-01',
    expected: `
      signing#1 Mon 2026-03-16 → Tue 2026-03-17 10:00
      kickoff#1 Wed 2026-04-01 → Tue 2026-03-31 10:00
      interim#1 Wed 2026-07-01 → Wed 2026-07-01 10:00
      completion-due#1 Thu 2026-10-01 → Tue 2026-09-22 10:00
      acceptance#1 by Thu 2026-10-15 → Fri 2026-10-16 10:00 neutral
      payment#1 by Tue 2026-10-20 → Wed 2026-10-21 10:00 neutral`,
  },
  {
    why: 'a quarter one day before the end is',
    kind: 'consignment',
    on: '2026-03-16 2026-04-01 2026-10-02',
    expected: `
      signing#1 Mon 2026-03-16 → Tue 2026-03-17 10:00
      kickoff#1 Wed 2026-04-01 → Tue 2026-03-31 10:00
      interim#1 Wed 2026-07-01 → Wed 2026-07-01 10:00
      interim#2 Thu 2026-10-01 → Thu 2026-10-01 10:00
      completion-due#1 Fri 2026-10-02 → Wed 2026-09-23 10:00
      acceptance#1 by Fri 2026-10-16 → Mon 2026-10-19 10:00 neutral
      payment#1 by Wed 2026-10-21 → Thu 2026-10-22 10:00 neutral`,
  },
  {
    why: 'quarters from 30 November: clamped to February, and back to the 30th',
    kind: 'consignment',
    on: '2026-11-16 2026-11-30 2027-11-29',
    expected: `
      signing#1 Mon 2026-11-16 → Tue 2026-11-17 10:00
      kickoff#1 Mon 2026-11-30 → Fri 2026-11-27 10:00
      interim#1 Tue 2027-03-02 → Tue 2027-03-02 10:00
      interim#2 Mon 2027-05-31 → Mon 2027-05-31 10:00
      interim#3 Mon 2027-08-30 → Mon 2027-08-30 10:00
      completion-due#1 Mon 2027-11-29 → Mon 2027-11-22 10:00
      acceptance#1 by Mon 2027-12-13 → Tue 2027-12-14 10:00 neutral
      payment#1 by Mon 2027-12-20 → Tue 2027-12-21 10:00 neutral`,
  },
  {
    why: 'quarters from 31 August through a leap year’s February',
    kind: 'consignment',
    on: '2027-08-16 2027-08-31 2028-08-30',
    expected: `
      signing#1 Mon 2027-08-16 → Tue 2027-08-17 10:00
      kickoff#1 Tue 2027-08-31 → Mon 2027-08-30 10:00
      interim#1 Tue 2027-11-30 → Tue 2027-11-30 10:00
      interim#2 Tue 2028-02-29 → Tue 2028-02-29 10:00
      interim#3 Wed 2028-05-31 → Wed 2028-05-31 10:00
      completion-due#1 Wed 2028-08-30 → Wed 2028-08-23 10:00
      acceptance#1 by Wed 2028-09-13 → Thu 2028-09-14 10:00 neutral
      payment#1 by Mon 2028-09-18 → Tue 2028-09-19 10:00 neutral`,
  },
  {
    why: 'shorter than a quarter: no interim check',
    kind: 'consignment',
    on: '2026-06-01 2026-06-08 2026-09-07',
    expected: `
      signing#1 Mon 2026-06-01 → Tue 2026-06-02 10:00
      kickoff#1 Mon 2026-06-08 → Fri 2026-06-05 10:00
      completion-due#1 Mon 2026-09-07 → Mon 2026-08-31 10:00
      acceptance#1 by Mon 2026-09-21 → Tue 2026-09-22 10:00 neutral
      payment#1 by Mon 2026-09-28 → Tue 2026-09-29 10:00 neutral`,
  },
  {
    why: 'a quarter on 5 May',
    kind: 'consignment',
    on: '2026-01-19 2026-02-05 2027-01-29',
    expected: `
      signing#1 Mon 2026-01-19 → Tue 2026-01-20 10:00
      kickoff#1 Thu 2026-02-05 → Wed 2026-02-04 10:00
      interim#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      interim#2 Wed 2026-08-05 → Wed 2026-08-05 10:00
      interim#3 Thu 2026-11-05 → Thu 2026-11-05 10:00
      completion-due#1 Fri 2027-01-29 → Fri 2027-01-22 10:00
      acceptance#1 by Fri 2027-02-12 → Mon 2027-02-15 10:00 neutral
      payment#1 by Wed 2027-02-17 → Thu 2027-02-18 10:00 neutral`,
  },
  {
    why: 'grant of a calendar year: settlement due on a holiday is rolled, told a fortnight before',
    kind: 'grant',
    on: '2026-01-12 2026-01-19 2026-12-31',
    expected: `
      decision#1 Mon 2026-01-12 → Tue 2026-01-13 10:00
      disbursement#1 by Wed 2026-02-11 → Thu 2026-02-12 10:00 neutral
      mid-check#1 Mon 2026-07-13 → Mon 2026-07-13 10:00
      project-end#1 Thu 2026-12-31 → Wed 2026-12-16 10:00
      settlement-due#1 Tue 2027-03-02 → Tue 2027-02-16 10:00
      settlement#1 by Wed 2027-03-31 → Thu 2027-04-01 10:00 neutral`,
  },
  {
    why: 'grant whose 60th day is a Sunday and whose fortnight before is Seollal',
    kind: 'grant',
    on: '2026-02-02 2026-03-03 2026-12-23',
    expected: `
      decision#1 Mon 2026-02-02 → Tue 2026-02-03 10:00
      disbursement#1 by Wed 2026-03-04 → Thu 2026-03-05 10:00 neutral
      mid-check#1 Tue 2026-07-28 → Tue 2026-07-28 10:00
      project-end#1 Wed 2026-12-23 → Wed 2026-12-09 10:00
      settlement-due#1 Mon 2027-02-22 → Wed 2027-02-10 10:00
      settlement#1 by Tue 2027-03-23 → Wed 2027-03-24 10:00 neutral`,
  },
  {
    why: 'grant paid out on time: disbursement on its own day',
    kind: 'grant',
    on: '2026-03-03 2026-03-10 2026-11-30',
    occurred: ['disbursement#1 2026-03-20', 'settlement#1 2027-02-05'],
    expected: `
      decision#1 Tue 2026-03-03 → Wed 2026-03-04 10:00
      disbursement#1 Fri 2026-03-20 → Fri 2026-03-20 10:00
      mid-check#1 Mon 2026-07-20 → Mon 2026-07-20 10:00
      project-end#1 Mon 2026-11-30 → Mon 2026-11-16 10:00
      settlement-due#1 Fri 2027-01-29 → Fri 2027-01-15 10:00
      settlement#1 Fri 2027-02-05 → Wed 2027-02-10 10:00`,
  },
  {
    why: 'grant decided on 29 February: thirty days are 30 March',
    kind: 'grant',
    on: '2028-02-29 2028-03-06 2028-12-15',
    expected: `
      decision#1 Tue 2028-02-29 → Thu 2028-03-02 10:00
      disbursement#1 by Thu 2028-03-30 → Fri 2028-03-31 10:00 neutral
      mid-check#1 Wed 2028-07-26 → Wed 2028-07-26 10:00
      project-end#1 Fri 2028-12-15 → Fri 2028-12-01 10:00
      settlement-due#1 Thu 2029-02-15 → Thu 2029-02-01 10:00
      settlement#1 by Thu 2029-03-15 → Fri 2029-03-16 10:00 neutral`,
  },
  {
    why: 'grant not paid within thirty days, which end on a Saturday',
    kind: 'grant',
    on: '2026-04-16 2026-04-20 2026-10-23',
    expected: `
      decision#1 Thu 2026-04-16 → Fri 2026-04-17 10:00
      disbursement#1 by Mon 2026-05-18 → Tue 2026-05-19 10:00 neutral
      mid-check#1 Wed 2026-07-22 → Wed 2026-07-22 10:00
      project-end#1 Fri 2026-10-23 → Thu 2026-10-08 10:00
      settlement-due#1 Tue 2026-12-22 → Tue 2026-12-08 10:00
      settlement#1 by Thu 2027-01-21 → Fri 2027-01-22 10:00 neutral`,
  },
  {
    why: 'ten business days back over the two substitute Mondays of October 2027',
    kind: 'grant',
    on: '2027-03-15 2027-04-01 2027-10-15',
    expected: `
      decision#1 Mon 2027-03-15 → Tue 2027-03-16 10:00
      disbursement#1 by Wed 2027-04-14 → Thu 2027-04-15 10:00 neutral
      mid-check#1 Thu 2027-07-08 → Thu 2027-07-08 10:00
      project-end#1 Fri 2027-10-15 → Wed 2027-09-29 10:00
      settlement-due#1 Tue 2027-12-14 → Tue 2027-11-30 10:00
      settlement#1 by Thu 2028-01-13 → Fri 2028-01-14 10:00 neutral`,
  },
  {
    why: 'permit received on a working day, nothing else recorded: neutral after thirty days',
    kind: 'permit',
    on: '2026-03-04 - -',
    expected: `
      received#1 Wed 2026-03-04 → Wed 2026-03-04 10:00
      decided#1 by Fri 2026-04-03 → Mon 2026-04-06 10:00 neutral`,
  },
  {
    why: 'permit received on a Saturday: told on Monday; thirty days counted from the Saturday',
    kind: 'permit',
    on: '2026-04-04 - -',
    expected: `
      received#1 Sat 2026-04-04 → Mon 2026-04-06 10:00
      decided#1 by Mon 2026-05-04 → Wed 2026-05-06 10:00 neutral`,
  },
  {
    why: 'permit whose reception is recorded a day later than it was filed',
    kind: 'permit',
    on: '2026-05-04 - -',
    occurred: ['received#1 2026-05-06'],
    expected: `
      received#1 Wed 2026-05-06 → Wed 2026-05-06 10:00
      decided#1 by Fri 2026-06-05 → Mon 2026-06-08 10:00 neutral`,
  },
  {
    why: 'site visit recorded ahead for a Monday: told on Friday',
    kind: 'permit',
    on: '2026-06-01 - -',
    occurred: ['received#1 2026-06-01', 'site-visit#1 2026-06-15', 'decided#1 2026-06-26'],
    expected: `
      received#1 Mon 2026-06-01 → Mon 2026-06-01 10:00
      site-visit#1 Mon 2026-06-15 → Fri 2026-06-12 10:00
      decided#1 Fri 2026-06-26 → Mon 2026-06-29 10:00`,
  },
  {
    why: 'a supplement asked twice, the second on a Sunday; visit after Chuseok',
    kind: 'permit',
    on: '2026-09-01 - -',
    occurred: ['supplement#1 2026-09-08', 'supplement#2 2026-09-20', 'site-visit#1 2026-09-28'],
    expected: `
      received#1 Tue 2026-09-01 → Tue 2026-09-01 10:00
      supplement#1 Tue 2026-09-08 → Tue 2026-09-08 10:00
      supplement#2 Sun 2026-09-20 → Mon 2026-09-21 10:00
      site-visit#1 Mon 2026-09-28 → Wed 2026-09-23 10:00
      decided#1 by Thu 2026-10-01 → Fri 2026-10-02 10:00 neutral`,
  },
  {
    why: 'decided on New Year’s Eve',
    kind: 'permit',
    on: '2026-12-14 - -',
    occurred: ['received#1 2026-12-14', 'decided#1 2026-12-31'],
    expected: `
      received#1 Mon 2026-12-14 → Mon 2026-12-14 10:00
      decided#1 Thu 2026-12-31 → Mon 2027-01-04 10:00`,
  },
  {
    why: 'permit recorded for a visit whose day before has passed: sent at once',
    kind: 'permit',
    on: '2026-06-01 - -',
    now: '2026-06-15 09:10',
    occurred: ['received#1 2026-06-01', 'site-visit#1 2026-06-15'],
    was: ['received#1 2026-06-01 10:00 messaged'],
    expected: `
      received#1 Mon 2026-06-01 → Mon 2026-06-01 10:00 messaged
      site-visit#1 Mon 2026-06-15 → Mon 2026-06-15 09:10
      decided#1 by Wed 2026-07-01 → Thu 2026-07-02 10:00 neutral`,
  },
];

const zone = 'Asia/Seoul';

describe('the dates of contracts', () => {
  it.each(contracts)('$kind: $why', (row) => {
    const planned = planContract(inputOf(row), calendarFor(row));
    const lines = row.expected
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    expect(linesOf(planned).sort()).toEqual(lines.sort());
  });
});

function calendarFor({ closed = [], open = [] }: DatedContract) {
  return calendarOf({
    timeZone: zone,
    country: 'KR',
    window: { from: '09:00', to: '18:00' },
    closed,
    open,
  });
}

function inputOf(row: DatedContract): PlanningInput {
  const [signedOn = null, startsOn = null, endsOn = null] = row.on
    .split(' ')
    .map((day) => (day === '-' ? null : day));
  return {
    contract: {
      kind: row.kind,
      state: row.state ?? 'signed',
      signedOn,
      startsOn,
      endsOn,
      completedOn: row.completed ?? null,
      terminatedOn: row.terminated ?? null,
      liabilityEndsOn: row.liability ?? null,
    },
    plan: planFor(row),
    occurrences: (row.occurred ?? []).map(occurrenceOf),
    contacts: [{ id: 'contact', number: 'ab', removed: false, suppressed: false }],
    existing: (row.was ?? []).map(existingOf),
    goLiveOn: row.goLive ?? null,
    now: instantAt(row.now ?? `${signedOn ?? ''} 09:00`),
    graceHours: 168,
  };
}

function planFor({ kind, hours = [] }: DatedContract): Plan {
  const hourOf = new Map(hours.map((line) => line.split(' ') as [string, string]));
  const plan = defaultPlans[kind];
  return {
    ...plan,
    milestones: plan.milestones.map((m) => ({ ...m, hour: hourOf.get(m.code) ?? m.hour })),
  };
}

function occurrenceOf(line: string): RecordedOccurrence {
  const [, code = '', number = '', occurredOn = ''] = /^(.+)#(\d+) (.+)$/.exec(line) ?? [];
  return { code, occurrence: Number(number), occurredOn };
}

function existingOf(line: string, n: number): ExistingAlert {
  const [key = '', day = '', hour = '', status = '', ...rest] = line.split(' ');
  const [code = '', occurrence = ''] = key.split('#');
  return {
    id: `alert-${n}`,
    code,
    occurrence: Number(occurrence),
    contactId: 'contact',
    number: 'ab',
    wording: rest.includes('neutral') ? 'neutral' : 'milestone',
    dueAt: instantAt(`${day} ${hour}`),
    status: status as AlertStatus,
    reason: (rest.find((word) => word !== 'neutral') ?? null) as AlertReason | null,
  };
}

function instantAt(local: string): Date {
  return instantOf(local.slice(0, 10), local.slice(11), zone);
}

function linesOf({ milestones, alerts }: Planned): string[] {
  return alerts.map((alert) => {
    const milestone = milestones.find((m) => m.code === alert.code && m.occurrence === alert.occurrence);
    const day = milestone?.date ?? milestone?.expectedBy ?? '';
    return [
      `${alert.code}#${alert.occurrence}`,
      ...(milestone?.date ? [] : ['by']),
      `${named(day)} →`,
      `${named(localDateOf(alert.dueAt, zone))} ${localTimeOf(alert.dueAt, zone)}`,
      ...(alert.wording === 'neutral' ? ['neutral'] : []),
      ...(alert.status === 'planned' ? [] : [alert.status]),
      ...(alert.reason ? [alert.reason] : []),
    ].join(' ');
  });
}

function named(day: string): string {
  return `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][weekday(day)] ?? ''} ${day}`;
}
