import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../../core/access/roles.js';
import { Allow } from '../../../core/access/rules.js';
import { addDays } from '../../../core/calendar/local-date.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import type { PlanningContract } from '../../../core/planning/planning.types.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { PlanningService } from '../../../core/planning/planning.service.js';
import type { Kind, Plan } from '../../../core/settings/plan.schema.js';
import { planBody, type SettingName } from '../../../core/settings/settings.schema.js';
import { settingProblems } from '../../../core/settings/settings.words.js';
import { SettingActs } from '../../../core/settings/setting-acts.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { AppError, notFound } from '../../../platform/app-error.js';
import { Database } from '../../../platform/database/database.js';
import { httpProblems } from '../../../platform/http/http.words.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import { isPlainText } from '../../../platform/plain-text.js';
import { ConsolePage } from '../console-page.js';
import { planStrip } from '../contracts/plan-shown.js';
import { planLines } from '../example-texts.js';
import { addressOf } from '../form.js';
import { fragment, page, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { atRows, fieldsOfPlan, planOf, rowsOf } from './plan-form.js';
import { planTitle } from './plan-title.js';
import './settings.words.js';
import './version.words.js';
import { VersionsShown } from './versions-shown.js';

const path = '/console/settings/plans';
const contractsOffered = 5;
const anchors = ['signed', 'starts', 'ends', 'share', 'completed'];
const units = ['days', 'business-days', 'months'];

const typedSchema = z.record(
  z.string(),
  z.string().max(500).refine(isPlainText, httpProblems.rule('characters-unusable')),
);

type PlanName = Extract<SettingName, `plan:${string}`>;
type Offered = PlanningContract & { id: string; reference: string; title: string };

/** PlanPages show the plans, and let admins change them field by field with the dates of a real contract beside them. */
@ConsolePage('console/settings/plans')
@Allow('manager', 'admin', 'auditor')
export class PlanPages {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly acts: SettingActs,
    private readonly planning: PlanningService,
    private readonly versions: VersionsShown,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const { currency } = (await this.settings.agency()).value;
    const inForce = await this.settings.plansInForce();
    const names = inForce.map(({ name }) => name);
    const begun = (dense: string) => visit.caller.role !== 'admin' || names.includes(dense);
    const plans = inForce.map(({ name, version, value }) => ({
      version,
      kind: value.kind,
      href: addressOf(`${path}/plan`, { name }),
      denser: begun(denserThan(value)) ? null : addressOf(`${path}/plan`, { name: denserThan(value) }),
      from: value.fromAmount === null ? null : { amount: value.fromAmount, currency },
      lines: planLines(value, visit.locale),
    }));
    return page('settings/plans', 'settings.plans', { plans });
  }

  @Get('plan')
  async plan(@Visiting() visit: Visit) {
    const { name, newest, all } = await this.planOf(visit);
    visit.fill(fieldsOfPlan(newest));
    const { values, problem } = visit.shown;
    const { plan, places } = planOf(values, newest);
    const shown = problem && atRows(problem, places);
    const timeline = await this.timeline(visit, newest.kind, problem ? null : plan);
    if (visit.isFromHtmx) return fragment('settings/plan-timeline', { timeline, problem: shown });
    const title = planTitle(name, visit);
    return page('settings/plan', title, {
      name,
      title,
      timeline,
      values,
      problem: shown,
      versionsOf: name,
      newest: all[0]?.version ?? 0,
      compare: addressOf('/console/settings/versions', { name }),
      mayChange: visit.caller.role === 'admin',
      isDense: newest.fromAmount !== null,
      standing: await this.versions.shown(visit, all),
      lines: planLines(newest, visit.locale),
      rows: rowsShown(visit, newest, shown?.fields ?? {}),
      ...choicesOf(visit, newest),
    });
  }

  /** `step` is `save` when the plan is to be put, `withdraw` when what is to come is not; else its dates are shown. */
  @Post('plan')
  @Allow('admin')
  @ShownAgainBy('plan')
  async save(@Visiting() visit: Visit) {
    const { caller, form } = visit;
    const { name, newest, all } = await this.planOf(visit);
    // A field that says nothing of its row, as one that only a repetition has, is checked by no schema below.
    parsed(typedSchema, form.values());
    const step = visit.isFromHtmx ? 'show' : form.text('step');
    const isWithdrawn = step === 'withdraw';
    const plan = isWithdrawn
      ? (await this.settings.inForce<Plan>(name)).value
      : planOf(form.values(), newest).plan;
    const details = form.read(z.object(planBody.pick({ fromOn: true, reason: true }).shape));
    const wanted = parsed(planBody, { plan, ...details });
    if (step !== 'save' && !isWithdrawn) {
      visit.shown = { values: form.values(), found: true };
      return this.plan(visit);
    }
    if (form.has('newest') && form.whole('newest') !== (all[0]?.version ?? 0))
      throw settingProblems.error('setting-changed', { name });
    const put = await this.acts.put(caller, name, wanted.plan, wanted.reason, wanted.fromOn);
    return redirectAfter(put, addressOf(`${path}/plan`, { name }), 'version-saved');
  }

  /** Finds the plan of the address or the form, as it will be when all that is to come has come. Throws `not-found`. */
  private async planOf({ form, filled, caller }: Visit) {
    const name = form.text('name') ?? String(filled['name']);
    const versions = name.startsWith('plan:') ? await this.settings.versions(name) : [];
    const all = versions.filter((version) => version.name === name);
    const newest = all[0] ? (all[0].value as Plan) : await this.begun(caller, name);
    return { name: name as PlanName, newest, all };
  }

  /** Returns what a denser plan begins as for an admin: the plain one, with an amount yet to be typed. Throws `not-found`. */
  private async begun({ role }: Caller, name: string): Promise<Plan> {
    const plain = (await this.settings.plansInForce()).find(({ value }) => denserThan(value) === name);
    if (!plain || role !== 'admin') throw notFound('page');
    return { ...plain.value, fromAmount: '' };
  }

  /** Dates a contract of the kind by the plan; null where that is not one yet. */
  private async timeline({ caller, locale, form }: Visit, kind: Kind, wanted: unknown) {
    // From which value on it is used moves no date, and is not typed yet when a denser plan is begun.
    const plan = planBody.shape.plan.safeParse({ ...(wanted as object | null), fromAmount: null }).data;
    const offered = await this.contractsOf(caller, kind);
    const today = await this.settings.today();
    const contract =
      offered.find(({ id }) => id === form.text('contract')) ?? offered[0] ?? invented(kind, today);
    const choices = offered.map(({ id, reference, title }) => ({ value: id, text: `${reference} ${title}` }));
    const about = { choices, contract: 'id' in contract ? contract.id : null };
    if (!plan) return about;
    const calendar = await this.settings.calendar();
    const dated = await this.planning.datesBy(plan, contract).catch((error: unknown) => {
      if (error instanceof AppError) return [];
      throw error;
    });
    const names = new Map(plan.milestones.map(({ code, name }) => [code, name]));
    const milestones = dated.flatMap(({ dueAt, ...one }) =>
      dueAt ? [{ ...one, name: names.get(one.code), dueAt: zonedIso(dueAt, calendar.setting.timeZone) }] : [],
    );
    const marks = milestones.map(({ dueAt, name, date, code }) => ({
      day: dueAt.slice(0, 10),
      label: name?.[locale] ?? code,
      neutral: date === null,
    }));
    return { ...about, plan: { milestones, strip: planStrip(marks, calendar, today, locale) } };
  }

  private async contractsOf(caller: Caller, kind: Kind): Promise<Offered[]> {
    const seen = await this.departments.seenBy(caller);
    return this.database.rows<Offered>(
      `SELECT id, reference, title, kind, state, signed_on, starts_on, ends_on, completed_on, terminated_on, liability_ends_on
       FROM contract WHERE kind = $1 AND ($2::uuid[] IS NULL OR department_id = ANY($2)) AND state IN ('signed', 'underway') AND starts_on IS NOT NULL AND ends_on IS NOT NULL
       ORDER BY id DESC LIMIT ${contractsOffered}`,
      [kind, seen],
    );
  }
}

/** Names the plan for large contracts of a plan's kind. */
const denserThan = ({ kind }: Plan): SettingName => `plan:${kind}:dense`;

function invented(kind: Kind, today: string): PlanningContract {
  return {
    kind,
    state: 'signed',
    signedOn: today,
    startsOn: addDays(today, 14),
    endsOn: addDays(today, 180),
    completedOn: null,
    terminatedOn: null,
    liabilityEndsOn: addDays(today, 910),
  };
}

/** Shows the rows of the form with what is wrong with each, and a blank one. */
function rowsShown({ shown: { values }, locale }: Visit, newest: Plan, errors: Record<string, string>) {
  const lines = new Map(planLines(newest, locale).map((line) => [line.code, line]));
  const rows = rowsOf(values).map(({ n, row }) => {
    const own = Object.entries(errors).flatMap(([field, message]) =>
      field.endsWith(`-${n}`) ? [[field.slice(0, -`-${n}`.length), message] as const] : [],
    );
    const isNew = !lines.has(row.code);
    const about = { title: locale === 'ko' ? row.nameKo : row.nameEn, when: lines.get(row.code)?.when };
    return { ...row, ...about, n, isNew, errors: Object.fromEntries(own), isOpen: own.length > 0 || isNew };
  });
  const next = Math.max(-1, ...rows.map(({ n }) => n)) + 1;
  const blank = { n: next, isNew: true, offset: '0', offsetWay: 'after-days', hour: '10:00', errors: {} };
  return next <= 40 ? [...rows, { ...blank, isBlank: true }] : rows;
}

function choicesOf(visit: Visit, { milestones }: Plan) {
  const ofMilestones = milestones.map(({ code, name }) => ({
    value: `milestone:${code}`,
    text: visit.t('planFields.from-milestone', { name: name[visit.locale] }),
  }));
  const dated = [...visit.choices('planFields.from-', anchors), ...ofMilestones];
  const ways = units.flatMap((unit) => [`after-${unit}`, `before-${unit}`]);
  return {
    dated,
    anchors: [...visit.choices('planFields.from-', ['occurrence', 'amendment']), ...dated],
    ways: visit.choices('planFields.way-', ways),
    units: visit.choices('planFields.unit-', units),
    untils: visit.choices('planFields.until-', ['ends', 'liability-ends']),
    terms: visit.choices('planFields.term-', ['inspection', 'payment']),
  };
}
