import { z } from 'zod';

export const importCountsSchema = z.object({
  contracts: z.int(),
  created: z.int(),
  updated: z.int(),
  corrected: z.int(),
  unchanged: z.int(),
  ignored: z.int(),
  refused: z.int(),
  contactsWithoutNumber: z.int(),
  alertsPlanned: z.int(),
});
export type ImportCounts = z.infer<typeof importCountsSchema>;

export const noCounts: ImportCounts = {
  contracts: 0,
  created: 0,
  updated: 0,
  corrected: 0,
  unchanged: 0,
  ignored: 0,
  refused: 0,
  contactsWithoutNumber: 0,
  alertsPlanned: 0,
};

export const importView = z
  .object({
    id: z.uuid(),
    fileName: z.string(),
    format: z.enum(['csv', 'ocds']).nullable(),
    status: z.enum(['queued', 'running', 'completed', 'failed']),
    counts: importCountsSchema,
    size: z.int().meta({ description: 'Bytes.' }),
    failure: z.string().nullable(),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'Import' });
export type ImportView = z.infer<typeof importView>;

export const importProblemView = z.object({
  id: z.uuid(),
  line: z.int(),
  field: z.string(),
  value: z.string().meta({ description: 'Masked.' }),
  code: z.string(),
  message: z.string(),
  advice: z.string(),
  fatal: z.boolean().meta({ description: 'The row was refused; otherwise it went in.' }),
});

export const problemsQuery = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type ProblemsQuery = z.infer<typeof problemsQuery>;
