import type { ContractView } from '../../src/core/contracts/contract.view.js';
import type { Role } from '../../src/core/access/roles.js';
import { addDays } from '../../src/core/calendar/local-date.js';
import type { ImportProblemView, ImportView } from '../../src/office/imports/import.schema.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { CallSamples } from '../../src/office/calls/call-samples.service.js';
import { ImportJobs } from '../../src/office/imports/jobs.js';
import { Matching } from '../../src/office/reference-lists/matching.js';
import { type Answer, ApiClient, ok } from '../support/api-client.js';
import { aContact, aContract, aCounterparty, aNumber, type ContractInput } from '../support/builders.js';
import { bringToList } from '../support/imports.js';
import type { PageClient } from '../support/page-client.js';
import type { TestService } from '../support/service.js';

type Who = Extract<Role, 'officer' | 'manager' | 'admin'>;
type By = 'API' | 'page';
type Act = (scene: Scene) => Promise<unknown>;

/** A Move is what a corrupt person does, against one text that a company is to get. What comes of it is the observer's to say. */
export interface Move {
  who: Who;
  by: By;
  /** One plain sentence, for the table. */
  what: string;
  /** The milestone whose text is at stake. */
  text: string;
  /** The honest contract, as others registered it; null where the mover is the first to register it. */
  contract: ((scene: Scene) => Partial<ContractInput>) | null;
  /** What the contract is in truth, where nobody registers it so. */
  truth?: (scene: Scene) => Partial<ContractInput>;
  /** What honest people do at the beginning, behind the registration. */
  setUp?: Act;
  /** By when, from the move's first day on: `+1 15:00` is the day after it, in the afternoon. */
  play: Record<string, Act>;
  /** When the text was to go out, where the honest contract alone does not say so yet. */
  due?: (scene: Scene) => string;
  /** Of an admin's move that reaches every contract: for how many weeks it has the agency alone, before it is looked at and put back. */
  aloneWeeks?: number;
  /** What the text has to say so that its reader is told: that gifts can be reported, where, and in their language. */
  says?: RegExp[];
  /** Why nothing inside the agency can see it. An outcome `unseen` without a reason, here or as a gap, fails the test. */
  unseen?: string;
  /** What the service does not see yet, though it could. */
  gap?: string;
}

type Given = Partial<Omit<Move, 'who' | 'what' | 'play'>> & Pick<Move, 'play'>;

const moveOf =
  (who: Who) =>
  (what: string, given: Given): Move => ({
    who,
    by: 'API',
    text: 'signing',
    contract: () => ({}),
    what,
    ...given,
  });

export const officer = moveOf('officer');
export const manager = moveOf('manager');
export const admin = moveOf('admin');

/** What all moves find when they begin. */
export interface World {
  /** The department of the contracts. */
  home: string;
  /** Departments beside it: one that is to be dissolved, and one that goes live in years. */
  old: string;
  later: string;
  /** Sections of the roads department: a live one, those that go live in years, in a month and in days, and one whose texts a brake stops. */
  section: string;
  unlive: string;
  soonLive: string;
  justLive: string;
  braked: string;
  /** Officers: an innocent one, one of each section, and one who has left. */
  innocent: string;
  ofSection: string;
  ofUnlive: string;
  ofBraked: string;
  left: string;
}

type PlannedMilestone = Record<string, unknown> & { code: string };

/** Refused ends a move: the service did not take what it was sent. */
class Refused extends Error {}

/** A Scene is one move being played: its contract, who plays it, and what the service answered them. */
export class Scene {
  /** The company's number, and one that the mover answers. */
  readonly number = aNumber();
  readonly own = aNumber();
  /** All contracts of the case, the honest one first. */
  readonly contracts: ContractView[] = [];
  /** Records of it in the lists that the audit office brought. */
  readonly records: string[] = [];
  /** When the text was to go out. */
  due = '';
  /** The code of the refusal that ended the move. */
  refusal: string | null = null;
  /** The proposals that the answers named: what waits for a second person. */
  readonly proposals: string[] = [];
  private readonly before: (() => Promise<unknown>)[] = [];
  /** Whatever later steps need from earlier ones. */
  kept = '';

  constructor(
    readonly service: TestService,
    readonly world: World,
    readonly move: Move,
    /** The day on which it begins. */
    readonly begins: string,
    private readonly caller: { api: ApiClient; person: PageClient },
  ) {}

  get contract(): ContractView {
    const [first] = this.contracts;
    if (!first) throw new Error(`nothing is registered yet: ${this.move.what}`);
    return first;
  }

  get contactId(): string {
    return this.contract.counterparties[0]?.contacts[0]?.id ?? '';
  }

  get partyId(): string {
    return this.contract.counterparties[0]?.id ?? '';
  }

  day(days: number): string {
    return addDays(this.begins, days);
  }

  /** Works signed on the second day that start in two weeks, with one contact of the company. */
  truth(of: Partial<ContractInput> = {}): ContractInput {
    return aContract({
      departmentId: this.world.home,
      signedOn: this.day(1),
      startsOn: this.day(14),
      endsOn: this.day(270),
      counterparties: [this.company(this.number)],
      ...of,
    });
  }

  company(...phones: (string | null)[]) {
    const contacts = phones.map((phone) => aContact({ phone }));
    return aCounterparty({ name: `(주)새솔${this.number.slice(-4)}`, registrationNumber: null, contacts });
  }

  /** Registers the honest contract, and reads from it when the text is due; plays what honest people do. */
  async begin(): Promise<void> {
    const { contract, truth, text, setUp, due } = this.move;
    const wanted = this.truth((contract ?? truth)?.(this) ?? {});
    const view = ok(
      await this.service.admin.post<ContractView>(`/contracts${contract ? '' : '?dryRun=true'}`, wanted),
    );
    if (contract) this.contracts.push(view);
    await setUp?.(this);
    const planned = view.milestones.find(({ code }) => code === text)?.dueAt ?? null;
    this.due = due?.(this) ?? planned ?? '';
    if (!this.due) throw new Error(`no ${text} is planned: ${this.move.what}`);
  }

  async act(act: Act): Promise<void> {
    if (this.refusal !== null) return;
    // Nobody approves what a mover wishes; what honest people wish is approved at once.
    this.service.approvesAtOnce = false;
    try {
      await act(this);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    } finally {
      this.service.approvesAtOnce = true;
    }
  }

  /** Calls the API as the mover. */
  async call<T = unknown>(...call: Parameters<ApiClient['call']>): Promise<T> {
    return this.heard(await this.caller.api.call<T>(...call));
  }

  post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  patch(body: object, path = ''): Promise<unknown> {
    return this.call('PATCH', `/contracts/${this.contract.id}${path}`, { reason: '현장 사정', ...body });
  }

  changeContact(body: object): Promise<unknown> {
    return this.patch(body, `/contacts/${this.contactId}`);
  }

  renumber(phone: string | null): Promise<unknown> {
    return this.changeContact({ phone });
  }

  removeContact(): Promise<unknown> {
    return this.call('DELETE', `/contracts/${this.contract.id}/contacts/${this.contactId}?reason=left`);
  }

  addContact(phone: string, locale: 'ko' | 'en' = 'ko'): Promise<ContractView> {
    return this.post<ContractView>(
      `/contracts/${this.contract.id}/counterparties/${this.partyId}/contacts`,
      aContact({ phone, locale }),
    );
  }

  go(move: string, on: string): Promise<unknown> {
    return this.post(`/contracts/${this.contract.id}/${move}`, { on, reason: '현장 사정' });
  }

  record(code: string, occurredOn: string): Promise<unknown> {
    const path = `/contracts/${this.contract.id}/milestones/${code}/occurrences`;
    return this.post(path, { occurredOn, note: '현장 사정' });
  }

  correct(code: string, occurredOn: string): Promise<unknown> {
    return this.patch({ occurredOn }, `/milestones/${code}/occurrences/1`);
  }

  withdraw(code: string): Promise<unknown> {
    return this.call(
      'DELETE',
      `/contracts/${this.contract.id}/milestones/${code}/occurrences/1?reason=mistake`,
    );
  }

  async register(of: Partial<ContractInput> = {}): Promise<ContractView> {
    const view = await this.post<ContractView>('/contracts', this.truth(of));
    this.contracts.push(view);
    return view;
  }

  /** Somebody honest registers the contract as it is. */
  async registeredByOthers(of: Partial<ContractInput> = {}): Promise<void> {
    this.contracts.push(ok(await this.service.admin.post<ContractView>('/contracts', this.truth(of))));
  }

  /** Sends a form of a page as the mover; a page that shows it again has refused it. */
  async page(
    path: string,
    form: Record<string, string>,
    person: PageClient = this.caller.person,
  ): Promise<void> {
    const answer = await person.post(path, form);
    this.heard(answer);
    // A page says by its address that what it was sent waits.
    if (String(answer.headers['location']).endsWith('done=proposed')) this.proposals.push('page');
    if (answer.status !== 303) this.refuse(`${answer.status}`);
  }

  /** Sends a form of the contract's page. */
  ofContract(path: string, form: Record<string, string>): Promise<void> {
    return this.page(`/console/contracts/${this.contract.id}${path}`, { reason: '현장 사정', ...form });
  }

  /** The form that changes a contract, with the values that it has. */
  changed(of: Record<string, string>): Record<string, string> {
    const { title, departmentId, signedOn, startsOn, endsOn, value } = this.contract;
    const dates = { signedOn: signedOn ?? '', startsOn: startsOn ?? '', endsOn: endsOn ?? '' };
    return { step: 'save', title, departmentId, ...dates, amount: value?.amount ?? '', ...of };
  }

  /** Brings a file in on the page, and has its preview made. */
  async upload(content: string): Promise<string> {
    const file = { field: 'file', name: 'a.csv', type: 'text/csv', content };
    const answer = await this.caller.person.call('POST', { path: '/console/imports', upload: file });
    this.heard(answer);
    const id = String(answer.headers['location']).split('/').at(-1) ?? '';
    await this.runImport(id);
    return id;
  }

  /**
   * Brings a file in, which is applied as it is unless `preview` is among the fields. Returns the import; a file whose rows
   * are refused is refused, unless that is what the mover expects.
   */
  async bring(content: string, fields: Record<string, string> = {}, mayFail = false): Promise<string> {
    const part = (disposition: string, value: string) =>
      `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
    const given = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, value));
    const body = `${given.join('')}${part('name="file"; filename="a.file"', content)}--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const { id } = await this.call<ImportView>('POST', '/imports', body, headers);
    await this.runImport(id, mayFail);
    return id;
  }

  async runImport(id: string, mayFail = false): Promise<void> {
    await this.service.app.get(ImportJobs).runImport(id);
    if (mayFail) return;
    const done = await this.call<ImportView>('GET', `/imports/${id}`);
    if (done.counts.refused === 0 && done.status !== 'failed') return;
    const { items } = await this.call<{ items: ImportProblemView[] }>('GET', `/imports/${id}/errors`);
    this.refuse(items.find(({ fatal }) => fatal)?.code ?? done.failure ?? done.status);
  }

  /** Applies what a preview showed. */
  async applyImport(id: string): Promise<void> {
    const { peopleTextedToday } = await this.call<ImportView>('GET', `/imports/${id}`);
    await this.post(`/imports/${id}/apply`, { confirmTexts: peopleTextedToday });
    await this.runImport(id);
  }

  /** Finds a contract that a file made, by its reference. */
  async adopt(reference: string): Promise<ContractView> {
    const { items } = ok(
      await this.service.admin.get<{ items: ContractView[] }>(
        `/contracts?reference=${encodeURIComponent(reference)}`,
      ),
    );
    const [found] = items;
    if (!found) throw new Error(`no contract ${reference}`);
    this.contracts.push(found);
    return found;
  }

  /** The audit office brings what e-procurement has of the contract: its days, and what the row says. */
  async listed(row: { reference: string; amount?: string; companies?: string[] }): Promise<void> {
    const { reference, amount = '110000000', companies = ['333-33-33336'] } = row;
    const facts = ['공사', '중앙로 보도정비공사', this.day(1), this.day(14), this.day(270), amount];
    const headings = '계약번호,구분,계약명,계약일,착공일,준공일,계약금액,업체명,사업자번호';
    const rows = companies.map((number) => [reference, ...facts, `업체 ${number}`, number].join(','));
    const list = await this.bringToList('contracts', [headings, ...rows].join('\n'));
    const { items } = ok(
      await (
        await this.service.as('auditor')
      ).get<{ items: { id: string }[] }>(`/reference-lists/${list}/records`),
    );
    this.records.push(...items.map(({ id }) => id));
  }

  /** The audit office brings what the treasury paid of the contract. */
  async paid(kind: string, day: string): Promise<void> {
    await this.bringToList('payments', `계약번호,지급구분,지급일\n${this.contract.reference},${kind},${day}`);
  }

  private async bringToList(holds: string, content: string): Promise<string> {
    const auditor = await this.service.as('auditor');
    const list = { name: `${holds} ${this.move.what}`.slice(0, 100), since: this.begins };
    const { id } = ok(await auditor.post<{ id: string }>('/reference-lists', list));
    await bringToList(this.service, auditor, id, { name: 'list.csv', content, fields: { holds } });
    return id;
  }

  /** Lists are compared with contracts, as they are each hour. */
  compareLists(): Promise<void> {
    return this.service.app.get(Matching).lookAtAll();
  }

  /** The agency has every number of a month called. */
  async callAll(): Promise<void> {
    const agency = await this.inForce('/agency');
    ok(await this.service.admin.post('/agency', { ...agency, callShare: 100, reason: '전수 확인' }));
  }

  /** The audit office draws last month’s numbers, and calls the one that the contract’s texts went to: somebody else answers. */
  async calledByLot(): Promise<void> {
    const { app } = this.service;
    await app.get(CallSamples).prepare();
    await app.get(Sequencer).sequence();
    await app.get(Sequencer).sign(0);
    await app.get(CallSamples).drawDue();
    const [call] = await this.service.sql<{ id: string }>(
      `SELECT id FROM call_candidate WHERE contract_id = $1 AND place IS NOT NULL`,
      [this.contract.id],
    );
    const auditor = await this.service.person('auditor', null);
    const { status } = await auditor.post(`/console/calls/${call?.id}/outcome`, {
      outcome: 'another-person',
    });
    if (status !== 303) throw new Error(`the call was not recorded: ${status}`);
  }

  /** Approves what the mover wished, as somebody whose key or session they have; what refuses it ends the move. */
  async approveBy(somebody: ApiClient | PageClient): Promise<void> {
    for (const id of this.proposals) {
      if (somebody instanceof ApiClient) {
        this.heard(await somebody.post(`/proposals/${id}/approve`, {}));
        continue;
      }
      await this.page(`/console/proposals/${id}/approve`, {}, somebody);
    }
  }

  /** Puts the next version of a setting, as it is in force but for what is altered. */
  async alter(path: '/agency' | '/calendar' | '/reporting-channels', of: object): Promise<unknown> {
    const value = await this.inForce(path);
    this.before.push(() => this.service.admin.post(path, value));
    return this.post(path, { ...value, ...of });
  }

  /** Puts the next version of a plan. */
  async alterPlan(name: string, of: (milestones: PlannedMilestone[]) => object): Promise<unknown> {
    const plan = await this.inForce('/plans', name);
    this.before.push(() => this.service.admin.post('/plans', { plan }));
    return this.post('/plans', { plan: { ...plan, ...of(plan['milestones'] as PlannedMilestone[]) } });
  }

  /** Puts the next version of a template; one that did not exist goes back to what stood in for it. */
  async alterTemplate(kind: string, milestone: string, body: string, instead = kind): Promise<unknown> {
    const key = `ko/${instead}/${milestone}`;
    const { items } = ok(
      await this.service.admin.get<{ items: { body: string }[] }>(`/templates?key=${key}`),
    );
    const place = { locale: 'ko', kind, milestone };
    this.before.push(() => this.service.admin.post('/templates', { ...place, body: items[0]?.body }));
    return this.post('/templates', { ...place, body });
  }

  async brake(scope: string, target: string): Promise<void> {
    const { id } = await this.post<{ id: string }>('/brakes', { scope, target, reason: '점검 중' });
    this.before.push(async () => {
      const answer = await this.service.admin.post(`/brakes/${id}/release`, { reason: '점검 끝' });
      // It may have ended by itself.
      return answer.status === 404 ? { ...answer, status: 200 } : answer;
    });
  }

  /** Puts back what the mover altered, the last first; as they would, or as their successor does. */
  async putBack(): Promise<void> {
    for (const restore of this.before.splice(0).reverse()) ok((await restore()) as Answer<unknown>);
  }

  private async inForce(path: string, name?: string): Promise<Record<string, unknown>> {
    const { items } = ok(
      await this.service.admin.get<{ items: { name: string; value: Record<string, unknown> }[] }>(path),
    );
    const found = items.find((one) => name === undefined || one.name === name);
    if (!found) throw new Error(`no setting ${path} ${name}`);
    // Numbers of a rehearsal are shown as blind indexes alone.
    return path === '/agency' ? { ...found.value, rehearsal: { on: false, numbers: [] } } : found.value;
  }

  refuse(code: string): never {
    this.refusal = code;
    throw new Refused(code);
  }

  private heard<T>(answer: Answer<T>): T {
    const body = answer.body as { code?: string; proposal?: { id: string } } | string;
    if (typeof body === 'object' && body !== null && body.proposal) this.proposals.push(body.proposal.id);
    if (answer.status >= 400)
      this.refuse((typeof body === 'object' && body !== null && body.code) || `${answer.status}`);
    return answer.body;
  }
}
