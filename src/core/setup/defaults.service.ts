import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { projectPath } from '../../platform/project-files.js';
import { actorOf, type Caller } from '../access/roles.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { defaultPlans } from '../planning/plans.default.js';
import { Journal } from '../proof/journal.service.js';
import type { Kind, Plan } from '../settings/plan.schema.js';
import { readStored } from '../settings/settings.schema.js';
import { standingOf } from '../settings/beginnings.js';
import { SettingsService } from '../settings/settings.service.js';
import {
  chooseTemplate,
  type LoadedTemplate,
  loadTemplates,
  purposeOf,
  templateKey,
  type TemplatePlacement,
} from '../texts/template-placement.js';
import { TemplatesService } from '../texts/templates.service.js';
import { DefaultAnswer } from './default-answer.entity.js';
import type { Offer } from './defaults.schema.js';

/** A Default is what this release gives a new agency: the plan of a kind, or a template. */
export type Default =
  | { kind: 'plan'; name: `plan:${Kind}`; value: Plan }
  | { kind: 'template'; name: string; value: string; placement: TemplatePlacement };

interface Version {
  version: number;
  fromOn: LocalDate | null;
  value: unknown;
  actor: string;
}

/** An Offered is a default that is offered, with the number of the newest version that it would come after. */
interface Offered {
  wanted: Default;
  offer: Offer;
  newest: number;
}

/**
 * DefaultsService offers an agency that already runs the defaults of a newer release. Nothing is put in force by itself:
 * an admin accepts a default, which makes it the next version, or declines it until it changes again.
 */
@Injectable()
export class DefaultsService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
    private readonly journal: Journal,
  ) {}

  /** Reads the defaults of this release. */
  async defaults(): Promise<Default[]> {
    const templates = await this.defaultTemplates();
    return [
      ...Object.values(defaultPlans).map((plan): Default => ({
        kind: 'plan',
        name: `plan:${plan.kind}`,
        value: plan,
      })),
      ...templates.map(({ body, ...placement }): Default => ({
        kind: 'template',
        name: templateKey(placement),
        value: body,
        placement,
      })),
    ];
  }

  private async defaultTemplates(): Promise<LoadedTemplate[]> {
    const short = await loadTemplates(projectPath('templates/sms'));
    const { value: agency } = await this.settings.agency();
    if (agency.koreanTexts === 'short') return short;
    const long = new Map(
      (await loadTemplates(projectPath('templates/sms-long'))).map((one) => [templateKey(one), one.body]),
    );
    return short.map((template) => {
      // A digest has no long form.
      if (purposeOf(template) === 'digest') return template;
      const key = chooseTemplate(long, template, template.locale);
      return { ...template, body: long.get(key ?? '') ?? template.body };
    });
  }

  /** Makes a default the next version, by the same way as a change that an admin makes. */
  putInForce(
    caller: Caller | 'set-up',
    wanted: Default,
    reason: string | null,
  ): Promise<Pick<Version, 'version'>> {
    return wanted.kind === 'plan'
      ? this.settings.put(caller, wanted.name, wanted.value, reason)
      : this.templates.put(caller, wanted.placement, wanted.value, reason);
  }

  async offers(): Promise<Offer[]> {
    return (await this.offered()).map(({ offer }) => offer);
  }

  /** Puts an offered default in force. Throws `not-found` when it is no more what the admin has seen. */
  accept(caller: Caller, id: string, reason: string | null): Promise<{ name: string; version: number }> {
    return this.answer(id, async ({ wanted, newest }) => {
      const { version } = await this.putInForce(caller, wanted, reason);
      // Somebody's own version came first, and is not to be replaced unseen.
      if (version !== newest + 1) throw notFound('default');
      return { name: wanted.name, version };
    });
  }

  /** Puts all of these in force, or none when one of them is no more what the admin has seen. */
  acceptAll(caller: Caller, ids: string[], reason: string | null): Promise<void> {
    return this.database.inTransaction(async () => {
      for (const id of ids) await this.accept(caller, id, reason);
    });
  }

  /** Leaves in force what is; the default is offered again when a release changes it. */
  decline(caller: Caller, id: string, reason: string | null): Promise<void> {
    return this.answer(id, ({ wanted: { name, kind, value } }) =>
      this.journal.record({
        subject: kind === 'plan' ? 'setting' : 'template',
        subjectId: name,
        what: 'default-declined',
        after: { value },
        actor: actorOf(caller),
        reason,
      }),
    );
  }

  private answer<T>(id: string, work: (found: Offered) => Promise<T>): Promise<T> {
    return this.database.inTransaction(async () => {
      const found = (await this.offered()).find(({ offer }) => offer.id === id);
      if (!found) throw notFound('default');
      const { name, value } = found.wanted;
      await this.database.repository(DefaultAnswer).upsert({ name, value: value as object }, ['name']);
      return work(found);
    });
  }

  private async offered(): Promise<Offered[]> {
    const stored = await this.database.repository(DefaultAnswer).find();
    const answers = stored.map(({ name, value }) => ({ name, value: readStored(name, value) }));
    const versions = await this.versionsByName();
    const today = await this.settings.today();
    return (await this.defaults()).flatMap((wanted) => {
      const all = versions.get(wanted.name) ?? [];
      const answer = answers.find(({ name }) => name === wanted.name);
      if (isKnown(wanted, all, answer)) return [];
      const newest = all[0]?.version ?? 0;
      return [{ wanted, newest, offer: offerOf(wanted, standingOf(all, today).inForce, newest) }];
    });
  }

  /** Every version of the plans and templates, the newest of a name first. */
  private async versionsByName(): Promise<Map<string, Version[]>> {
    const plans = await this.settings.versions('plan');
    const templates = await this.templates.versions();
    const all = [...plans, ...templates.map((one) => ({ ...one, name: one.key, value: one.body }))];
    return groupedBy(all, ({ name }) => name);
  }
}

/** Before the first answer, whatever has ever been in force was given by the set-up, or put in force by an admin. */
function isKnown({ value }: Default, versions: Version[], answer: { value: unknown } | undefined): boolean {
  const known = answer ? [answer, ...versions.slice(0, 1)] : versions;
  return known.some((one) => isDeepStrictEqual(one.value, value));
}

function offerOf({ kind, name, value }: Default, inForce: Version | null, newest: number): Offer {
  const now = inForce ? { version: inForce.version, value: inForce.value, actor: inForce.actor } : null;
  // The versions of a plan's name are plans, and those of a template's key are bodies.
  return { id: idOf(name, value, newest), kind, name, value, inForce: now } as Offer;
}

/** Another default, or another newest version, has another id: nobody accepts what they have not seen. */
function idOf(name: string, value: unknown, newest: number): string {
  const seen = JSON.stringify([name, value, newest]);
  const hex = createHash('sha256').update(seen).digest('hex');
  // UUID version 8 (RFC 9562), whose bits are anybody's own.
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}
