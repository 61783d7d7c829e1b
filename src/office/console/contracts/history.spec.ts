import { historyShown } from './history.js';

const names = {
  actors: new Map([['officer:@01996f3e-0000-7000-8000-000000000001', '김하늘']]),
  milestones: new Map([['final-payment', '준공대금 지급']]),
  others: new Map([['01996f3e-0000-7000-8000-00000000000a', '도로과']]),
};
type Shown = Parameters<typeof historyShown>[0][number];

const change = (
  what: Shown['what'],
  params: Shown['params'],
  before: Shown['before'],
  after: Shown['after'],
): Shown => ({
  id: '01996f3e-0000-7000-8000-0000000000ff',
  at: '2026-03-04T10:00:00+09:00',
  actor: 'officer:@01996f3e-0000-7000-8000-000000000001',
  reason: null,
  what,
  params,
  before,
  after,
});
const shown = (...of: Parameters<typeof change>) => historyShown([change(...of)], names, 'ko')[0];

describe('a change as it is read', () => {
  it('names who, what and the days', () => {
    expect(
      shown('amended', { field: 'endsOn' }, { endsOn: '2026-11-27' }, { endsOn: '2026-12-18' }),
    ).toMatchObject({
      who: '김하늘 (담당 공무원)',
      what: '변경: 완료(준공)일',
      from: '2026년 11월 27일 (금)',
      to: '2026년 12월 18일 (금)',
    });
  });

  it('names departments, and does not tell ids of those that are not seen', () => {
    const [known, other] = ['01996f3e-0000-7000-8000-00000000000a', '01996f3e-0000-7000-8000-00000000000b'];
    expect(
      shown('handed-over', { field: 'departmentId' }, { departmentId: other }, { departmentId: known }),
    ).toMatchObject({ what: '인계: 담당 부서', from: '다른 부서', to: '도로과' });
  });

  it('says states and milestones in words', () => {
    expect(
      shown('moved', { move: 'start', field: 'state' }, { state: 'signed' }, { state: 'underway' }),
    ).toMatchObject({
      what: '상태 변경: 착수: 상태',
      from: '체결',
      to: '이행 중',
    });
    expect(
      shown('occurred', { milestone: 'final-payment' }, null, {
        code: 'final-payment',
        occurredOn: '2026-12-01',
      }),
    ).toMatchObject({
      what: '이행 기록: 준공대금 지급',
      from: null,
      to: '2026년 12월 1일 (화)',
    });
  });

  it('says whose contact it is, and what of it is not the same', () => {
    const contact = {
      name: '이*람',
      phone: '010-****-1234',
      role: null,
      locale: 'ko',
      legalBasis: 'contract',
    };
    const of = (after: object) => shown('contact-changed', {}, contact, { ...contact, ...after });
    expect(of({ phone: '010-****-5678' })).toMatchObject({
      from: '이*람 010-****-1234',
      to: '이*람 010-****-5678',
    });
    expect(of({ locale: 'en', role: '대표' })).toMatchObject({ from: '이*람 한국어', to: '이*람 대표 영어' });
    expect(shown('contact-added', {}, null, contact)).toMatchObject({
      from: null,
      to: '이*람 010-****-1234',
    });
    expect(shown('contact-removed', {}, contact, null)).toMatchObject({
      from: '이*람 010-****-1234',
      to: null,
    });
  });
});
