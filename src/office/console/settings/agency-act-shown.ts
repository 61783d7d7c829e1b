import type { LadderSetting } from '../../../core/settings/ladder.schema.js';
import type { ProposalView } from '../../../core/proposals/proposal.schema.js';
import type { Plan } from '../../../core/settings/plan.schema.js';
import { hasWords } from '../../../platform/words/words.js';
import { planLines } from '../example-texts.js';
import type { ShownPage, Visit } from '../visit.js';
import './settings.words.js';
import './version.words.js';

type Fields = Record<string, unknown>;

/** ActNames are what an act's departments and templates are called, by id and by key. */
export interface ActNames {
  departments: Map<string, string>;
  template: (key: string) => string;
}

/**
 * Shows what an admin wants to change of the whole agency: the lines that are as they are and would go, and those that would come.
 * Of any other act nothing.
 */
export function agencyActShown(
  { act, changes }: Pick<ProposalView, 'act' | 'changes'>,
  visit: Visit,
  names: ActNames,
) {
  const content = contents[act];
  if (!content) return [];
  return changes.map(({ before, after }) => {
    const lines = (of: unknown) => (of ? content.lines(of as Fields, visit) : []);
    const [then, now] = [lines(before), lines(after)];
    // What one has blank and the other does not have at all is no difference.
    const isBlank = (line: string, other: string[]) =>
      line.endsWith(': –') && !other.some((one) => one.startsWith(line.slice(0, -1)));
    const only = (own: string[], other: string[]) =>
      own.filter((line) => !other.includes(line) && !isBlank(line, other)).join('\n');
    return {
      title: content.title((after ?? before) as Fields, visit, names),
      before: only(then, now),
      after: only(now, then),
    };
  });
}

/** Names what an act changes. */
export function titleOfAct(act: string, of: Fields, visit: Visit, names: ActNames): string {
  return contents[act]?.title(of, visit, names) ?? act;
}

/** Lists the acts of which a view shows what they would change. */
export const actsShown = () => Object.keys(contents);

/** Whether a page shows what an act would change: by its view and, where it is of one person, department, text or plan, by that one. */
export function isShownOn(
  { view, data: { account, department, versionsOf } }: Pick<ShownPage, 'view' | 'data'>,
  { act, changes }: Pick<ProposalView, 'act' | 'changes'>,
): boolean {
  const own = (account ?? department) as { id: string } | undefined;
  return changes.some(({ before, after, subjectId }) => {
    const of = (after ?? before) as Fields;
    if (!contents[act]?.views(of).includes(view)) return false;
    if (versionsOf !== undefined) return versionsOf === (of['key'] ?? of['name']);
    return own === undefined || subjectId === own.id;
  });
}

interface Content {
  /** The views that show what the act would change. */
  views: (of: Fields) => string[];
  title: (of: Fields, visit: Visit, names: ActNames) => string;
  lines: (of: Fields, visit: Visit) => string[];
}

const ofAccounts: Content = {
  views: () => ['settings/people', 'settings/person'],
  title: ({ name }) => String(name),
  lines: ({ role, active }, visit) => [
    `${visit.t('account.role')}: ${visit.t(`roles.${String(role)}`)}`,
    ...(active === undefined ? [] : [visit.t(active ? 'people.active' : 'people.disabled')]),
  ],
};

const ofBrakes: Content = {
  views: () => ['settings/brakes'],
  title: ({ scope, target }, visit, names) => {
    const named = String(target);
    const which = scope === 'template' ? names.template(named) : (names.departments.get(named) ?? named);
    return [visit.t(`brakeScopes.${String(scope)}`), scope !== 'agency' && which].filter(Boolean).join(' ');
  },
  lines: (_of, visit) => [visit.t('settings.on')],
};

/** The changes of each act are shown so. */
const contents: Partial<Record<string, Content>> = {
  putTemplate: {
    views: () => ['settings/templates', 'settings/text'],
    title: ({ key }, visit, names) => visit.t('defaults.template', { name: names.template(String(key)) }),
    lines: ({ body, fromOn }, visit) => [...dayLines(fromOn, visit), ...String(body).split('\n')],
  },
  putSetting: {
    views: ({ name }) =>
      isPlan(name, null) ? ['settings/plans', 'settings/plan'] : [`settings/${placeOf(name)}`],
    title: ({ name, value }, visit) =>
      isPlan(name, value)
        ? visit.t('defaults.plan', { kind: { word: `kinds.${value.kind}` } })
        : visit.t(`settings.${placeOf(name)}`),
    lines: ({ name, value, fromOn }, visit) => {
      if (name === 'ladder') return linesOfLadder(value as LadderSetting, visit);
      return isPlan(name, value)
        ? [...dayLines(fromOn, visit), ...linesOfPlan(value, visit)]
        : linesOf(value as Fields, visit);
    },
  },
  inviteAuditor: ofAccounts,
  amendAuditor: ofAccounts,
  resetAuditor: ofAccounts,
  resetAuditorWholly: ofAccounts,
  openAuditorKey: { ...ofAccounts, views: () => ['settings/keys'] },
  amendGoLive: {
    views: () => ['settings/departments', 'settings/department'],
    title: ({ name, nameEn }, visit) => String((visit.locale === 'en' && nameEn) || name),
    lines: ({ goLiveOn }, visit) => [
      `${visit.t('departments.goLive')}: ${typeof goLiveOn === 'string' ? goLiveOn : '–'}`,
    ],
  },
  erasePerson: {
    views: () => ['settings/personal-data'],
    title: ({ number }) => String(number),
    lines: ({ contacts, messages }, visit) => [
      `${visit.t('personalData.where')}: ${String(contacts)}`,
      `${visit.t('navigation.messages')}: ${String(messages)}`,
    ],
  },
  keepBrake: ofBrakes,
  pullBrake: ofBrakes,
};

function dayLines(fromOn: unknown, visit: Visit): string[] {
  return typeof fromOn === 'string' ? [`${visit.t('versions.fromOn')}: ${fromOn}`] : [];
}

function placeOf(name: unknown): string {
  return name === 'reporting-channels' ? 'channels' : String(name);
}

function isPlan(name: unknown, _value: unknown): _value is Plan {
  return String(name).startsWith('plan:');
}

function linesOfPlan(plan: Plan, visit: Visit): string[] {
  const { fromAmount: amount } = plan;
  const from = amount === null ? [] : [visit.t('settings.fromAmount', { amount })];
  const milestones = planLines(plan, visit.locale).map(({ code, name, when, hour, expected, optional }) =>
    [`${name} (${code})`, when, hour, expected, optional && visit.t('plans.optional')]
      .filter(Boolean)
      .join(', '),
  );
  return [...from, ...milestones];
}

function linesOfLadder({ days, headAccountId }: LadderSetting, visit: Visit): string[] {
  const ofKinds = Object.entries(days).map(([list, { audit, head }]) => {
    const steps = `${visit.t('ladder.auditAfter')} ${audit ?? '–'}, ${visit.t('ladder.headAfter')} ${head ?? '–'}`;
    return `${visit.t(`workLists.${list}.name`)}: ${steps}`;
  });
  return headAccountId === null ? ofKinds : [...ofKinds, `${visit.t('ladder.head')}: ${headAccountId}`];
}

/** Writes each field of a setting as a line, with the name that its form gives it; what it holds of objects, a line each. */
function linesOf(value: Fields, visit: Visit, within = ''): string[] {
  return Object.entries(value).flatMap(([key, part]) => {
    const field = within === '' ? key : `${within}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    const label = hasWords(`settings.${field}`) ? visit.t(`settings.${field}`) : field;
    if (isFields(part)) return linesOf(part, visit, field);
    const texts = [part].flat().map((one) => textOf(field, one, visit));
    const several = Array.isArray(part) && part.some(isFields);
    return several ? texts.map((text) => `${label}: ${text}`) : [`${label}: ${texts.join(', ') || '–'}`];
  });
}

function textOf(field: string, value: unknown, visit: Visit): string {
  if (isFields(value)) {
    // The blind index of a number is nothing that people read.
    const { index: _index, ...shown } = value;
    return Object.entries(shown)
      .flatMap(([key, part]) => [part].flat().map((one) => textOf(key, one, visit)))
      .filter(Boolean)
      .join(' · ');
  }
  if (value === true) return hasWords(`settings.${field}`) ? visit.t(`settings.${field}`) : '✓';
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  const known = `settings.${field}-${value}`;
  return hasWords(known) ? visit.t(known) : String(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
