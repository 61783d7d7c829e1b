import { Get, Param, Post } from '@nestjs/common';
import { Allow } from '../../core/access/rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { adminLists, auditLists } from '../work/work-lists.js';
import { type Work, workListParam, workListQuery, workQuery, type WorkRow } from '../work/work.schema.js';
import { WorkService } from '../work/work.service.js';
import { FormChoices } from './choices.js';
import { ConsolePage } from './console-page.js';
import { ExportedFiles, fileAsked } from './exported-files.js';
import { addressOf, type ShownProblem, waysOn } from './form.js';
import { Live } from './looks.js';
import { type Field, fieldOf, MendingMany, type RowsLeft } from './mending-many.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from './visit.js';
import './work.words.js';

const path = '/console/work';

const groupOf = new Map([
  ...auditLists.map(({ code }) => [code, 'signs'] as const),
  ...adminLists.map(({ code }) => [code, 'admins'] as const),
]);

/** Lists whose rows lead to a page that also those read who change nothing there. */
const readByAll = new Set(['rows-to-mend', 'held-messages']);

/** WorkPages show what waits for somebody, and the shortest way to deal with it. */
@ConsolePage('console/work')
@Allow('officer', 'manager', 'admin', 'auditor')
export class WorkPages {
  constructor(
    private readonly work: WorkService,
    private readonly choices: FormChoices,
    private readonly settings: SettingsService,
    private readonly mending: MendingMany,
    private readonly files: ExportedFiles,
  ) {}

  @Get()
  @Live()
  async overview(@Visiting() visit: Visit) {
    const query = visit.query(workQuery);
    const work = await this.work.overview(visit.caller, query);
    return page('work/overview', 'navigation.work', {
      query,
      action: path,
      filtered: waysOn(path, query, null).filtered,
      reads: visit.caller.role === 'auditor',
      groups: groupsOf(work, query, visit),
      nothing: work.items.every(({ count }) => count === 0),
      ...(await this.choices.forContract(visit)),
    });
  }

  @Get(':list')
  @Live()
  async list(@Visiting() visit: Visit, @Param('list', { schema: workListParam }) list: string) {
    const { format, ...query } = visit.query(workListQuery.extend(fileAsked));
    if (!format) return this.listPage(visit, list);
    return this.work.file(visit.caller, list, query, (head) => this.files.workList(visit, head, { format }));
  }

  async listPage(visit: Visit, list: string) {
    const { caller, locale } = visit;
    const query = visit.query(workListQuery.omit({ format: true }));
    const { items, nextCursor, name, todo } = await this.work.page(caller, list, query);
    const here = `${path}/${list}`;
    const ways = waysOn(here, query, nextCursor);
    const rows = await this.rows(visit, list, await this.choices.withOfficers(visit, items));
    return page('work/list', name[locale], {
      query,
      action: here,
      name,
      todo,
      overview: addressOf(path, ways.filters),
      items: rows,
      mends: rows.some(({ mend }) => mend),
      types: rows.find(({ field }) => field)?.field?.kind,
      mendAt: addressOf(here, { ...ways.filters, cursor: query.cursor }),
      problem: visit.shown.problem,
      values: visit.shown.values,
      ...ways,
      ...(await this.choices.forContract(visit)),
    });
  }

  /** Mends the rows into which something was typed; those that are left are shown with what is wrong, and all else that was typed. */
  @Post(':list')
  @Allow('officer', 'manager', 'admin')
  @ShownAgainBy('listPage')
  async mend(@Visiting() visit: Visit, @Param('list', { schema: workListParam }) list: string) {
    // Throws where the list, or the department that it is narrowed to, is not the caller’s.
    await this.work.page(visit.caller, list, { ...visit.query(workListQuery), limit: 1 });
    const { left, mended, waits } = await this.mending.mend(visit, list);
    if (left.size === 0) {
      const done = mended === 0 ? undefined : waits ? 'mended-waits' : 'mended';
      return redirect(addressOf(`${path}/${list}`, visit.filled as Record<string, string>), done);
    }
    visit.shown = { values: visit.form.values(), problem: problemOf(left, mended, visit), found: left };
    return this.listPage(visit, list);
  }

  /** Shows rows with what they need to be dealt with on the page. */
  private async rows(visit: Visit, list: string, rows: WorkRow[]) {
    const today = await this.settings.today();
    const mayChange = visit.caller.role !== 'auditor';
    return rows.map((row) => ({
      ...row,
      what: row.what[visit.locale],
      waited: waitedOf(row.days, visit),
      mend: mayChange || readByAll.has(list) ? mendOf(list, row) : null,
      field: mayChange ? fieldShown(fieldOf(list, row), visit, today) : null,
    }));
  }
}

/** Shows the field of a row as it was sent: a day is today's until somebody writes another. */
function fieldShown(field: Field | null, { form, shown }: Visit, today: string) {
  if (!field) return null;
  const { name, kind } = field;
  const left = (shown.found as RowsLeft | undefined)?.get(name);
  return {
    name,
    kind,
    value: form.text(name) ?? (kind === 'day' ? today : ''),
    taken: form.has(`take.${name}`),
    error: left?.problem && messageOf(left.problem),
    found: left?.found,
  };
}

/** Says what is left of the rows that were sent, each by what leads to its field. */
function problemOf(left: RowsLeft, mended: number, visit: Visit): ShownProblem {
  const list = [...left].map(([path, { problem }]) => ({
    path,
    message: problem ? messageOf(problem) : visit.t('work.lookFirst'),
  }));
  const message = visit.t('work.left', { mended, left: left.size });
  return { status: 422, code: 'validation-failed', message, fields: {}, list };
}

const messageOf = ({ list: [first], message }: ShownProblem) => first?.message ?? message;

/** Sets the auditor's signs and what admins deal with apart from the departments' work, each for those who have such lists. */
function groupsOf({ items }: Work, query: Record<string, string | undefined>, visit: Visit) {
  const waitingFirst = items.toSorted((a, b) => Number(b.count > 0) - Number(a.count > 0));
  const shown = waitingFirst.map((item) => ({
    ...item,
    href: addressOf(`${path}/${item.list}`, query),
    waited: item.oldest && waitedOf(item.oldest.days, visit),
  }));
  const groups = ['signs', 'admins', 'everyday']
    .map((key) => ({ key, items: shown.filter(({ list }) => (groupOf.get(list) ?? 'everyday') === key) }))
    .filter((group) => group.items.length > 0);
  return groups.map((group) => ({ ...group, titled: groups.length > 1 }));
}

/** Writes since how many days something has waited, and how that looks. */
export function waitedOf(days: number, visit: Visit): { text: string; tone: string } {
  const key = ['waitedToday', 'waitedOne'][days] ?? 'waited';
  const long = days >= 7 ? 'wait' : '';
  return { text: visit.t(`work.${key}`, { count: days }), tone: days >= 30 ? 'bad' : long };
}

/** Leads to the page on which a row is dealt with. */
function mendOf(
  list: string,
  { id, contract, contact, facts }: WorkRow,
): { href: string; key: string } | null {
  const to = (href: string) => ({ href, key: `work.mend-${list}` });
  if (list === 'rows-to-mend' && typeof facts['importId'] === 'string')
    return to(`/console/imports/${facts['importId']}`);
  if (list === 'held-messages') return to(`/console/messages/${id}`);
  if (!contract) return null;
  const page = `/console/contracts/${contract.id}`;
  if ((list === 'no-number' || list === 'dead-numbers') && contact)
    return to(`${page}/contacts/${contact.id}`);
  // The contract's own page lets people choose the counterparty; without any, the first is added.
  if (list === 'no-contact') return to(facts['counterparties'] === 0 ? `${page}/contacts/new` : page);
  if (list === 'unrecorded' || list === 'no-dates') return to(`${page}/change`);
  return list === 'drafts' ? to(`${page}/move/sign`) : null;
}
