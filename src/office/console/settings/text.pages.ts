import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import { kinds } from '../../../core/settings/plan.schema.js';
import { fromOnSchema } from '../../../core/settings/settings.schema.js';
import { normaliseBody } from '../../../core/texts/template-rules.js';
import { placementOf, purposeOf } from '../../../core/texts/template-placement.js';
import { TemplateActs } from '../../../core/texts/template-acts.js';
import { newTemplateSchema } from '../../../core/texts/template.schema.js';
import { TemplatesService } from '../../../core/texts/templates.service.js';
import { textProblems } from '../../../core/texts/texts.words.js';
import { allowedIn, allowedPartials, locales } from '../../../core/texts/variables.service.js';
import { notFound } from '../../../platform/app-error.js';
import { lineOf } from '../../../platform/http/text.schema.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import { ConsolePage } from '../console-page.js';
import { ExampleTexts } from '../example-texts.js';
import { addressOf, type ShownProblem } from '../form.js';
import { fragment, page, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './settings.words.js';
import './version.words.js';
import { TemplateNames } from '../template-names.js';
import { TextPreviews } from './text-previews.js';
import { VersionsShown } from './versions-shown.js';

const path = '/console/settings/templates';

/** TextPages show the texts, and let admins write them with a phone beside them. */
@ConsolePage('console/settings/templates')
@Allow('manager', 'admin', 'auditor')
export class TextPages {
  constructor(
    private readonly templates: TemplatesService,
    private readonly acts: TemplateActs,
    private readonly examples: ExampleTexts,
    private readonly previews: TextPreviews,
    private readonly names: TemplateNames,
    private readonly versions: VersionsShown,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const { caller, locale } = visit;
    const { q } = visit.query(searchSchema);
    const nameOf = await this.names.inWords(locale);
    const linked = (key: string) => ({ key, name: nameOf(key), href: addressOf(`${path}/text`, { key }) });
    const ofLocales = await Promise.all(
      locales.map(async (one) => ({ locale: one, kinds: await this.examples.textsIn(one) })),
    );
    const kindsShown = kinds.map((kind, i) => ({
      kind,
      kindText: visit.t(`templates.kind-${kind}`),
      texts: (ofLocales[0]?.kinds[i]?.texts ?? []).map(({ name, wording }, n) => ({
        name,
        wording,
        inLocales: ofLocales.flatMap((of) => {
          const text = of.kinds[i]?.texts[n];
          if (!text) return [];
          const own = text.own !== text.key && caller.role === 'admin' ? linked(text.own) : null;
          return [{ ...text, locale: of.locale, serves: linked(text.key), own }];
        }),
      })),
    }));
    const found = q && (await this.names.search(locale, q));
    return page('settings/templates', 'settings.templates', {
      q,
      found: found && found.map((one) => ({ ...linked(one.key), ...one })),
      kinds: kindsShown,
      all: (await this.names.choices(locale)).map(({ value }) => linked(value)),
    });
  }

  @Get('text')
  async text(@Visiting() visit: Visit) {
    const { caller, locale } = visit;
    const { key, placement } = placeOf(visit);
    const mayChange = caller.role === 'admin';
    const all = await this.templates.versions(key);
    const standing = await this.versions.shown(visit, all);
    const serving = standing.toCome.at(-1) ?? standing.inForce;
    const body = serving?.body ?? (await this.templates.inForce()).choose(placement).body;
    visit.fill({ body });
    const { problem } = visit.shown;
    const isAsked = visit.shown.found !== undefined || problem !== undefined;
    const preview = isAsked ? visit.shown.found : await this.previews.shown(caller, placement, body);
    const shown = { preview, problem: problem && ofBody(problem) };
    if (visit.isFromHtmx) return fragment('settings/text-preview', shown);
    const name = (await this.names.inWords(locale))(key);
    const { variables, dates } = allowedIn[purposeOf(placement)];
    return page('settings/text', name, {
      key,
      name,
      mayChange,
      standing,
      ...shown,
      versionsOf: key,
      values: visit.shown.values,
      newest: all[0]?.version ?? 0,
      compare: addressOf('/console/settings/versions', { name: key }),
      mayStand: [
        ...variables.map((one) => `{{${one}}}`),
        ...dates.map((one) => `{{date ${one}}}`),
        ...allowedPartials.map((one) => `{{> ${one}}}`),
      ],
    });
  }

  /** `step` is `save` when the text is to be put, `withdraw` when what is to come is not; else it is shown on the phone. */
  @Post('text')
  @Allow('admin')
  @ShownAgainBy('text')
  async save(@Visiting() visit: Visit) {
    const { caller, form } = visit;
    const { key, placement } = placeOf(visit);
    const step = visit.isFromHtmx ? 'show' : form.text('step');
    const stated = form.whole('newest');
    const { reason = null, fromOn = null } = form.read(detailsSchema);
    const { inForce } = await this.templates.standing(key);
    const isWithdrawn = step === 'withdraw' && inForce !== null;
    const body = isWithdrawn ? inForce.body : normaliseBody(form.raw('body')).trimEnd();
    if (step !== 'save' && !isWithdrawn) {
      visit.shown = { values: form.values(), found: await this.previews.shown(caller, placement, body) };
      return this.text(visit);
    }
    const newest = (await this.templates.versions(key))[0]?.version ?? 0;
    if (stated !== undefined && stated !== newest) throw textProblems.error('template-changed');
    const wanted = parsed(newTemplateSchema, { ...placement, body, fromOn, reason });
    const put = await this.acts.put(caller, placement, wanted.body, reason, fromOn);
    return redirectAfter(put, addressOf(`${path}/text`, { key }), 'version-saved');
  }
}

const searchSchema = z.object({ q: lineOf(100).optional() });

const detailsSchema = z.object({ fromOn: fromOnSchema, reason: newTemplateSchema.shape.reason });

/** Reads which text the address or the form is about. Throws `not-found` for a place that no text has. */
function placeOf({ form, filled }: Visit) {
  const key = form.text('key') ?? String(filled['key']);
  const placement = placementOf(key);
  if (!placement) throw notFound('page');
  return { key, placement };
}

/** Puts what is wrong with the text, by its line and column, at the text's one field. */
function ofBody({ list, ...problem }: ShownProblem): ShownProblem {
  const placed = list.map(({ path: at, message }) => ({ path: at.replace(/^body:.*/, 'body'), at, message }));
  const own = placed.filter(({ path: field }) => field === 'body');
  if (own.length === 0) return { list, ...problem };
  const message = own.map((one) => one.message).join(' ');
  return { ...problem, list: placed, fields: { ...problem.fields, body: message } };
}
