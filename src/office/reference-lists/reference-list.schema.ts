import { z } from 'zod';
import { daySchema } from '../../core/calendar/calendar.schema.js';
import { flagListView } from '../../core/flags/flags.schema.js';
import { pageOf } from '../../platform/http/answers.js';
import { pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { lineOf, reasonSchema } from '../../platform/http/text.schema.js';
import { fileHolds } from '../imports/import.schema.js';

const waysMatched = ['reference', 'terms', 'auditor'] as const;
export type WayMatched = (typeof waysMatched)[number];

/** Why the e-procurement service was not read; `service-unread`: the fault is on this side. */
const listFailures = ['service-away', 'service-refuses', 'service-unread'] as const;
export type ListFailure = (typeof listFailures)[number];

/** Days that officers have for registering a contract, unless the list says otherwise. */
const usualGrace = 5;

export const newListBody = z
  .strictObject({
    name: lineOf(100),
    since: daySchema.meta({ description: 'What was signed before that day need not be registered here.' }),
    graceDays: z.coerce
      .number()
      .int()
      .min(0)
      .max(365)
      .default(usualGrace)
      .meta({ description: 'Days after the signing that officers have to register a contract.' }),
    departmentId: z.uuid().nullable().default(null).meta({
      description:
        'What names no department of the agency comes to this one, where lists register contracts.',
    }),
    polled: z
      .union([z.boolean(), z.literal('on').transform(() => true)])
      .default(false)
      .meta({ description: 'It is filled from the e-procurement service; one list at most is.' }),
  })
  .meta({
    id: 'NewReferenceList',
    example: { name: 'E-procurement, 2026', since: '2026-01-01', graceDays: 5 },
  });
export type NewListBody = z.infer<typeof newListBody>;

const listView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    since: z.string(),
    graceDays: z.int(),
    departmentId: z.uuid().nullable(),
    polled: z.boolean(),
    polledAt: z.string().nullable().meta({ description: 'When the service was last read to the end.' }),
    failure: z.enum(listFailures).nullable(),
    records: z.int(),
    matched: z.int().meta({ description: 'Records that a contract here is taken for.' }),
    missing: z.int().meta({ description: 'Records without a contract here that should have one.' }),
  })
  .meta({ id: 'ReferenceList' });
export type ListView = z.infer<typeof listView>;
export const listsView = z.object({ items: z.array(listView) }).meta({ id: 'ReferenceLists' });

/** These fields come before the file. */
export const fileBody = z.strictObject({ holds: z.enum(fileHolds).default('contracts') });
export type FileBody = z.infer<typeof fileBody>;

export const listFileView = z
  .object({
    id: z.uuid(),
    fileName: z.string(),
    holds: z.enum(fileHolds),
    status: z.enum(['reading', 'taken', 'failed']),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    progress: z.object({
      bytes: z.int().meta({ description: 'Of the file, read so far.' }),
      totalBytes: z.int(),
    }),
    records: z
      .int()
      .meta({ description: 'Contracts that the file states, or its payments and inspections.' }),
    changed: z.int().meta({
      description:
        'Records that are new, or of a newer revision, or corrected; of payments and inspections those that were recorded.',
    }),
    refused: z.int().meta({ description: 'What could not be read, or fits no contract or milestone here.' }),
    flags: z.int().meta({ description: 'Raised by what is known now.' }),
    problems: z
      .array(z.object({ line: z.int(), field: z.string(), code: z.string(), message: wordsView }))
      .meta({ description: 'The first hundred.' }),
  })
  .meta({ id: 'ReferenceFile' });
export type ListFileView = z.infer<typeof listFileView>;
export const listFilesView = z
  .object({ items: z.array(listFileView).meta({ description: 'The newest ten, newest first.' }) })
  .meta({ id: 'ReferenceFiles' });

export const recordStates = ['missing', 'matched', 'unmatched'] as const;
export const recordsQuery = z.strictObject({
  state: z.enum(recordStates).optional(),
  cursor: z.uuid().optional(),
  limit: pageLimit,
});
export type RecordsQuery = z.infer<typeof recordsQuery>;

const recordRow = z.object({
  id: z.uuid(),
  reference: z.string(),
  revision: z.int(),
  kind: z.string(),
  title: z.string(),
  department: z.string().nullable(),
  signedOn: z.string().nullable(),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  value: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  cancelled: z.boolean(),
  matchedBy: z.enum(waysMatched).nullable(),
  contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string() }).nullable(),
  isMissing: z.boolean().meta({ description: 'It should be registered here, and is not.' }),
  days: z.int().nullable().meta({ description: 'Since it was signed.' }),
});
export type RecordRow = z.infer<typeof recordRow>;
export const recordsView = pageOf(recordRow).meta({ id: 'ReferenceRecords' });

export const recordView = recordRow
  .extend({
    list: z.object({ id: z.uuid(), name: z.string() }),
    companies: z.array(z.object({ name: z.string(), registrationNumber: z.string().nullable() })),
    flags: flagListView.shape.items.meta({ description: 'Of its not being registered.' }),
    history: flagListView.shape.history,
  })
  .meta({ id: 'ReferenceRecord' });
export type RecordView = z.infer<typeof recordView>;

export const matchBody = z
  .strictObject({
    reference: lineOf(60)
      .nullable()
      .meta({ description: 'Of the contract here that it is; null: it is none that has to be registered.' }),
    reason: reasonSchema,
  })
  .meta({
    id: 'ReferenceMatch',
    example: { reference: 'C-2026-0143', reason: 'Same works, another number' },
  });
export type MatchBody = z.infer<typeof matchBody>;
