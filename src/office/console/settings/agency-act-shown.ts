import type { LadderSetting } from '../../../core/settings/ladder.schema.js';
import type { ProposalView } from '../../../core/proposals/proposal.schema.js';
import type { Plan } from '../../../core/settings/plan.schema.js';
import { hasWords } from '../../../platform/words/words.js';
import { planLines } from '../example-texts.js';
import type { ShownPage, Visit } from '../visit.js';
import './settings.words.js';

type Fields = Record<string, unknown>;

/**
 * Shows what an admin wants to change of the whole agency: the lines that are as they are and would go, and those that would come.
 * Of any other act nothing.
 */
export function agencyActShown(
  { act, changes }: Pick<ProposalView, 'act' | 'changes'>,
  visit: Visit,
  departments: Map<string, string>,
) {
  const content = contents[act];
  if (!content) return [];
  return changes.map(({ before, after }) => {
    const lines = (of: unknown) => (of ? content.lines(of as Fields, visit) : []);
    const [then, now] = [lines(before), lines(after)];
    const only = (own: string[], other: string[]) => own.filter((line) => !other.includes(line)).join('\n');
    return {
      title: content.title((after ?? before) as Fields, visit, departments),
      before: only(then, now),
      after: only(now, then),
    };
  });
}

/** Names what an act changes. */
export function titleOfAct(act: string, of: Fields, visit: Visit, departments: Map<string, string>): string {
  return contents[act]?.title(of, visit, departments) ?? act;
}

/** Lists the acts of which a view shows what they would change. */
export const actsShown = () => Object.keys(contents);

/** Whether a page shows what an act would change: by its view and, where it is of one person or department, by that one. */
export function isShownOn(
  { view, data: { account, department } }: Pick<ShownPage, 'view' | 'data'>,
  { act, changes }: Pick<ProposalView, 'act' | 'changes'>,
): boolean {
  const own = (account ?? department) as { id: string } | undefined;
  return changes.some(
    ({ before, after, subjectId }) =>
      contents[act]?.views((after ?? before) as Fields).includes(view) &&
      (own === undefined || subjectId === own.id),
  );
}

interface Content {
  /** The views that show what the act would change. */
  views: (of: Fields) => string[];
  title: (of: Fields, visit: Visit, departments: Map<string, string>) => string;
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
  title: ({ scope, target }, visit, departments) => {
    const which = departments.get(String(target)) ?? String(target);
    return [visit.t(`brakeScopes.${String(scope)}`), scope !== 'agency' && which].filter(Boolean).join(' ');
  },
  lines: (_of, visit) => [visit.t('settings.on')],
};

/** How the changes of each act are shown. */
const contents: Partial<Record<string, Content>> = {
  putTemplate: {
    views: () => ['settings/templates'],
    title: ({ key }, visit) => visit.t('defaults.template', { key: String(key) }),
    lines: ({ body }) => String(body).split('\n'),
  },
  putSetting: {
    views: ({ name }) => [`settings/${isPlan(name, null) ? 'plans' : placeOf(name)}`],
    title: ({ name, value }, visit) =>
      isPlan(name, value)
        ? visit.t('defaults.plan', { kind: { word: `kinds.${value.kind}` } })
        : visit.t(`settings.${placeOf(name)}`),
    lines: ({ name, value }, visit) => {
      if (name === 'ladder') return linesOfLadder(value as LadderSetting, visit);
      return isPlan(name, value) ? linesOfPlan(value, visit) : linesOf(value as Fields, visit);
    },
  },
  inviteAuditor: ofAccounts,
  amendAuditor: ofAccounts,
  resetAuditor: ofAccounts,
  openAuditorKey: { ...ofAccounts, views: () => ['settings/keys'] },
  amendGoLive: {
    views: () => ['settings/departments', 'settings/department'],
    title: ({ name, nameEn }, visit) => String((visit.locale === 'en' && nameEn) || name),
    lines: ({ goLiveOn }, visit) => [
      `${visit.t('departments.goLive')}: ${typeof goLiveOn === 'string' ? goLiveOn : '–'}`,
    ],
  },
  keepBrake: ofBrakes,
  pullBrake: ofBrakes,
};

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
