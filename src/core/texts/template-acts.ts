import { Injectable } from '@nestjs/common';
import { SecondLook, type Waiting } from '../access/second-look.js';
import type { Caller } from '../access/roles.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { templateKey, type TemplatePlacement } from './template-placement.js';
import type { TemplateVersion } from './template-version.entity.js';
import { TemplatesService } from './templates.service.js';
import { textProblems } from './texts.words.js';

type Args = [
  placement: TemplatePlacement,
  body: string,
  reason: string | null,
  newest: number,
  fromOn?: LocalDate | null,
];

/** TemplateActs puts templates in force for people: each decides what is told, so that it waits for a second person. */
@Injectable()
export class TemplateActs {
  constructor(
    private readonly templates: TemplatesService,
    private readonly settings: SettingsService,
    private readonly look: SecondLook,
  ) {
    look.performs('putTemplate', (caller, args, approvedBy) =>
      this.putStill(caller, args as Args, approvedBy),
    );
  }

  async put(
    caller: Caller,
    placement: TemplatePlacement,
    body: string,
    reason: string | null,
    day: LocalDate | null = null,
  ): Promise<TemplateVersion | Waiting> {
    await this.templates.check(placement, body);
    const fromOn = await this.settings.requireBeginning(day);
    const key = templateKey(placement);
    const { inForce, toCome } = await this.templates.standing(key);
    const newest = toCome.at(-1) ?? inForce;
    const work = () => this.templates.put(caller, placement, body, reason, { fromOn });
    if (inForce && [inForce, ...toCome].every((one) => one.body === body)) return work();
    const change = {
      what: 'template-version-added',
      before: newest && { key, body: newest.body, ...(newest.fromOn && { fromOn: newest.fromOn }) },
      after: { key, body, ...(fromOn && { fromOn }) },
    };
    const args: Args = [placement, body, reason, newest?.version ?? 0, fromOn];
    return this.look.askOrDo(caller, { name: 'putTemplate', args, reason, change }, work);
  }

  /** Puts what was approved, as long as what it was to replace is still the newest. */
  private async putStill(caller: Caller, args: Args, approvedBy: string): Promise<unknown> {
    const [placement, body, reason, version, fromOn = null] = args;
    const key = templateKey(placement);
    const [newest] = await this.templates.versions(key);
    if ((newest?.version ?? 0) !== version) throw textProblems.error('template-changed.since-asked');
    return this.templates.put(caller, placement, body, reason, { fromOn, approvedBy });
  }
}
