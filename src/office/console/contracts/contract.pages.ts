import { Get, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import { ContractReader } from '../../../core/contracts/contract.reader.js';
import { noTerms } from '../../../core/contracts/contract.schema.js';
import { type ContractView, ContractViewer } from '../../../core/contracts/contract.view.js';
import { anchorsOfPeriod, movesFrom } from '../../../core/contracts/lifecycle.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import { TimelineService } from '../../../core/log/timeline.service.js';
import { requiredBy } from '../../../core/planning/milestones.js';
import { contractStates } from '../../../core/planning/planning.types.js';
import { ProposalReader } from '../../../core/proposals/proposal-reader.js';
import { kinds, type Plan } from '../../../core/settings/plan.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { cookieValues } from '../../../platform/http/cookies.js';
import type { Locale, Words } from '../../../platform/words/words.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { FormChoices } from '../choices.js';
import { undatedSentence } from '../../work/work-lists.js';
import { ConsolePage } from '../console-page.js';
import { addressOf, ownAddress, waysOn } from '../form.js';
import { page, Visit, Visiting } from '../visit.js';
import { ContractSearch, contractSearchQuery, contractSorts, needs } from './contract-search.js';
import { historyShown } from './history.js';
import { differenceShown, milestonesPage, milestonesShown } from './plan-shown.js';
import './contracts.words.js';

const path = '/console/contracts';
/** Names the cookie that holds the filters of the list that was looked at last; it ends with the browser's session. */
const placeCookie = 'chorong-contracts';
/** Where a page of a large plan begins: so many milestones stand before it. */
const placeInPlan = z.object({ cursor: z.coerce.number().int().min(0).optional() });
const sortWords = { newest: 'sortNewest', ends: 'sortEnds', reference: 'sortReference' } as const;

/** ContractInPage reads a contract with the names around it. A contract of a department that is not seen is not found. */
@Injectable()
export class ContractInPage {
  constructor(
    private readonly reader: ContractReader,
    private readonly viewer: ContractViewer,
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly settings: SettingsService,
    private readonly proposals: ProposalReader,
  ) {}

  async contract({ caller }: Visit, id: string): Promise<ContractView> {
    return this.viewer.view(await this.reader.requireVisible(caller, id));
  }

  async withNames(visit: Visit, id: string) {
    const { caller } = visit;
    const contract = await this.contract(visit, id);
    const { value: plan } = await this.settings.plan(contract.plan, contract.planVersion);
    const officers = contract.officerId === null ? [] : await this.officers.named(caller, contract.officerId);
    return {
      contract,
      department: await this.departments.mustSee(caller, contract.departmentId),
      officer: officers.find((officer) => officer.id === contract.officerId)?.name ?? null,
      plan,
      waiting: (await this.proposals.proposalsPage(caller, { contractId: id, state: 'waiting', limit: 20 }))
        .items,
    };
  }

  /** Names a milestone of a contract's plan, which may have happened to it or not; null for one that stands in no plan of it. */
  milestoneName({ plan: planName, planVersion }: ContractView, code: string): Promise<Words | null> {
    return this.settings.milestoneName({ planName, planVersion, code });
  }

  today(): Promise<string> {
    return this.settings.today();
  }

  /**
   * Saves what nobody feels before tomorrow, and what was looked at; of all else it returns the difference alone, to be shown first.
   * `renumbered` is the contact that has another number by it.
   */
  async saveUnlessFelt(
    work: (dryRun: boolean) => Promise<ContractView>,
    { isSeen, renumbered }: { isSeen: boolean; renumbered: string | undefined },
  ): Promise<{ saved: ContractView } | { found: ReturnType<typeof differenceShown> }> {
    if (!isSeen) {
      const found = differenceShown(await work(true), await this.today(), renumbered);
      if (found.isFelt) return { found };
    }
    return { saved: await work(false) };
  }
}

function recordableIn({ milestones }: Plan) {
  return milestones
    .filter(({ anchor }) => anchor.type === 'occurrence')
    .map(({ code, name }) => ({ code, name }));
}

/** ContractPages list contracts, and show one: its plan and what came of it, whom it informs, and who changed what. */
@ConsolePage('console/contracts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class ContractPages {
  constructor(
    private readonly search: ContractSearch,
    private readonly choices: FormChoices,
    private readonly contracts: ContractInPage,
    private readonly timelines: TimelineService,
    private readonly reader: ContractReader,
    private readonly names: AccountRecords,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const asked = visit.query(contractSearchQuery);
    const { officerId } = visit.caller;
    // Officers read their own contracts first; a search is for whatever they may see.
    const whose = officerId === null ? undefined : (asked.whose ?? (asked.q === undefined ? 'mine' : 'all'));
    const query = { ...asked, whose };
    const { items, total, nextCursor } = await this.search.searchPage(visit.caller, query);
    keepPlace(visit);
    const ways = waysOn(path, asked, nextCursor);
    return page('contracts/list', 'contracts.title', {
      query,
      ...ways,
      filtered: Boolean(asked.q ?? asked.state ?? asked.kind ?? asked.departmentId ?? asked.needs),
      items: await this.choices.withOfficers(visit, items),
      total,
      scopes: whose && scopesOf(visit, ways.filters, whose),
      kinds: visit.choices('kinds.', kinds),
      states: visit.choices('states.', contractStates),
      departments: await this.choices.departmentsFor(visit),
      needs: visit.choices('contracts.need-', needs),
      sorts: contractSorts.map((sort) => ({ value: sort, text: visit.t(`contracts.${sortWords[sort]}`) })),
      mayRegister: visit.caller.role !== 'auditor',
    });
  }

  @Get(':id')
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, locale } = visit;
    const query = visit.query(placeInPlan);
    const { plan, ...found } = await this.contracts.withNames(visit, id);
    const recordable = recordableIn(plan);
    const { contract } = found;
    const shown = milestonesShown(contract, await this.timelines.timelineOf(caller, id));
    const { items, nextCursor } = milestonesPage(shown, query.cursor ?? 0);
    const changes = await this.reader.historyOf(contract.id);
    const names = {
      actors: await this.names.namesOfActors(changes.map((change) => change.actor)),
      milestones: milestoneNames(contract, locale),
      others: await this.choices.namesSeen(visit),
    };
    const mayChange = caller.role !== 'auditor';
    const mayRecord = mayChange && contract.state !== 'draft';
    const today = await this.contracts.today();
    return page('contracts/show', `${contract.reference} ${contract.title}`, {
      ...found,
      otherTerms: otherTermsOf(contract, visit),
      ...waysOn(`${path}/${id}`, query, nextCursor),
      milestones: items.map((milestone) => ({
        ...milestone,
        record:
          mayRecord &&
          recordable.some(({ code }) => code === milestone.code) &&
          milestone.occurredOn === null,
      })),
      others: mayRecord ? recordable : [],
      mayRecord,
      moves: mayChange ? movesFrom(contract.state) : [],
      changes: historyShown(changes, names, locale),
      mayChange,
      today,
      warnings: [...undatedOf(contract, plan, visit), ...warningsOf(contract, visit)],
      back: placeKept(visit),
      ask: mayChange ? questionOf(contract, today) : null,
    });
  }
}

/** Tells the browser which list was looked at, so that people come back to it from a contract. */
function keepPlace({ request, reply }: Visit): void {
  const [, search = ''] = request.url.split('?');
  const kept = encodeURIComponent(search);
  void reply.header('set-cookie', `${placeCookie}=${kept}; Path=${path}; HttpOnly; SameSite=Lax`);
}

/** Returns the list from which people came to a contract. */
function placeKept({ request }: Visit): string {
  const [kept = ''] = cookieValues(request, placeCookie);
  return /^[\w%.~*-]{1,900}$/.test(kept) ? ownAddress(`${path}?${decoded(kept)}`, path) : path;
}

/** Returns the ways between an officer's own contracts and all that they see, with the filters as they are. */
function scopesOf(visit: Visit, filters: Record<string, string | number | undefined>, chosen: string) {
  return (['mine', 'all'] as const).map((whose) => ({
    text: visit.t(`contracts.whose-${whose}`),
    href: addressOf(path, { ...filters, whose }),
    current: whose === chosen,
  }));
}

/** Asks for a change of state whose day has come, which nobody has recorded. */
function questionOf({ id, state, startsOn, endsOn }: ContractView, today: string) {
  const on = state === 'signed' ? startsOn : state === 'underway' ? endsOn : null;
  if (on === null || on > today) return null;
  const move = state === 'signed' ? 'start' : 'complete';
  return { move, on, href: addressOf(`${path}/${id}/move/${move}`, { on }) };
}

/** Says who is told nothing as the contract stands, and what it lacks for that. */
function warningsOf(contract: ContractView, visit: Visit): string[] {
  const { state, counterparties } = contract;
  if (state === 'completed' || state === 'terminated') return [];
  const unheard = counterparties.filter(
    ({ contacts }) => !contacts.some(({ phone, removedAt }) => phone !== null && removedAt === null),
  );
  const dates = (['signedOn', 'startsOn', 'endsOn'] as const).filter((date) => contract[date] === null);
  const lacking = dates.map((date) => ({ word: `contracts.${date}` }));
  const nobody = unheard.length === counterparties.length;
  return [
    ...(state === 'draft' ? [visit.t('contracts.draftTells')] : []),
    ...(state === 'draft' && lacking.length > 0 ? [visit.t('contracts.draftLacks', { lacking })] : []),
    ...(nobody ? [visit.t('contracts.nobodyHears')] : []),
    ...(nobody || unheard.length === 0
      ? []
      : [visit.t('contracts.someUnheard', { names: unheard.map(({ name }) => name) })]),
  ];
}

/** Says which milestones have no day for want of a start or an end, as the work list of such contracts does. */
function undatedOf(
  { state, startsOn, endsOn, milestones }: ContractView,
  plan: Plan,
  visit: Visit,
): string[] {
  if (state === 'draft' || state === 'terminated' || (startsOn !== null && endsOn !== null)) return [];
  const required = new Set(requiredBy(plan, anchorsOfPeriod).map(({ code }) => code));
  const undated = milestones.filter(({ code, dueAt }) => dueAt === null && required.has(code));
  if (undated.length === 0) return [];
  const sentence = undatedSentence(startsOn !== null, endsOn !== null);
  const count = new Set(undated.map(({ code }) => code)).size;
  return [visit.t(`workLists.no-dates.${sentence}`, { milestones: count })];
}

/** Terms that have a place of their own on the page of a contract, or none: the end of liability is for its form alone. */
const termsApart: readonly string[] = [
  'officerId',
  'signedOn',
  'startsOn',
  'endsOn',
  'liabilityEndsOn',
  'amount',
  'currency',
] satisfies (keyof typeof noTerms)[];

/** Returns the other terms that a contract has, each with what it is called. */
function otherTermsOf(contract: ContractView, visit: Visit) {
  return Object.entries(contract)
    .filter(([name, value]) => name in noTerms && !termsApart.includes(name) && Boolean(value))
    .map(([name, value]) => ({ label: visit.t(`contracts.${name}`), value }));
}

/** Reads what a browser kept; a spelling that is none counts as nothing. */
function decoded(kept: string): string {
  try {
    return decodeURIComponent(kept);
  } catch {
    return '';
  }
}

function milestoneNames({ milestones }: ContractView, locale: Locale): Map<string, string> {
  return new Map(milestones.map(({ code, name }) => [code, name?.[locale] ?? code]));
}
