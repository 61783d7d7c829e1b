import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { PreviewView } from '../src/core/log/log.schema.js';
import type { TemplateVersionView } from '../src/core/texts/template.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let officer: ApiClient;
let contract: ContractView;

/** Gives the tests of a block a service of their own, whose clock those of another cannot move. */
function withContract() {
  beforeAll(async () => {
    service = await startService();
    await service.startAt('2026-03-02T09:00:00+09:00');
    contract = await service.register();
    officer = await service.as('officer', await service.departmentId('ROADS'));
  });
  afterAll(() => service.close());
}

const versions = async (key: string) =>
  ok(await officer.get<{ items: TemplateVersionView[] }>(`/templates?key=${encodeURIComponent(key)}`)).items;
const preview = async (body: object) =>
  ok(await officer.post<PreviewView>('/templates/preview', { contractId: contract.id, ...body }));

const signing = { locale: 'ko', kind: 'works', milestone: 'signing' };
const body =
  '[{{> agency}}] {{contract.reference}} {{milestone.name}} {{date milestone.date}} {{> channels}}';

describe('templates', () => {
  withContract();

  it('are listed with their versions, one of each key in force', async () => {
    const all = ok(await officer.get<{ items: TemplateVersionView[] }>('/templates')).items;
    const keys = new Set(all.map((version) => version.key));
    expect(all.filter((version) => version.inForce)).toHaveLength(keys.size);
    expect(keys).toContain('ko/any/digest');
  });

  it('get a next version, and what is sent afterwards reads so', async () => {
    const made = ok(
      await service.admin.post<TemplateVersionView>('/templates', { ...signing, body, reason: 'Shorter' }),
    );
    expect(made).toMatchObject({ key: 'ko/works/signing', version: 1, inForce: true, body });
    const next = ok(
      await service.admin.post<TemplateVersionView>('/templates', { ...signing, body: `${body}!` }),
    );
    expect(next.version).toBe(2);
    expect((await versions('ko/works/signing')).map((v) => [v.version, v.inForce])).toEqual([
      [2, true],
      [1, false],
    ]);
    await service.advanceTo('2026-03-05');
    const [text] = await service.texts();
    expect(text?.text).toBe(`[한빛시] ${contract.reference} 계약체결 3월 3일 ☎1398, ☎110!`);
  });

  it('are refused with line and column of what is wrong', async () => {
    const refused = problem(
      await service.admin.post('/templates', {
        ...signing,
        body: `${body}\n{{contact.name}} http://bit.ly/x`,
      }),
    );
    expect(refused).toMatchObject({ status: 422, code: 'template-refused' });
    expect(refused.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'body:2:1', code: 'unknown-variable' }),
        expect.objectContaining({ path: 'body:2:18', code: 'link' }),
      ]),
    );
  });

  it('of the signing may name the register once the agency lists its domain, and nothing else', async () => {
    const naming = (address: string) =>
      `[{{> agency}}] 계약({{contract.reference}}) 금품 요구 신고 ☎{{channel.number}} ${address}`;
    const put = (address: string) => service.admin.post('/templates', { ...signing, body: naming(address) });
    const own = 'hanbit.example/register';
    expect(problem(await put(own)).fields?.map(({ code }) => code)).toEqual(['link']);
    const [agency] = ok(await service.admin.get<{ items: { value: object }[] }>('/agency')).items;
    ok(
      await service.admin.post('/agency', { ...agency?.value, linkDomains: ['hanbit.example'], reason: 'x' }),
    );
    expect((await put('hanbit.example.net/register')).status).toBe(422);
    ok(await put(own));
    // 8 + 1 + 4 + 13 + 1 + 14 + 1 + 6 + 1 + 23 bytes: with the provider’s 10 it still is one SMS of 90.
    const shown = await preview({ milestone: 'signing' });
    expect(shown.text).toBe(`[한빛시] 계약(${contract.reference}) 금품 요구 신고 ☎1398 ${own}`);
    expect(shown.lengths).toMatchObject({ korean: { bytes: 72, class: 'SMS', unencodable: [] } });
  });

  it('are changed by admins alone', async () => {
    expect((await officer.post('/templates', { ...signing, body })).status).toBe(403);
    expect((await (await service.as('monitor', contract.departmentId)).get('/templates')).status).toBe(403);
  });

  it.each([
    { kind: 'works', milestone: 'digest' },
    { milestone: '../x' },
    { locale: 'fr' },
    { wording: 'loud' },
  ])('have no place such as %j', async (place) => {
    expect(problem(await service.admin.post('/templates', { ...signing, ...place, body })).status).toBe(400);
  });
});

describe('a preview', () => {
  withContract();

  it('is the text that the contact will get, by the template in force', async () => {
    const shown = await preview({ milestone: 'commencement' });
    await service.advanceTo('2026-03-16T12:00:00+09:00');
    const sent = (await service.texts()).at(-1);
    expect(shown).toMatchObject({
      text: sent?.text,
      key: 'ko/works/commencement',
      version: 1,
      dateAssumed: false,
    });
    expect(shown.lengths.korean).toMatchObject({ class: 'SMS', unencodable: [] });
    expect(shown.lengths.sms.encoding).toBe('UCS-2');
  });

  it('is of another language or wording when it is asked for', async () => {
    const english = await preview({ milestone: 'completion-inspection', locale: 'en' });
    expect(english).toMatchObject({ key: 'en/works/completion-inspection.neutral', dateAssumed: false });
    const happened = await preview({ milestone: 'completion-inspection', wording: 'milestone' });
    expect(happened).toMatchObject({ key: 'ko/works/completion-inspection', dateAssumed: true });
  });

  it('shows a draft once it has been checked, with the day of today', async () => {
    const { now } = ok(await service.admin.get<{ now: string }>('/sandbox/clock'));
    const today = Number(now.slice(8, 10));
    const draft = await preview({
      milestone: 'final-payment',
      locale: 'en',
      wording: 'milestone',
      body: `${body} “ok” ✔`,
    });
    expect(draft).toMatchObject({ key: 'en/works/final-payment', version: null, dateAssumed: true });
    expect(draft.text).toContain(`${contract.reference} final payment ${today} Mar`);
    expect(draft.lengths.korean.unencodable).toMatchObject([{ character: '✔', instead: 'V' }]);
    const refused = await officer.post('/templates/preview', {
      contractId: contract.id,
      milestone: 'final-payment',
      body: '{{contact.name}}',
    });
    expect(problem(refused).code).toBe('template-refused');
    expect(await versions('en/works/final-payment')).toHaveLength(1);
  });

  it('is of milestones that the plan has, and of contracts that the caller sees', async () => {
    const unknown = problem(
      await officer.post('/templates/preview', { contractId: contract.id, milestone: 'decision' }),
    );
    expect(unknown).toMatchObject({ status: 422, code: 'milestone-unknown' });
    const stranger = await service.as('officer', await service.departmentId('PARKS'));
    const hidden = await stranger.post('/templates/preview', {
      contractId: contract.id,
      milestone: 'signing',
    });
    expect(hidden.status).toBe(404);
  });
});
