import { z } from 'zod';
import { pageOf } from '../../platform/http/answers.js';
import { cursorSchema, pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { textOf } from '../../platform/http/text.schema.js';
import { daySchema } from '../calendar/calendar.schema.js';
import { fatesOfTexts, findings, flagKinds } from '../planning/flag.entity.js';

export const flagStates = ['open', 'closed'] as const;

export const inboxQuery = z.strictObject({
  contractId: z.uuid().optional(),
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  officerId: z
    .uuid()
    .optional()
    .meta({ description: 'Flags of contracts that named this officer at the time.' }),
  kind: z.enum(flagKinds).optional(),
  state: z.enum(flagStates).default('open'),
  assignee: z.uuid().optional().meta({ description: 'The account of the auditor who looks after them.' }),
  format: z.enum(['json', 'csv']).default('json'),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type InboxQuery = z.infer<typeof inboxQuery>;

/** What flags say of who did it and what an auditor found. Of several, it is the latest that speaks. */
const particulars = {
  id: z.uuid(),
  kind: z.enum(flagKinds),
  actor: z.string(),
  reason: z.string().nullable(),
  approvedBy: z.string().nullable().meta({ description: 'The second person who approved the change.' }),
  changed: z
    .array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
    .nullable()
    .meta({ description: 'What was changed, where the kind is about that.' }),
  closedAt: z.string().nullable(),
  closedBy: z.string().nullable(),
  finding: z.enum(findings).nullable(),
  note: z.string().nullable(),
};

const inboxRow = z
  .object({
    ...particulars,
    weight: z.int().meta({ description: 'Of the kind; the heaviest comes first.' }),
    count: z.int().meta({ description: 'How often it was flagged, open or closed as the row is.' }),
    firstAt: z.string(),
    lastAt: z.string(),
    people: z.int().meta({ description: 'Contacts whose texts it is about.' }),
    milestones: z.array(z.object({ code: z.string(), name: wordsView.nullable() })),
    contract: z.object({
      id: z.uuid(),
      isRegistered: z.boolean().meta({
        description:
          'False: it is not here. A reference list has it, and the id is that of the list’s record; or the flag is about the whole agency, and the id is all zeros.',
      }),
      reference: z.string(),
      title: z.string(),
      companies: z.array(z.string()).meta({ description: 'Five at most.' }),
    }),
    department: z
      .object({ id: z.uuid(), code: z.string(), name: wordsView })
      .nullable()
      .meta({ description: 'The one that the contract was in at the time.' }),
    officer: z
      .object({ id: z.uuid(), name: z.string() })
      .nullable()
      .meta({ description: 'The one whom the contract named at the time; masked.' }),
    assignee: z.uuid().nullable(),
  })
  .meta({ id: 'FlagRow' });
export type InboxRow = z.infer<typeof inboxRow>;

export const inboxView = pageOf(inboxRow).meta({ id: 'FlagInbox' });
export type InboxPage = z.infer<typeof inboxView>;

const flagView = z.object({
  ...particulars,
  at: z.string(),
  departmentId: z.uuid().nullable(),
  officerId: z.uuid().nullable(),
  lost: z.array(
    z.object({
      code: z.string(),
      occurrence: z.int(),
      contactId: z.uuid(),
      dueAt: z.string(),
      how: z.enum(fatesOfTexts),
    }),
  ),
});
export type FlagView = z.infer<typeof flagView>;

const looked = z.object({
  at: z.string(),
  what: z.enum(['flag-assigned', 'flag-noted', 'flag-closed']),
  kind: z.enum(flagKinds),
  actor: z.string(),
  note: z.string().nullable(),
  assignee: z.uuid().nullable(),
  finding: z.enum(findings).nullable(),
  count: z.int().nullable().meta({ description: 'How many were closed.' }),
});
export type Looked = z.infer<typeof looked>;

export const flagListView = z
  .object({
    items: z.array(flagView),
    history: z.array(looked).meta({ description: 'What auditors did about them, newest first.' }),
  })
  .meta({ id: 'FlagList' });
export type FlagList = z.infer<typeof flagListView>;

const example = { contractId: '01996f3e-0000-7000-8000-00000000000a', kind: 'number-swapped' };
const ofRow = { contractId: z.uuid(), kind: z.enum(flagKinds) };

export const assigningBody = z
  .strictObject({ ...ofRow, assignee: z.uuid().nullable() })
  .meta({ id: 'FlagAssigning', example: { ...example, assignee: '01996f3e-0000-7000-8000-00000000000b' } });
export type AssigningBody = z.infer<typeof assigningBody>;

export const notingBody = z
  .strictObject({ ...ofRow, note: textOf(500) })
  .meta({ id: 'FlagNoting', example: { ...example, note: 'Asked the company; it will call back.' } });
export type NotingBody = z.infer<typeof notingBody>;

export const closingBody = z.strictObject({ ...ofRow, finding: z.enum(findings), note: textOf(500) }).meta({
  id: 'FlagClosing',
  example: {
    ...example,
    finding: 'explained',
    note: 'The site manager changed; the company confirmed it.',
  },
});
export type ClosingBody = z.infer<typeof closingBody>;

export const closedView = z.object({ closed: z.int() }).meta({ id: 'FlagsClosed' });

export const officerFiguresQuery = z.strictObject({
  from: daySchema
    .optional()
    .meta({ description: 'The first day; twelve months up to the last where it is left out.' }),
  to: daySchema.optional().meta({ description: 'The last, itself in it; today where it is left out.' }),
});
export type OfficerFiguresQuery = z.infer<typeof officerFiguresQuery>;

export const measures = [
  'contacts-before-alert',
  'late',
  'wrong-number',
  'undated',
  'english',
  'under-threshold',
] as const;
export type Measure = (typeof measures)[number];

export const officerFiguresView = z
  .object({
    from: z.string(),
    to: z.string(),
    total: z.int().meta({ description: 'Officers; 1,000 of them are listed.' }),
    medians: z
      .array(z.object({ measure: z.enum(measures), share: z.number().nullable() }))
      .meta({ description: 'Of officers with at least ten contracts; null when there are none.' }),
    items: z.array(
      z.object({
        officer: z.object({ id: z.uuid(), name: z.string() }).meta({ description: 'Masked.' }),
        isOutlier: z.boolean().meta({ description: 'In any of the measures.' }),
        measures: z.array(
          z.object({
            measure: z.enum(measures),
            count: z.int().meta({ description: 'Contracts of which it is so.' }),
            base: z.int().meta({ description: 'Contracts of which it could be so.' }),
            share: z.number().nullable(),
            isOutlier: z.boolean().meta({
              description: 'Far more often than other officers of the agency; see docs/coverage.md.',
            }),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'OfficerFigures' });
export type OfficerFiguresPage = z.infer<typeof officerFiguresView>;
