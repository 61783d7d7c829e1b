import type { ImportFormat } from './import-source.js';
import {
  type ImportCounts,
  importCountsSchema,
  type ImportStatus,
  type ImportView,
  type UndoCounts,
} from './import.schema.js';
import { importStatusWords, textedTodayWords } from './import-words.js';

/** Days for which what an import changed can be put back. */
export const undoDays = 30;

export interface ImportRow {
  id: string;
  fileName: string;
  format: ImportFormat | null;
  status: ImportStatus;
  preview: boolean;
  departmentId: string | null;
  actor: string;
  accountId: string | null;
  keyId: string | null;
  /** Of who brought it in: with those below it, all that it can have touched. Null when he sees all. */
  bringerDepartmentId: string | null;
  mapping: Record<string, string | null> | null;
  counts: ImportCounts;
  previewCounts: ImportCounts | null;
  peopleTextedToday: number | null;
  previewedOn: string | null;
  position: number;
  total: number | null;
  bytesRead: number;
  size: number;
  failure: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  undoUntil: Date | null;
  undoneAt: Date | null;
  undoneBy: string | null;
  undoReason: string | null;
  undoCounts: UndoCounts | null;
}

/** SQL: an import goes along with a department that was merged into another. */
const asMerged = (id: string) =>
  `coalesce((SELECT merged_into FROM department WHERE department.id = ${id}), ${id})`;
export const ownDepartment = asMerged('department_id');
export const bringerDepartment = asMerged(
  `(CASE WHEN caller ->> 'role' <> 'admin' THEN caller ->> 'departmentId' END)::uuid`,
);

export const importColumns = `id, file_name, format, status, preview, ${ownDepartment} AS department_id,
  actor, caller ->> 'accountId' AS account_id, caller ->> 'keyId' AS key_id,
  ${bringerDepartment} AS bringer_department_id, mapping, counts,
  preview_counts, people_texted_today, previewed_on,
  position::float8 AS position, total::float8 AS total, bytes_read::float8 AS bytes_read, size::float8 AS size,
  failure, created_at, started_at, finished_at,
  CASE WHEN status IN ('completed', 'failed') AND settled_at IS NULL
       THEN finished_at + ${undoDays} * interval '1 day' END AS undo_until,
  undone_at, undone_by, undo_reason, undo_counts`;

export function viewOf(row: ImportRow): ImportView {
  const people = row.peopleTextedToday;
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: row.id,
    fileName: row.fileName,
    format: row.format,
    status: row.status,
    statusText: importStatusWords[row.status],
    preview: row.preview,
    departmentId: row.departmentId,
    actor: row.actor,
    counts: importCountsSchema.parse(row.counts),
    previewCounts: row.previewCounts && importCountsSchema.parse(row.previewCounts),
    peopleTextedToday: people,
    peopleTextedTodayText: people === null ? null : textedTodayWords(people),
    progress: {
      units: row.position,
      totalUnits: row.total,
      bytes: row.bytesRead,
      totalBytes: row.size,
    },
    size: row.size,
    failure: row.failure,
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    undoUntil: iso(row.undoUntil),
    undone:
      row.undoneAt && row.undoCounts
        ? {
            at: row.undoneAt.toISOString(),
            actor: row.undoneBy ?? '',
            reason: row.undoReason ?? '',
            counts: row.undoCounts,
          }
        : null,
  };
}
