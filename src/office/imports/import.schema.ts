import { z } from 'zod';
import { pageOf } from '../../platform/http/answers.js';
import { pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { reasonSchema } from '../../platform/http/text.schema.js';
import { ocdsKinds } from './ocds/kinds.js';
import { ocdsProblems } from './ocds/ocds.words.js';

export const importStatuses = [
  'queued',
  'reading',
  'columns',
  'previewing',
  'ready',
  'running',
  'completed',
  'failed',
  'undone',
  'discarded',
] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** What a file of a reference list holds. */
export const fileHolds = ['contracts', 'payments'] as const;

/** A ListedFile is what a file of a reference list holds, and what came of it so far. */
export interface ListedFile {
  holds: (typeof fileHolds)[number];
  records: number;
  changed: number;
  refused: number;
  flags: number;
}

/** While an import is in one of these, nothing of it has been applied. */
export const undecided: ImportStatus[] = ['queued', 'reading', 'columns', 'previewing', 'ready'];

const importFormats = ['csv', 'xlsx', 'ocds'] as const;
export type ImportFormat = (typeof importFormats)[number];

/**
 * ColumnMapping gives the field of each column by the column's key: its heading without case, spaces and punctuation (see
 * `headingKeys`). A column whose field is null is not read. It wins over what is known of a heading; a value that names no
 * field counts as not chosen.
 */
export type ColumnMapping = Readonly<Record<string, string | null>>;

export const effectResults = [
  'created',
  'updated',
  'corrected',
  'unchanged',
  'ignored',
  'refused',
  'proposed',
] as const;
export type EffectResult = (typeof effectResults)[number];

export const importCountsSchema = z.object({
  contracts: z.int(),
  created: z.int(),
  updated: z.int(),
  corrected: z.int(),
  unchanged: z.int(),
  ignored: z.int(),
  proposed: z.int().default(0).meta({ description: 'They wait for a second person.' }),
  refused: z.int(),
  contactsWithoutNumber: z.int().meta({ description: 'Of contracts that went in.' }),
  alertsPlanned: z.int(),
  // Older imports did not count them.
  alertsMoved: z.int().default(0),
  alertsCancelled: z.int().default(0),
});
export type ImportCounts = z.infer<typeof importCountsSchema>;

export const noCounts = Object.fromEntries(
  Object.keys(importCountsSchema.shape).map((key) => [key, 0]),
) as ImportCounts;

export const undoCountsSchema = z.object({
  toDraft: z.int().meta({ description: 'Contracts that it had created.' }),
  restored: z.int().meta({ description: 'Contracts that it had changed.' }),
  alertsCancelled: z.int(),
});
export type UndoCounts = z.infer<typeof undoCountsSchema>;

export const importView = z
  .object({
    id: z.uuid(),
    fileName: z.string(),
    format: z.enum(importFormats).nullable(),
    status: z.enum(importStatuses),
    statusText: wordsView,
    preview: z.boolean().meta({ description: 'It is looked at before it is applied.' }),
    departmentId: z.uuid().nullable(),
    actor: z.string(),
    counts: importCountsSchema.meta({ description: 'Of what is being done, or was done last.' }),
    previewCounts: importCountsSchema.nullable().meta({ description: 'What the preview had said.' }),
    peopleTextedToday: z.int().nullable().meta({
      description:
        'How many numbers would be texted today if it were applied; brakes and a rehearsal are disregarded.',
    }),
    peopleTextedTodayText: wordsView.nullable(),
    progress: z.object({
      units: z.int().meta({ description: 'Contracts of the file that are done.' }),
      totalUnits: z.int().nullable().meta({ description: 'Known once the file has been read through.' }),
      bytes: z.int().meta({ description: 'Of the file, read in this pass.' }),
      totalBytes: z.int(),
    }),
    size: z.int().meta({ description: 'Bytes.' }),
    failure: z.string().nullable(),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    undoUntil: z.string().nullable().meta({ description: 'Null when it can no longer be undone.' }),
    undone: z
      .object({ at: z.string(), actor: z.string(), reason: z.string(), counts: undoCountsSchema })
      .nullable(),
    proposal: z
      .object({ id: z.uuid() })
      .optional()
      .meta({ description: 'The undoing waits for a second person: the import is shown as it was.' }),
  })
  .meta({ id: 'Import' });
export type ImportView = z.infer<typeof importView>;

export const importListQuery = z.strictObject({
  status: z.enum(importStatuses).optional(),
  cursor: z.uuid().optional(),
  limit: pageLimit,
});
export type ImportListQuery = z.infer<typeof importListQuery>;
export const importList = pageOf(importView);

export const importProblemView = z.object({
  id: z.uuid(),
  line: z.int(),
  field: z.string(),
  value: z.string().meta({ description: 'Masked.' }),
  code: z.string(),
  message: z.string(),
  advice: z.string(),
  text: z.object({ message: wordsView, advice: wordsView }),
  fatal: z.boolean().meta({ description: 'The row was refused; otherwise it went in.' }),
});
export type ImportProblemView = z.infer<typeof importProblemView>;

export const problemsQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,10}\.[0-9a-f-]{36}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type ProblemsQuery = z.infer<typeof problemsQuery>;

const shownValue = z.union([z.string(), z.number()]).nullable();

export const effectView = z.object({
  id: z.uuid(),
  line: z.int(),
  contractId: z.uuid().nullable(),
  reference: z.string().nullable(),
  title: z.string().nullable(),
  result: z.enum(effectResults),
  resultText: wordsView,
  previewed: z
    .enum(effectResults)
    .nullable()
    .meta({ description: 'What the preview had said, once it is applied.' }),
  applied: z.boolean(),
  changes: z
    .array(z.object({ field: z.string(), from: shownValue, to: shownValue }))
    .meta({ description: 'Field by field; people and numbers masked.' }),
  alerts: z.object({ added: z.int(), moved: z.int(), cancelled: z.int() }),
  textedToday: z.int(),
});
export type EffectView = z.infer<typeof effectView>;

export const effectsQuery = z.strictObject({
  result: z.enum(effectResults).optional(),
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type EffectsQuery = z.infer<typeof effectsQuery>;
export const effectList = pageOf(effectView);

const columnView = z.object({
  key: z.string().meta({ description: 'What the mapping calls it.' }),
  heading: z.string().meta({ description: 'As it stands in the sheet; empty when it has none.' }),
  letters: z.string().meta({ description: 'Where a spreadsheet shows it, such as C.' }),
  field: z.string().nullable().meta({ description: 'Null: the column is not read.' }),
  by: z.enum(['known', 'remembered', 'guessed', 'chosen']).nullable(),
  samples: z.array(z.string()).meta({ description: 'Masked.' }),
});
export const columnsView = z.object({
  columns: z.array(columnView),
  missing: z.array(z.string()).meta({ description: 'Fields that are needed and have no column yet.' }),
  fields: z.array(z.object({ field: z.string(), name: wordsView, required: z.boolean() })),
});
export type ColumnsView = z.infer<typeof columnsView>;

export const columnsBody = z.strictObject({
  mapping: z
    .record(z.string().min(1).max(200), z.string().max(40).nullable())
    .meta({ description: 'By the key of the column; a column that is left out keeps what was proposed.' }),
});
export type ColumnsBody = z.infer<typeof columnsBody>;

const nameView = z.object({
  id: z.uuid().meta({ description: 'What the choices call it.' }),
  of: z.enum(['department', 'officer']),
  departmentId: z.uuid().nullable().meta({ description: 'The department whose officer is meant.' }),
  name: z.string().meta({ description: 'As it stands in the file; an officer’s is masked.' }),
  line: z.int().meta({ description: 'The first that has it.' }),
  contracts: z.int().meta({ description: 'Contracts of the file that have it.' }),
  chosenId: z.uuid().nullable().meta({ description: 'The department or officer that is meant.' }),
  by: z.enum(['remembered', 'chosen']).nullable(),
});
export type NameView = z.infer<typeof nameView>;
export const namesView = z.object({ names: z.array(nameView) });

export const namesBody = z.strictObject({
  choices: z
    .record(z.uuid(), z.uuid().nullable())
    .meta({ description: 'By the id of the name, the id of a department or officer; null: nobody.' }),
});
export type NamesBody = z.infer<typeof namesBody>;

export const applyBody = z.strictObject({
  confirmTexts: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'peopleTextedToday, when it is above the agency’s importAskAbove.' }),
});
export type ApplyBody = z.infer<typeof applyBody>;

export const undoBody = z.strictObject({ reason: reasonSchema });
export type UndoBody = z.infer<typeof undoBody>;

const preview = z.enum(['true', 'false']).optional();
export const uploadQuery = z.strictObject({ preview });
export type UploadQuery = z.infer<typeof uploadQuery>;

const ocdsKind = z.enum(ocdsKinds);
/** Reads a line for each buyer, such as `한빛시 = works`. */
function kindLines(text: string): [buyer: string, kind: string][] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const at = line.lastIndexOf('=');
    return [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
  });
}

const buyerKinds = z
  .string()
  .max(10_000)
  .refine(
    (text) => kindLines(text).every(([buyer, kind]) => buyer !== '' && ocdsKind.safeParse(kind).success),
    ocdsProblems.rule('buyer-kinds-unreadable'),
  )
  .transform((text) => Object.fromEntries(kindLines(text)) as Record<string, z.infer<typeof ocdsKind>>);

/** What is said with a file about contracts of OCDS, where it does not say so itself. */
const optionFields = z.strictObject({
  kind: ocdsKind.optional(),
  buyerKinds: buyerKinds.optional(),
  awardsAsContracts: z
    .enum(['true', 'false'])
    .transform((written) => written === 'true')
    .optional(),
});
export type ImportOptions = z.infer<typeof optionFields>;

export const uploadFields = uploadQuery.extend({ departmentId: z.uuid().optional(), ...optionFields.shape });
