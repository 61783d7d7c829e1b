import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AccountRecords } from '../../accounts/account-records.js';
import { actorOf, type Caller } from '../../../core/access/roles.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import {
  effectResults,
  type ImportCounts,
  type ImportStatus,
  type ImportView,
} from '../../imports/import.schema.js';
import { ImportsService } from '../../imports/imports.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { addressOf } from '../choices.js';
import { actorText } from '../contracts/history-shown.js';
import { numberText } from '../formats.js';
import { type PageAnswer, page } from '../page.js';
import type { ShownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';
import { EffectsShown } from './effects-shown.js';
import { importTones } from './import-tones.js';

const perPage = 50;

/** What part of a long import is shown; what does not do is as good as not asked for. */
export const importQuery = z.object({
  result: z.enum(effectResults).optional().catch(undefined),
  after: z.uuid().optional().catch(undefined),
  problemsAfter: z
    .string()
    .regex(/^\d{1,10}\.[0-9a-f-]{36}$/)
    .optional()
    .catch(undefined),
});
type ImportQuery = z.infer<typeof importQuery>;

export interface Shown {
  import: ImportView;
  [name: string]: unknown;
}

/** An import as its page shows it, at whatever step it is. */
@Injectable()
export class ImportShown {
  constructor(
    private readonly imports: ImportsService,
    private readonly effects: EffectsShown,
    private readonly names: AccountRecords,
    private readonly settings: SettingsService,
  ) {}

  /** What stands on every page of it. Another department's is not found. */
  async head(caller: Caller, id: string, locale: Locale): Promise<Shown> {
    const view = await this.imports.importOf(caller, id);
    const names = await this.names.namesOfActors([view.actor, view.undone?.actor ?? view.actor]);
    const { timeZone } = (await this.settings.calendar()).setting;
    const zoned = (at: string | null | undefined) => (at ? zonedIso(new Date(at), timeZone) : null);
    return {
      import: view,
      tone: importTones[view.status],
      at: zoned(view.createdAt),
      who: actorText(view.actor, names, locale),
      size: sizeText(view.size, locale),
      stages: stagesOf(view),
      progress: progressOf(view),
      mayDecide: mayDecide(caller, view),
      undoUntil: zoned(view.undoUntil),
      undoneAt: zoned(view.undone?.at),
      undoneBy: view.undone && actorText(view.undone.actor, names, locale),
    };
  }

  /** With the number of texts above which the agency wants to be asked. */
  async withLimit(caller: Caller, id: string, locale: Locale): Promise<Shown> {
    const { importAskAbove } = (await this.settings.agency()).value;
    return { ...(await this.head(caller, id, locale)), askAbove: importAskAbove };
  }

  /** With what it does, or did. */
  async page(
    caller: Caller,
    id: string,
    locale: Locale,
    { query = {}, problem }: { query?: ImportQuery; problem?: ShownProblem } = {},
  ): Promise<PageAnswer> {
    const head = await this.head(caller, id, locale);
    const { status } = head.import;
    const hasEffects = ['ready', 'completed', 'failed', 'undone'].includes(status);
    const told = hasEffects ? await this.told(caller, head.import, query, locale) : {};
    return page(
      'imports/show',
      head.import.fileName,
      { ...head, ...told, problem, mayDiscard: undecided.includes(status) },
      { status: problem?.status ?? 200 },
    );
  }

  private async told(caller: Caller, view: ImportView, query: ImportQuery, locale: Locale) {
    const { result, after, problemsAfter } = query;
    const effects = await this.imports.effectsOf(caller, view.id, { result, cursor: after, limit: perPage });
    const problems = await this.imports.problemsOf(caller, view.id, {
      cursor: problemsAfter,
      limit: perPage,
    });
    const path = `/console/imports/${view.id}`;
    const to = (rest: ImportQuery) => addressOf(path, { result, after, problemsAfter, ...rest });
    const { importAskAbove } = (await this.settings.agency()).value;
    const { counts, peopleTextedToday } = view;
    return {
      effects: await this.effects.of(caller, effects.items, locale),
      next: effects.nextCursor && `${to({ after: effects.nextCursor })}#effects`,
      first: after && `${to({ after: undefined })}#effects`,
      tallies: talliesOf(counts, result ?? null, (one) => `${to({ result: one, after: undefined })}#effects`),
      all: result && `${to({ result: undefined, after: undefined })}#effects`,
      problems: problems.items,
      problemsNext: problems.nextCursor && `${to({ problemsAfter: problems.nextCursor })}#problems`,
      problemsFirst: problemsAfter && `${to({ problemsAfter: undefined })}#problems`,
      askAbove: importAskAbove,
      isAbove: (peopleTextedToday ?? 0) > importAskAbove,
      hasWork: counts.created + counts.updated + counts.corrected > 0,
      // An OCDS file has no rows that could be mended.
      refusedSheet:
        counts.refused > 0 && view.format !== 'ocds' && view.status !== 'undone' && caller.role !== 'auditor',
      differs:
        view.status !== 'ready' && view.previewCounts !== null && !sameResults(counts, view.previewCounts),
      failedBeforeApplying: view.preview && view.previewCounts === null,
    };
  }
}

const undecided: ImportStatus[] = ['queued', 'reading', 'columns', 'previewing', 'ready'];

/** For what is offered; the services decide. */
function mayDecide(caller: Caller, view: ImportView): boolean {
  if (caller.role === 'admin' || caller.role === 'manager') return true;
  return caller.role === 'officer' && view.actor === actorOf(caller);
}

const stageAt: Partial<Record<ImportStatus, number>> = {
  queued: 0,
  reading: 0,
  columns: 1,
  previewing: 2,
  ready: 2,
  running: 3,
  completed: 3,
};

/** Of an import that ended otherwise there are no steps to show. */
function stagesOf({ status, format, preview }: ImportView) {
  const at = stageAt[status];
  if (at === undefined || !preview) return null;
  const keys = ['stageFile', 'stageColumns', 'stagePreview', 'stageApplied'] as const;
  return keys
    .map((key, i) => ({
      key,
      isHere: i === at && status !== 'completed',
      isOver: i < at || status === 'completed',
    }))
    .filter(({ key }) => key !== 'stageColumns' || format !== 'ocds');
}

/** Null when it cannot be told yet. */
function progressOf({ status, progress }: ImportView) {
  const { units, totalUnits, bytes, totalBytes } = progress;
  const isKnown = status === 'running' && totalUnits !== null;
  const [done, total] = isKnown ? [units, totalUnits] : [bytes, totalBytes];
  const percent = total > 0 && done > 0 ? Math.min(100, Math.floor((100 * done) / total)) : null;
  return { percent, units, totalUnits, isKnown };
}

function talliesOf(
  counts: ImportCounts,
  chosen: string | null,
  to: (result: (typeof effectResults)[number]) => string,
) {
  return effectResults.map((result) => ({
    result,
    count: counts[result],
    to: counts[result] > 0 ? to(result) : null,
    isChosen: result === chosen,
  }));
}

function sameResults(a: ImportCounts, b: ImportCounts): boolean {
  return effectResults.every((result) => a[result] === b[result]);
}

function sizeText(bytes: number, locale: Locale): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  return kilobytes < 1024
    ? `${numberText(kilobytes, locale)} KB`
    : `${numberText((kilobytes / 1024).toFixed(1), locale)} MB`;
}
