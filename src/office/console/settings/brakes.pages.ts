import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { newBrakeSchema, releaseSchema } from '../../../core/sending/brake.schema.js';
import { BrakeActs } from '../../../core/sending/brake-acts.js';
import { BrakesService, type ListedBrake } from '../../../core/sending/brakes.service.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { departmentChoices, nameIn } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { actorText } from '../contracts/history.js';
import { hasWords } from '../../../platform/words/words.js';
import { type Part, Routing } from '../../../core/sending/routing.js';
import './carriers.words.js';
import { TemplateNames } from '../template-names.js';
import {
  type Choice,
  page,
  redirect,
  redirectAfter,
  ShownAgainBy,
  Submits,
  Visit,
  Visiting,
} from '../visit.js';

const path = '/console/settings/brakes';
/** How many days ahead whoever stops the whole agency is told of. */
const daysAhead = 7;

/** BrakesPages pause and resume sending, and show by whom and why. */
@ConsolePage('console/settings/brakes')
@Allow('admin')
export class BrakesPages {
  constructor(
    private readonly brakes: BrakesService,
    private readonly acts: BrakeActs,
    private readonly departments: DepartmentsService,
    private readonly names: AccountRecords,
    private readonly templates: TemplateNames,
    private readonly routing: Routing,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async list(@Visiting() visit: Visit) {
    const { caller, locale } = visit;
    const departments = await this.departments.list(caller);
    const departmentNames = new Map(departments.map((one) => [one.id, nameIn(one, locale)]));
    const brakes = await this.brakes.listBrakes();
    const actors = await this.names.namesOfActors(brakes.map(({ actor }) => actor));
    const template = await this.templates.inWords(locale);
    const targetText = ({ scope, target }: ListedBrake) => {
      if (scope === 'agency') return '';
      return scope === 'template' ? template(target) : (departmentNames.get(target) ?? target);
    };
    const rows = brakes.map((brake) => ({
      ...brake,
      reasonText: brake.reasonText[locale],
      releaseReason: releaseText(brake, visit),
      target: targetText(brake),
      scope: isShown(brake) ? brake.scope : 'unreadable',
      who: brake.actor === 'system' ? brake.actor : actorText(brake.actor, actors, locale),
    }));
    return page('settings/brakes', 'settings.brakes', {
      ...visit.shown,
      on: rows.filter((row) => row.releasedAt === null),
      past: rows.filter((row) => row.releasedAt !== null).slice(0, 50),
      whats: await this.whats(visit, departmentChoices(departments, locale)),
      carriers: await this.carriers(visit),
      mayChange: caller.role === 'admin',
    });
  }

  /** Lists which provider carries how much of the new texts, where there is a choice. */
  private async carriers(visit: Visit) {
    if (!this.routing.isChoice) return [];
    const { parts } = await this.routing.routesNow(await this.brakes.brakesOn());
    const regions = new Intl.DisplayNames(visit.locale, { type: 'region' });
    return parts.map(({ country, provider: { name, sender }, ...part }) => ({
      name,
      sender,
      why: part.why && whyText(part, visit),
      country: country.length === 2 ? regions.of(country) : visit.t('carriers.elsewhere'),
      part: Math.round(100 * part.part),
      configured: Math.round(100 * part.configured),
    }));
  }

  @Post()
  @ShownAgainBy('list')
  async pull(@Visiting() { caller, form }: Visit) {
    const [scope, target] = (form.text('what') ?? '').split(/:(.*)/s);
    const brake = form.read(newBrakeSchema, scope ? { scope, target } : {});
    if (brake.scope === 'agency' && brake.target === 'all' && form.text('step') !== 'save') {
      const count = await this.brakes.countDueWithin(daysAhead);
      return page('settings/brake-agency', 'settings.pullAgency', { brake, count, days: daysAhead });
    }
    const pulled = await this.acts.pull(caller, brake);
    if (!('id' in pulled)) return redirectAfter(pulled, path, 'settings-saved');
    return redirect(path, pulled.endsAt ? 'brake-for-a-day' : 'settings-saved');
  }

  @Post(':id/release')
  @Submits()
  release(@Visiting() visit: Visit, @Id() id: string) {
    return visit.submit(
      async (form) => {
        await this.brakes.releaseBrake(visit.caller, id, form.read(releaseSchema).reason);
        return redirect(path, 'settings-saved');
      },
      ({ problem }) => {
        visit.shown = { values: {}, problem };
        return this.list(visit);
      },
    );
  }

  /** Returns what can be stopped, by scope; a value is a scope and its target. */
  private async whats(visit: Visit, departments: Choice[]) {
    const named = (scope: string, choices: Choice[]) => ({
      group: visit.t(`brakeScopes.${scope}`),
      choices: choices.map(({ value, text }) => ({ value: `${scope}:${value}`, text })),
    });
    return [
      named('department', departments),
      named('template', await this.templates.choices(visit.locale)),
      named(
        'sender',
        [...new Set(this.routing.senders)].map((sender) => ({ value: sender, text: sender })),
      ),
      named('agency', [{ value: 'all', text: visit.t('brakeScopes.agency') }]),
    ];
  }
}

/** Writes why a brake was released: what a person wrote, or why the service did. */
function releaseText({ releasedBy, releaseReason }: ListedBrake, visit: Visit): string | null {
  return releasedBy === 'system' ? visit.t(`stops.${releaseReason}`) : releaseReason;
}

function whyText({ why, msAgo }: Pick<Part, 'why' | 'msAgo'>, visit: Visit): string {
  return visit.t(`carriers.why-${why}`, { minutes: Math.floor((msAgo ?? 0) / 60_000) });
}

/** A brake that is over did not pause everything, though its target may be gone by now. */
function isShown({ scope, readable, releasedAt }: ListedBrake): boolean {
  return hasWords(`brakeScopes.${scope}`) && (readable || releasedAt !== null);
}
