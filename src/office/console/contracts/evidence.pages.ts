import { Get, Post, type StreamableFile } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import type { HistoryEntry } from '../../../core/contracts/contract.reader.js';
import { EvidencePacks } from '../../../core/evidence/evidence-packs.js';
import { type EvidenceItem, openingSchema } from '../../../core/evidence/evidence.schema.js';
import { Id } from '../../../platform/http/query.schema.js';
import { timeOfId } from '../../../platform/ids.js';
import { hasWords, translate } from '../../../platform/words/words.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { TemplateNames } from '../template-names.js';
import { page, type PageAnswer, Submits, Visit, Visiting } from '../visit.js';
import { ContractInPage } from './contract.pages.js';
import { actorText, type HistoryNames, historyShown, reasonShown } from './history.js';
import '../messages.words.js';
import './evidence.words.js';

/** A page of more lines is printed by nobody; the file has them all. */
const mostLines = 2000;

/** A leaf may say these things, which a line of the page shows. */
type Body = Partial<HistoryEntry> & Record<string, unknown>;

/** EvidencePages show what the public log holds of a contract, to be printed, and give it as a file that strangers can check. */
@ConsolePage('console/contracts/:id/evidence')
@Allow('officer', 'manager', 'admin', 'auditor')
export class EvidencePages {
  constructor(
    private readonly packs: EvidencePacks,
    private readonly contracts: ContractInPage,
    private readonly choices: FormChoices,
    private readonly names: AccountRecords,
    private readonly templates: TemplateNames,
  ) {}

  @Get()
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const { head, items } = await this.packs.packOf(visit.caller, id);
    const all: EvidenceItem[] = [];
    for await (const item of items) all.push(item);
    const shown = all.slice(0, mostLines);
    const names = await this.namesFor(visit, id, shown);
    const template = await this.templates.inWords(visit.locale);
    return page('contracts/evidence', 'evidence.title', {
      ...visit.shown,
      ...head,
      lines: shown.map((item) => lineOf(item, names, template, visit)),
      more: all.length - shown.length,
      mayOpen: visit.caller.role === 'auditor',
    });
  }

  @Get('file')
  file(@Visiting() { caller }: Visit, @Id() id: string): Promise<StreamableFile> {
    return this.packs.file(caller, id, null);
  }

  @Post()
  @Allow('auditor')
  @Submits()
  open(@Visiting() visit: Visit, @Id() id: string): Promise<PageAnswer | StreamableFile> {
    return visit.submit(
      (form) => this.packs.file(visit.caller, id, form.read(openingSchema).reason),
      () => this.show(visit, id),
    );
  }

  private async namesFor(visit: Visit, id: string, items: EvidenceItem[]): Promise<HistoryNames> {
    const { milestones } = await this.contracts.contract(visit, id);
    const actors = items.map(({ leaf }) => (leaf.body as Body).actor ?? '');
    return {
      actors: await this.names.namesOfActors(actors),
      milestones: new Map(milestones.map(({ code, name }) => [code, name?.[visit.locale] ?? code])),
      others: await this.choices.namesSeen(visit),
    };
  }
}

/** Writes a leaf as a line of the page: when, what, by whom, and what it says. */
function lineOf(
  { index, leaf, openings, number, erased, proof }: EvidenceItem,
  names: HistoryNames,
  template: (key: string) => string,
  { locale }: Visit,
) {
  const body = leaf.body as Body;
  const at = [body.at, body['service_time'], body['received_at'], body['final_at']].find(
    (one) => typeof one === 'string',
  );
  const wordsOf = (code: unknown, ...sections: string[]) => {
    const section = sections.find((one) => hasWords(`${one}.${String(code)}`));
    return section ? translate(locale, `${section}.${String(code)}`) : String(code);
  };
  const [change] =
    leaf.kind === 'change' && hasWords(`history.${body.what}`)
      ? historyShown([body as HistoryEntry], names, locale)
      : [];
  const kind = leaf.kind.startsWith('message-') ? 'message' : (body.what ?? leaf.kind);
  const state = body['status'] ?? (leaf.kind === 'flag' ? `flag-${String(body['kind'])}` : body['state']);
  const said =
    state === undefined ? [] : [wordsOf(state, 'messageStatuses', 'alertStatuses', 'contracts', 'states')];
  return {
    index: proof === null ? null : String(index),
    at: at ?? new Date(timeOfId(leaf.id)).toISOString(),
    what: change?.what ?? [wordsOf(kind, 'evidence', 'history'), ...said].join(': '),
    who: body.actor === undefined ? null : actorText(body.actor, names.actors, locale),
    from: change?.from,
    to: change?.to,
    reason: reasonShown(body.reason, locale),
    number: erased ? translate(locale, 'messages.erased') : number,
    // Texts alone: a number that is open stands in the file.
    texts: openings.filter(({ path }) => path === 'text').map(({ value }) => value),
    template: [
      ...[body.params?.template, body['key']].filter((one) => typeof one === 'string').map(template),
      ...[body.params?.version ?? body['version']]
        .filter((version) => typeof version === 'number')
        .map((version) => translate(locale, 'messages.version', { version })),
    ],
    codes: [body['provider'], body['reference'], body['code']].filter(
      (one) => one !== undefined && one !== null && one !== '',
    ),
  };
}
