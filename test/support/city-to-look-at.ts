import { defaultPlans } from '../../src/core/planning/plans.default.js';
import { MisfitFlags } from '../../src/core/transparency/misfit-flags.js';
import { ok } from './api-client.js';
import { aContact, aCounterparty, type ContractInput } from './builders.js';
import { importsToLookAt } from './brought-sheets.js';
import { newerRelease } from './newer-release.js';
import { ofCall } from './route-examples.js';
import type { Seen } from './pages-to-look-at.js';
import { aReferenceList } from './route-examples.js';
import { nobodysPassword, type TestService } from './service.js';

type Of = Partial<ContractInput> & { company?: string; phone?: string | null; person?: string };

const contracts: (Of & { reference: string; title: string; department: string })[] = [
  {
    reference: 'C-2026-0143',
    title: '중앙로 보도정비공사',
    department: 'ROADS',
    company: '(주)새솔건설',
    person: '이가람',
    phone: '010-0000-1201',
  },
  {
    reference: 'C-2026-0144',
    title: '한빛교 보수보강공사',
    department: 'ROADS',
    company: '다온건설(주)',
    person: '최다온',
    phone: '010-0000-1202',
    signedOn: '2026-03-04',
    startsOn: '2026-03-18',
    endsOn: '2026-09-30',
  },
  {
    reference: 'C-2026-0145',
    title: '도로시설물 안전점검 용역',
    department: 'ROADS',
    kind: 'service',
    company: '(주)미르엔지니어링',
    person: '한미르',
    phone: null,
    endsOn: '2026-06-30',
  },
  {
    reference: 'C-2026-0146',
    title: '가로수 가지치기 공사',
    department: 'PARKS',
    company: '푸른조경(주)',
    person: '남나래',
    phone: '010-0000-0001',
    endsOn: '2026-05-29',
  },
  {
    reference: 'C-2026-0147',
    title: '공원 놀이시설 구매',
    department: 'PARKS',
    kind: 'goods',
    startsOn: null,
    company: '(주)놀이누리',
    person: '강누리',
    phone: '010-0000-1205',
    endsOn: '2026-04-30',
  },
  {
    reference: 'G-2026-0021',
    title: '마을축제 보조사업',
    department: 'WELFARE',
    kind: 'grant',
    signedOn: '2026-02-25',
    company: '한빛마을회',
    person: '문한결',
    phone: '010-0000-1206',
  },
  {
    reference: 'S-2026-0007',
    title: '노인복지관 위탁운영',
    department: 'WELFARE',
    kind: 'consignment',
    company: '(사)온누리',
    person: '서온',
    phone: '010-0000-1207',
    startsOn: '2026-04-01',
    endsOn: '2028-03-31',
  },
  {
    reference: 'P-2026-0310',
    title: '도로점용 허가',
    department: 'ROADS',
    kind: 'permit',
    startsOn: null,
    endsOn: null,
    company: '해솔주택',
    person: '윤해솔',
    phone: '010-0000-1208',
  },
  {
    reference: 'G-2026-0012',
    title: '골목길 정비 보조사업',
    department: 'ROADS',
    kind: 'grant',
    signedOn: '2026-02-10',
    startsOn: '2026-02-16',
    company: '한빛골목상인회',
    person: '오보람',
    phone: '010-0000-1209',
  },
];

/** Some weeks of a small city, of which every page has something to show; ends on 2026-03-25 at 18:00. */
export async function aCityToLookAt(service: TestService): Promise<Seen> {
  await service.startAt('2026-03-02T09:00:00+09:00');
  const ids = new Map<string, string>();
  const [officer] = await service.sql<{ id: string }>(`SELECT id FROM officer WHERE staff_number = 'H-1042'`);
  for (const { department, company, person, phone, ...input } of contracts) {
    const made = await service.register({
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-11-27',
      ...input,
      ...(department === 'ROADS' && officer ? { officerId: officer.id } : {}),
      departmentId: await service.departmentId(department),
      counterparties: [
        aCounterparty({
          name: company ?? '',
          contacts: [aContact({ name: person ?? null, phone: phone ?? null })],
        }),
      ],
    });
    ids.set(made.reference, made.id);
  }
  await service.advanceTo('2026-03-20T18:00:00+09:00');
  const first = ids.get('C-2026-0143') ?? '';
  ok(await service.admin.post(`/contracts/${first}/start`, { on: '2026-03-16' }));
  ok(
    await service.admin.patch(`/contracts/${first}`, {
      endsOn: '2026-12-18',
      reason: '장마로 인한 공기 연장',
    }),
  );
  ok(
    await service.admin.post(`/contracts/${ids.get('C-2026-0144')}/suspend`, {
      on: '2026-03-20',
      reason: '설계 검토',
    }),
  );
  await service.advanceTo('2026-03-25T18:00:00+09:00');
  newerRelease(service, {
    'plan:goods': { ...defaultPlans.goods, milestones: defaultPlans.goods.milestones.slice(0, 2) },
    'ko/any/signing': '[{{> agency}}] {{contract.reference}} {{milestone.name}}. {{> channels}}',
  });
  const { counterparties } = await service.contract(first);
  const [message] = await service.sql<{ id: string }>(
    `SELECT message_id AS id FROM alert WHERE contract_id = $1 AND message_id IS NOT NULL ORDER BY due_at LIMIT 1`,
    [first],
  );
  for (const outcome of ['another-person', null]) {
    const { path } = await ofCall((id) => ({ path: id }))(service, await service.departmentId('ROADS'));
    if (outcome !== null)
      await service.sql(
        `INSERT INTO call_result (id, candidate_id, outcome, actor, at) VALUES ($1, $1, $2, 'x', now())`,
        [path, outcome],
      );
  }
  const pulled = ok(
    await service.admin.post<{ id: string }>('/brakes', {
      scope: 'agency',
      target: 'all',
      reason: '정기 점검',
    }),
  );
  ok(await service.admin.post(`/brakes/${pulled.id}/release`, { reason: '점검 완료' }));
  const misfit = { table: 'brake', row: pulled.id, column: 'reason' };
  await service.app.get(MisfitFlags).raise({ code: 'row-altered', params: misfit });
  return {
    contract: first,
    message: message?.id ?? '',
    contact: counterparties[0]?.contacts[0]?.id ?? '',
    imports: await importsToLookAt(service),
    lists: await aReferenceList(service, '나라장터 계약 2026'),
    waiting: await somethingWaits(service, ids.get('G-2026-0012') ?? ''),
  };
}

/** Another number, which waits for a manager of another department, and a setting, which waits for an auditor. */
async function somethingWaits(service: TestService, contractId: string): Promise<Seen['waiting']> {
  // The lot falls on the only one who may decide, and what is of the agency waits only where an auditor can sign in.
  const signedIn = (role: string) =>
    service.sql(`UPDATE account SET password_hash = $1 WHERE role = $2`, [nobodysPassword, role]);
  await service.person('manager', await service.departmentId('PARKS'));
  await signedIn('manager');
  const { counterparties } = await service.contract(contractId);
  const [agency] = await service.sql<{ value: object }>(
    `SELECT value FROM setting WHERE name = 'agency' ORDER BY version DESC LIMIT 1`,
  );
  service.approvesAtOnce = false;
  const contact = `/contracts/${contractId}/contacts/${counterparties[0]?.contacts[0]?.id}`;
  const number = { phone: '010-0000-1299', reason: '대표자가 전화번호를 바꿈' };
  const ofContract = ok(await service.admin.patch<{ proposal: { id: string } }>(contact, number));
  await service.person('auditor');
  await signedIn('auditor');
  const setting = { ...agency?.value, graceHours: 100 };
  const ofAgency = ok(await service.admin.post<{ proposal: { id: string } }>('/agency', setting));
  service.approvesAtOnce = true;
  return { contract: contractId, ofContract: ofContract.proposal.id, ofAgency: ofAgency.proposal.id };
}
