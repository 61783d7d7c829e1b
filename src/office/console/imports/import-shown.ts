import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { actorOf, type Caller } from '../../../core/access/roles.js';
import { ProposalReader } from '../../../core/proposals/proposal-reader.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { hasWords, type Locale, translate } from '../../../platform/words/words.js';
import { AccountRecords } from '../../accounts/account-records.js';
import {
  type ColumnMapping,
  type ColumnsView,
  effectResults,
  type EffectView,
  type ImportCounts,
  type ImportListQuery,
  type ImportStatus,
  importStatuses,
  type ImportView,
  type NamesBody,
  type NameView,
  problemsQuery,
  undecided,
} from '../../imports/import.schema.js';
import { ImportsService } from '../../imports/imports.service.js';
import { undoAct } from '../../imports/undo.js';
import { ImportNames } from '../../imports/names.js';
import { FormChoices } from '../choices.js';
import { actorText } from '../contracts/history.js';
import { addressOf, type Form, type ShownProblem } from '../form.js';
import { dayText, numberText } from '../formats.js';
import { page, type Visit } from '../visit.js';
import './imports.words.js';

/** Names tell what ids and codes of changes stand for, in the reader's language. */
interface Names {
  /** Names of departments and officers, by id. */
  others: ReadonlyMap<string, string>;
  /** Names of milestones, by code. */
  milestones: ReadonlyMap<string, string>;
}

function fieldText(field: string, { milestones }: Names, locale: Locale): string {
  const key = `importFields.${field}`;
  if (hasWords(key)) return translate(locale, key);
  const code = field.replace(/^occurrence\./, '');
  return `${translate(locale, 'importFields.occurrence')}: ${milestones.get(code) ?? code}`;
}

function valueText(
  field: string,
  value: EffectView['changes'][number]['from'],
  { others }: Names,
  locale: Locale,
): string | null {
  if (value === null || value === '') return null;
  const text = String(value);
  if (field.endsWith('Id')) return others.get(text) ?? translate(locale, 'common.unknown');
  if (field === 'state' || field === 'resumesTo')
    return hasWords(`states.${text}`) ? translate(locale, `states.${text}`) : text;
  if (field === 'amount') return numberText(text, locale);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && field !== 'title' ? dayText(text, locale) : text;
}

const perPage = 50;

/** What part of a long import is shown; what does not do is as good as not asked for. */
export const importQuery = z.object({
  result: z.enum(effectResults).optional(),
  after: z.uuid().optional(),
  problemsAfter: problemsQuery.shape.cursor,
  /** The status that the page shows, when it asks whether there is another. */
  at: z.enum(importStatuses).optional(),
});
type ImportQuery = z.infer<typeof importQuery>;

/** ImportShown shows imports as their pages do, at whatever step they are. */
@Injectable()
export class ImportShown {
  constructor(
    private readonly imports: ImportsService,
    private readonly importNames: ImportNames,
    private readonly choices: FormChoices,
    private readonly names: AccountRecords,
    private readonly settings: SettingsService,
    private readonly proposals: ProposalReader,
  ) {}

  /** Lists the imports that were made before, newest first. */
  async listed({ caller, locale }: Visit, query: ImportListQuery) {
    const { items, nextCursor } = await this.imports.importsFor(caller, query);
    const names = await this.names.namesOfActors(items.map((one) => one.actor));
    return {
      nextCursor,
      items: items.map((one) => ({
        ...one,
        who: actorText(one.actor, names, locale),
        ...countedIn(one, locale),
      })),
    };
  }

  /** Returns what stands on every page of an import. Another department's is not found. */
  async head({ caller, locale }: Visit, id: string) {
    const view = await this.imports.importOf(caller, id);
    const names = await this.names.namesOfActors([view.actor, view.undone?.actor ?? view.actor]);
    const { importAskAbove: askAbove } = (await this.settings.agency()).value;
    return {
      import: view,
      who: actorText(view.actor, names, locale),
      size: sizeText(view.size, locale),
      stages: stagesOf(view),
      progress: progressOf(view),
      mayDecide: mayDecide(caller, view),
      waiting: await this.proposals.waitingWith(caller, undoAct, id),
      undoneBy: view.undone && actorText(view.undone.actor, names, locale),
      // Above this number of texts the agency wants to be asked.
      askAbove,
      isAbove: (view.peopleTextedToday ?? 0) > askAbove,
    };
  }

  /** Shows the page of an import, with what it does, or did. */
  async page(
    visit: Visit,
    id: string,
    { query = {}, problem }: { query?: ImportQuery; problem?: ShownProblem },
  ) {
    const head = await this.head(visit, id);
    const { status, fileName } = head.import;
    const hasEffects = ['ready', 'completed', 'failed', 'undone'].includes(status);
    const effects = hasEffects ? await this.withEffects(visit, head.import, query) : {};
    const names = status === 'ready' && head.mayDecide ? await this.namesShown(visit, id) : {};
    const mayDiscard = undecided.includes(status);
    return page('imports/show', fileName, { ...head, ...effects, ...names, problem, mayDiscard });
  }

  /** Shows the names that nobody goes by, each with those whom it may mean. An officer is sought in the name's department. */
  private async namesShown(visit: Visit, id: string) {
    const names = await this.importNames.namesOf(visit.caller, id);
    if (names.length === 0) return {};
    const departments = await this.choices.departmentsFor(visit);
    const isOfOfficer = names.some(({ of }) => of === 'officer');
    const officers = isOfOfficer ? await this.choices.officersFor(visit) : [];
    return {
      hasOpenNames: names.some(({ by }) => by === null),
      names: names.map(({ id: nameId, of, departmentId, name, line, contracts, chosenId, by }) => ({
        name: `choices.${nameId}`,
        label: visit.t(`imports.nameOf-${of}`, {
          name,
          department: departments.find(({ value }) => value === departmentId)?.text ?? '',
          line: numberText(line, visit.locale),
          contracts: numberText(contracts, visit.locale),
        }),
        value: chosenId,
        hint: by === 'remembered' ? visit.t('imports.nameRemembered') : null,
        choices:
          of === 'department'
            ? departments
            : officers.filter((one) => one.departmentId === departmentId || one.value === chosenId),
      })),
    };
  }

  private async withEffects(visit: Visit, view: ImportView, query: ImportQuery) {
    const { caller } = visit;
    const { id, counts, previewCounts } = view;
    const { result, after, problemsAfter } = query;
    const effects = await this.imports.effectsOf(caller, id, { result, cursor: after, limit: perPage });
    const problems = await this.imports.problemsOf(caller, id, { cursor: problemsAfter, limit: perPage });
    const to = (rest: ImportQuery, anchor: string) =>
      `${addressOf(`/console/imports/${id}`, { result, after, problemsAfter, ...rest })}#${anchor}`;
    return {
      effects: await this.effectsShown(visit, effects.items),
      next: effects.nextCursor && to({ after: effects.nextCursor }, 'effects'),
      first: after && to({ after: undefined }, 'effects'),
      tallies: effectResults.map((one) => ({
        result: one,
        count: counts[one],
        to: counts[one] > 0 ? to({ result: one, after: undefined }, 'effects') : null,
        isChosen: one === result,
      })),
      all: result && to({ result: undefined, after: undefined }, 'effects'),
      problems: problems.items,
      problemsNext: problems.nextCursor && to({ problemsAfter: problems.nextCursor }, 'problems'),
      problemsFirst: problemsAfter && to({ problemsAfter: undefined }, 'problems'),
      hasWork: counts.created + counts.updated + counts.corrected > 0,
      // An OCDS file has no rows that people could correct.
      refusedSheet:
        counts.refused > 0 && view.format !== 'ocds' && view.status !== 'undone' && caller.role !== 'auditor',
      differs: view.status !== 'ready' && previewCounts !== null && !sameResults(counts, previewCounts),
      failedBeforeApplying: view.preview && previewCounts === null,
    };
  }

  /** Shows what an import does to each contract, in the reader's words. */
  private async effectsShown(visit: Visit, effects: EffectView[]) {
    const { locale } = visit;
    const names = await this.namesFor(visit, effects);
    return effects.map((effect) => ({
      ...effect,
      // What the preview showed is worth a word only where it came otherwise.
      otherwise: effect.previewed === effect.result ? null : effect.previewed,
      isFolded: effect.result === 'created' && effect.changes.length > 3,
      changes: effect.changes.map(({ field, from, to }) => ({
        name: fieldText(field, names, locale),
        from: valueText(field, from, names, locale),
        to: valueText(field, to, names, locale),
      })),
    }));
  }

  private async namesFor(visit: Visit, effects: EffectView[]): Promise<Names> {
    const fields = effects.flatMap((effect) => effect.changes.map((change) => change.field));
    const isNamed = fields.some((field) => field.endsWith('Id'));
    const occurred = fields.some((field) => field.startsWith('occurrence.'));
    return {
      others: isNamed ? await this.choices.namesSeen(visit) : new Map(),
      milestones: new Map(occurred ? await this.choices.milestoneNames(visit.locale) : []),
    };
  }
}

/** Decides what is offered; the services decide what is done. */
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

/** Lists the steps of an import; null for one that ended otherwise. */
function stagesOf({ status, format, preview }: ImportView) {
  const at = stageAt[status];
  if (at === undefined || !preview) return null;
  const isDone = status === 'completed';
  return ['stageFile', 'stageColumns', 'stagePreview', 'stageApplied']
    .map((key, i) => ({ key, isHere: i === at && !isDone, isOver: i < at || isDone }))
    .filter(({ key }) => key !== 'stageColumns' || format !== 'ocds');
}

/** `percent` is null while nothing is known of it. */
function progressOf({ status, progress }: ImportView) {
  const { units, totalUnits, bytes, totalBytes } = progress;
  const isKnown = status === 'running' && totalUnits !== null;
  const [done, total] = isKnown ? [units, totalUnits] : [bytes, totalBytes];
  const percent = total > 0 && done > 0 ? Math.min(100, Math.floor((100 * done) / total)) : null;
  return { percent, units, totalUnits, isKnown };
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

/** Before the preview there is nothing to count; of what was discarded, nothing came. What is refused stands apart. */
function countedIn({ status, counts }: ImportView, locale: Locale) {
  const hasCounts = ['ready', 'running', 'completed', 'failed', 'undone'].includes(status);
  if (!hasCounts) return { counted: '', refused: 0 };
  const counted = {
    listedCreated: counts.created,
    listedChanged: counts.updated + counts.corrected,
    listedUnchanged: counts.unchanged,
  };
  const parts = Object.entries(counted)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => translate(locale, `imports.${key}`, { count: numberText(count, locale) }));
  return { counted: parts.join(' · '), refused: counts.refused };
}

/** Reads which field each column was chosen to be. The form names a column by its place, which no heading can upset. */
export function mappingIn(form: Form, { columns }: ColumnsView): ColumnMapping {
  return Object.fromEntries(columns.map(({ key }, i) => [key, form.text(`column-${i}`) ?? null]));
}

/** Reads whom the names of an import were chosen to mean; a name that the form does not show keeps its own. */
export function choicesIn(form: Form, names: NameView[]): NamesBody['choices'] {
  const sent = form.values();
  const fields = names.map(({ id }) => [id, `choices.${id}`] as const).filter(([, field]) => field in sent);
  return Object.fromEntries(fields.map(([id, field]) => [id, form.text(field) ?? null]));
}

/** Shows the columns as they are proposed, or as they were chosen in a form that could not be taken. */
export function columnsShown(view: ColumnsView, chosen: ColumnMapping | null, visit: Visit) {
  const columns = view.columns.map((column) => {
    const field = chosen ? (chosen[column.key] ?? null) : column.field;
    return { ...column, field, by: field === column.field ? (column.by ?? 'unknown') : 'chosen' };
  });
  const taken = columns.flatMap(({ field }) => (field === null ? [] : [field]));
  const isTwice = (field: string | null) => taken.filter((one) => one === field).length > 1;
  return {
    columns: columns.map((column, i) => ({
      ...column,
      id: `column-${i}`,
      error: chosen && isTwice(column.field) ? visit.t('imports.fieldTwice') : null,
    })),
    fields: view.fields.map(({ field, name, required }) => ({
      value: field,
      text: required ? `${name[visit.locale]} (${visit.t('imports.required')})` : name[visit.locale],
    })),
    missing: view.fields
      .filter(({ field, required }) => required && !taken.includes(field))
      .map(({ name }) => name[visit.locale]),
  };
}
