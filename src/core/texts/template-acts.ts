import { Injectable } from '@nestjs/common';
import { SecondLook, type Waiting } from '../access/second-look.js';
import type { Caller } from '../access/roles.js';
import { templateKey, type TemplatePlacement } from './template-placement.js';
import type { TemplateVersion } from './template-version.entity.js';
import { TemplatesService } from './templates.service.js';
import { textProblems } from './texts.words.js';

type Args = [placement: TemplatePlacement, body: string, reason: string | null, version: number];

/** TemplateActs puts templates in force for people: each decides what is told, so that it waits for a second person. */
@Injectable()
export class TemplateActs {
  constructor(
    private readonly templates: TemplatesService,
    private readonly look: SecondLook,
  ) {
    look.performs('putTemplate', (caller, args) => this.putStill(caller, ...(args as Args)));
  }

  async put(
    caller: Caller,
    placement: TemplatePlacement,
    body: string,
    reason: string | null,
  ): Promise<TemplateVersion | Waiting> {
    await this.templates.check(placement, body);
    const key = templateKey(placement);
    const [before] = await this.templates.versions(key);
    const work = () => this.templates.put(caller, placement, body, reason);
    if (before?.body === body) return work();
    const change = {
      what: 'template-version-added',
      before: before ? { key, body: before.body } : null,
      after: { key, body },
    };
    const args: Args = [placement, body, reason, before?.version ?? 0];
    return this.look.askOrDo(caller, { name: 'putTemplate', args, reason, change }, work);
  }

  /** Puts what was approved, as long as what it was to replace is still in force. */
  private async putStill(caller: Caller, ...[placement, body, reason, version]: Args): Promise<unknown> {
    const key = templateKey(placement);
    const [before] = await this.templates.versions(key);
    if ((before?.version ?? 0) !== version) throw textProblems.error('template-changed.since-asked', { key });
    return this.templates.put(caller, placement, body, reason);
  }
}
