import type { z } from 'zod';
import { type Kind, type Plan, planSchema } from '../settings/plan.schema.js';

type Milestone = z.input<typeof planSchema>['milestones'][number];

const signed = { type: 'signed' } as const;
const starts = { type: 'starts' } as const;
const ends = { type: 'ends' } as const;
const occurs = { type: 'occurrence' } as const;
const half = { type: 'share', of: 0.5 } as const;

const businessDays = (amount: number) => ({ amount, unit: 'business-days' as const });
const days = (amount: number) => ({ amount, unit: 'days' as const });
const months = (amount: number) => ({ amount, unit: 'months' as const });

// The offsets hold while the agency has no statutory terms in force: 14 days to inspect, and 5 more to pay.
const inspectedBy = { anchor: ends, offset: days(14), term: 'inspection' as const };
const paidBy = { anchor: ends, offset: days(19), term: 'payment' as const };

function milestone(code: string, ko: string, en: string, rest: Omit<Milestone, 'code' | 'name'>): Milestone {
  return { code, name: { ko, en }, ...rest };
}

const works: Milestone[] = [
  milestone('signing', '계약체결', 'contract signed', { anchor: signed, offset: businessDays(1) }),
  milestone('commencement', '착공', 'start of works', { anchor: starts, offset: businessDays(-1) }),
  milestone('advance-payment', '선금 지급', 'advance payment', {
    anchor: occurs,
    offset: businessDays(0),
    optional: true,
  }),
  milestone('progress-inspection', '기성검사', 'progress inspection', {
    anchor: { ...occurs, else: half },
    offset: businessDays(0),
  }),
  milestone('variation', '설계변경', 'variation', {
    anchor: { type: 'amendment' },
    offset: businessDays(1),
    optional: true,
  }),
  milestone('completion-due', '준공예정', 'completion due', { anchor: ends, offset: businessDays(-5) }),
  milestone('completion-inspection', '준공검사', 'completion inspection', {
    anchor: occurs,
    offset: businessDays(0),
    expectedBy: inspectedBy,
  }),
  milestone('final-payment', '준공대금 지급', 'final payment', {
    anchor: occurs,
    offset: businessDays(1),
    expectedBy: paidBy,
  }),
  milestone('defect-inspection', '하자검사', 'defect inspection', {
    anchor: { type: 'completed' },
    offset: businessDays(0),
    optional: true,
    repeat: { every: months(6), until: 'liability-ends' },
  }),
];

const accepted: Milestone[] = [
  milestone('completion-due', '완료예정', 'completion due', { anchor: ends, offset: businessDays(-5) }),
  milestone('acceptance', '검수', 'acceptance', {
    anchor: occurs,
    offset: businessDays(0),
    expectedBy: inspectedBy,
  }),
  milestone('payment', '대가 지급', 'payment', {
    anchor: occurs,
    offset: businessDays(1),
    expectedBy: paidBy,
  }),
];

const service: Milestone[] = [
  milestone('signing', '계약체결', 'contract signed', { anchor: signed, offset: businessDays(1) }),
  milestone('kickoff', '착수', 'start of services', { anchor: starts, offset: businessDays(-1) }),
  milestone('interim', '중간보고', 'interim report', {
    anchor: { ...occurs, else: half },
    offset: businessDays(0),
  }),
  ...accepted,
];

const consignment: Milestone[] = [
  milestone('signing', '협약체결', 'agreement signed', { anchor: signed, offset: businessDays(1) }),
  milestone('kickoff', '착수', 'start of operation', { anchor: starts, offset: businessDays(-1) }),
  milestone('interim', '지도점검', 'quarterly guidance and check', {
    anchor: starts,
    offset: businessDays(0),
    repeat: { every: months(3), until: 'ends' },
  }),
  ...accepted,
];

const goods: Milestone[] = [
  milestone('signing', '계약체결', 'contract signed', { anchor: signed, offset: businessDays(1) }),
  milestone('delivery-due', '납품예정', 'delivery due', { anchor: ends, offset: businessDays(-3) }),
  milestone('inspection', '검사·검수', 'inspection and acceptance', {
    anchor: occurs,
    offset: businessDays(0),
    expectedBy: inspectedBy,
  }),
  milestone('payment', '대금 지급', 'payment', {
    anchor: occurs,
    offset: businessDays(1),
    expectedBy: paidBy,
  }),
];

const grant: Milestone[] = [
  milestone('decision', '교부결정', 'grant decided', { anchor: signed, offset: businessDays(1) }),
  milestone('disbursement', '교부', 'grant paid out', {
    anchor: occurs,
    offset: businessDays(0),
    expectedBy: { anchor: signed, offset: days(30) },
  }),
  milestone('mid-check', '집행점검', 'check of spending', { anchor: half, offset: businessDays(0) }),
  milestone('project-end', '사업종료', 'end of the project', { anchor: ends, offset: businessDays(-10) }),
  milestone('settlement-due', '정산기한', 'settlement due', {
    anchor: ends,
    shift: days(60),
    offset: days(-14),
  }),
  milestone('settlement', '정산확정', 'settlement confirmed', {
    anchor: occurs,
    offset: businessDays(1),
    expectedBy: { anchor: ends, offset: days(90) },
  }),
];

const permit: Milestone[] = [
  milestone('received', '접수', 'application received', {
    anchor: { ...occurs, else: signed },
    offset: businessDays(0),
  }),
  milestone('supplement', '보완요구', 'supplement asked for', {
    anchor: occurs,
    offset: businessDays(0),
    optional: true,
  }),
  milestone('site-visit', '현장확인', 'site visit', {
    anchor: occurs,
    offset: businessDays(-1),
    optional: true,
  }),
  milestone('decided', '처리완료', 'application decided', {
    anchor: occurs,
    offset: businessDays(1),
    expectedBy: { anchor: { type: 'milestone', code: 'received' }, offset: days(30) },
  }),
];

/** The plans an agency starts with; an admin changes them, and a contract keeps the version it was registered with. */
export const defaultPlans: Record<Kind, Plan> = {
  works: planOf('works', works),
  service: planOf('service', service),
  goods: planOf('goods', goods),
  consignment: planOf('consignment', consignment),
  grant: planOf('grant', grant),
  permit: planOf('permit', permit),
};

function planOf(kind: Kind, milestones: Milestone[]): Plan {
  return planSchema.parse({ kind, milestones });
}
