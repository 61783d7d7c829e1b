import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import { answerSchema, type Offer } from '../../../core/setup/defaults.schema.js';
import { DefaultsService } from '../../../core/setup/defaults.service.js';
import { Id } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { ConsolePage } from '../console-page.js';
import { actorText } from '../contracts/history.js';
import { planLines } from '../example-texts.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './settings.words.js';

const path = '/console/settings/defaults';
const stepSchema = answerSchema.extend({ step: z.enum(['accept', 'decline']) });

/** Plans and texts of a newer release beside those in force, to be accepted or declined. */
@ConsolePage('console/settings/defaults')
@Allow('admin')
export class DefaultsPages {
  constructor(
    private readonly defaults: DefaultsService,
    private readonly names: AccountRecords,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async list(@Visiting() visit: Visit) {
    const offers = await this.defaults.offers();
    const names = await this.names.namesOfActors(offers.flatMap(({ inForce }) => inForce?.actor ?? []));
    return page('settings/defaults', 'settings.defaults', {
      problem: visit.shown.problem,
      mayChange: visit.caller.role === 'admin',
      offers: offers.map((offer) => ({
        id: offer.id,
        title: titleOf(offer, visit),
        inForce: offer.inForce && {
          version: offer.inForce.version,
          who: actorText(offer.inForce.actor, names, visit.locale),
          ...contentOf(offer.inForce.value, visit),
        },
        offered: contentOf(offer.value, visit),
      })),
    });
  }

  @Post(':id')
  @ShownAgainBy('list')
  async answer(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const { step, reason = null } = form.read(stepSchema);
    if (step === 'accept') {
      await this.defaults.accept(caller, id, reason);
      return redirect(path, 'default-accepted');
    }
    await this.defaults.decline(caller, id, reason);
    return redirect(path, 'default-declined');
  }
}

function titleOf({ name, value }: Offer, visit: Visit): string {
  return typeof value === 'string'
    ? visit.t('defaults.template', { key: name })
    : visit.t('defaults.plan', { kind: { word: `kinds.${value.kind}` } });
}

function contentOf(value: Offer['value'], visit: Visit) {
  return typeof value === 'string' ? { body: value } : { lines: planLines(value, visit.locale) };
}
