import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { actorOf, type Caller } from '../../../core/access/roles.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { hasWords, type Locale, translate } from '../../../platform/words/words.js';
import { AccountRecords } from '../../accounts/account-records.js';
import {
  type EffectResult,
  effectResults,
  type EffectView,
  type ImportCounts,
  type ImportListQuery,
  type ImportStatus,
  type ImportView,
} from '../../imports/import.schema.js';
import { ImportsService } from '../../imports/imports.service.js';
import { FormChoices, nameIn } from '../choices.js';
import { actorText } from '../contracts/history.js';
import { addressOf, type ShownProblem } from '../form.js';
import { dayText, numberText } from '../formats.js';
import { page } from '../page.js';
import type { Visit } from '../visit.js';
import './imports.words.js';

/** How states look: `good`, `bad`, `wait` for what wants a look, `now` for what goes on. */
const importTones: Readonly<Record<ImportStatus, string>> = {
  queued: 'now',
  reading: 'now',
  columns: 'wait',
  previewing: 'now',
  ready: 'wait',
  running: 'now',
  completed: 'good',
  failed: 'bad',
  undone: '',
  discarded: '',
};

const resultTones: Readonly<Record<EffectResult, string>> = {
  created: 'good',
  updated: 'now',
  corrected: 'now',
  unchanged: '',
  ignored: '',
  refused: 'bad',
};

interface Names {
  departments: Map<string, string>;
  officers: Map<string, string>;
  milestones: Map<string, string>;
}

type Value = EffectView['changes'][number]['from'];

/** What an import does to each contract, in the reader's words. */
@Injectable()
export class EffectsShown {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly choices: FormChoices,
  ) {}

  async shown(visit: Visit, effects: EffectView[]) {
    const { locale } = visit;
    const names = await this.namesFor(visit, effects);
    return effects.map((effect) => ({
      ...effect,
      tone: resultTones[effect.result],
      // What the preview had said is worth a word only where it came otherwise.
      otherwise: effect.previewed !== null && effect.previewed !== effect.result ? effect.previewed : null,
      isFolded: effect.result === 'created' && effect.changes.length > 3,
      changes: effect.changes.map(({ field, from, to }) => ({
        name: fieldText(field, names, locale),
        from: valueText(field, from, names, locale),
        to: valueText(field, to, names, locale),
      })),
    }));
  }

  private async namesFor({ caller, locale }: Visit, effects: EffectView[]): Promise<Names> {
    const fields = new Set(effects.flatMap((effect) => effect.changes.map((change) => change.field)));
    const occurred = [...fields].some((field) => field.startsWith('occurrence.'));
    const departments = fields.has('departmentId') ? await this.departments.list(caller) : [];
    const officers = fields.has('officerId') ? await this.officers.named(caller) : [];
    return {
      departments: new Map(departments.map((one) => [one.id, nameIn(one, locale)])),
      officers: new Map(officers.map(({ id, name }) => [id, name])),
      milestones: new Map(occurred ? await this.choices.milestoneNames(locale) : []),
    };
  }
}

function fieldText(field: string, { milestones }: Names, locale: Locale): string {
  const key = `importFields.${field}`;
  if (hasWords(key)) return translate(locale, key);
  const code = field.replace(/^occurrence\./, '');
  return `${translate(locale, 'importFields.occurrence')}: ${milestones.get(code) ?? code}`;
}

function valueText(
  field: string,
  value: Value,
  { departments, officers }: Names,
  locale: Locale,
): string | null {
  if (value === null || value === '') return null;
  const text = String(value);
  if (field === 'departmentId') return departments.get(text) ?? translate(locale, 'common.unknown');
  if (field === 'officerId') return officers.get(text) ?? translate(locale, 'common.unknown');
  if (field === 'state' || field === 'resumesTo')
    return hasWords(`states.${text}`) ? translate(locale, `states.${text}`) : text;
  if (field === 'amount') return numberText(text, locale);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && field !== 'title' ? dayText(text, locale) : text;
}

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

/** An import as its page shows it, at whatever step it is. */
@Injectable()
export class ImportShown {
  constructor(
    private readonly imports: ImportsService,
    private readonly effects: EffectsShown,
    private readonly names: AccountRecords,
    private readonly settings: SettingsService,
  ) {}

  /** The imports that were made before, newest first. */
  async listed({ caller, locale }: Visit, query: ImportListQuery) {
    const { items, nextCursor } = await this.imports.importsFor(caller, query);
    const names = await this.names.namesOfActors(items.map((one) => one.actor));
    return {
      nextCursor,
      items: items.map((one) => ({
        ...one,
        who: actorText(one.actor, names, locale),
        tone: importTones[one.status],
        counted: isCounted(one) ? countedText(one, locale) : '',
        refused: isCounted(one) ? one.counts.refused : 0,
      })),
    };
  }

  /** What stands on every page of it. Another department's is not found. */
  async head({ caller, locale }: Visit, id: string) {
    const view = await this.imports.importOf(caller, id);
    const names = await this.names.namesOfActors([view.actor, view.undone?.actor ?? view.actor]);
    return {
      import: view,
      tone: importTones[view.status],
      who: actorText(view.actor, names, locale),
      size: sizeText(view.size, locale),
      stages: stagesOf(view),
      progress: progressOf(view),
      mayDecide: mayDecide(caller, view),
      undoneBy: view.undone && actorText(view.undone.actor, names, locale),
    };
  }

  /** With the number of texts above which the agency wants to be asked. */
  async withLimit(visit: Visit, id: string) {
    const { importAskAbove } = (await this.settings.agency()).value;
    return { ...(await this.head(visit, id)), askAbove: importAskAbove };
  }

  /** With what it does, or did. */
  async page(
    visit: Visit,
    id: string,
    { query = {}, problem }: { query?: ImportQuery; problem?: ShownProblem },
  ) {
    const head = await this.head(visit, id);
    const { status, fileName } = head.import;
    const hasEffects = ['ready', 'completed', 'failed', 'undone'].includes(status);
    const effects = hasEffects ? await this.withEffects(visit, head.import, query) : {};
    return page('imports/show', fileName, {
      ...head,
      ...effects,
      problem,
      mayDiscard: undecided.includes(status),
    });
  }

  private async withEffects(visit: Visit, view: ImportView, query: ImportQuery) {
    const { caller } = visit;
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
      effects: await this.effects.shown(visit, effects.items),
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
      // An OCDS file has no rows that people could correct.
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

/** What is refused stands beside it, marked. */
function countedText({ counts }: ImportView, locale: Locale): string {
  const counted = {
    listedCreated: counts.created,
    listedChanged: counts.updated + counts.corrected,
    listedUnchanged: counts.unchanged,
  };
  return Object.entries(counted)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => translate(locale, `imports.${key}`, { count: numberText(count, locale) }))
    .join(' · ');
}

/** Before, there is nothing to count; of what was discarded, nothing came. */
function isCounted({ status, counts }: ImportView): boolean {
  const total = counts.contracts + counts.refused;
  return total > 0 && ['ready', 'running', 'completed', 'failed', 'undone'].includes(status);
}
