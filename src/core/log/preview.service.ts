import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { Providers } from '../providers/providers.module.js';
import { templateKey } from '../texts/template-placement.js';
import { lengthsOfText } from '../texts/lengths.js';
import { compileTemplate } from '../texts/rendering.js';
import { TemplatesService } from '../texts/templates.service.js';
import { VariablesService } from '../texts/variables.service.js';
import { logProblems } from './log.words.js';
import { type PreviewSubject, PreviewSubjects } from './preview-subject.js';
import type { PreviewBody, PreviewView } from './preview.schema.js';

/** The text that a contact would get, before anybody gets it. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly providers: Providers,
    private readonly subjects: PreviewSubjects,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  /** Throws with line and column of everything that keeps a draft from being used. */
  async preview(caller: Caller, asked: PreviewBody): Promise<PreviewView> {
    const subject = await this.subjects.of(caller, asked);
    const { key, version, body } = await this.templateFor(subject, asked.body);
    const variables = await this.variables.from(this.providers.forSending.sender);
    const textSubject = await this.variables.subjectOf(subject.facts);
    const render = compileTemplate(body);
    const text = orSay(() => render(variables.milestone(textSubject)));
    return { text, key, version, dateAssumed: subject.dateAssumed, lengths: lengthsOfText(text) };
  }

  private async templateFor(
    { facts, wording }: PreviewSubject,
    draft: string | undefined,
  ): Promise<{ key: string; version: number | null; body: string }> {
    const placement = { locale: facts.locale, kind: facts.kind, milestone: facts.code, wording };
    if (draft === undefined) return (await this.templates.inForce()).choose(placement);
    await this.templates.check(placement, draft);
    return { key: templateKey(placement), version: null, body: draft };
  }
}

/** A contract or a setting may lack what the template asks for: the author is told what. */
function orSay(render: () => string): string {
  try {
    return render();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw logProblems.error('text-failed', { why }, { cause });
  }
}
