import { z } from 'zod';
import { kindSchema } from '../settings/plan.schema.js';
import { alertStatuses, contractStates } from '../planning/planning.types.js';
import { legalBases, moneySchema } from './contract.schema.js';

const alertChange = z.object({
  alertId: z.uuid().nullable(),
  milestone: z.string(),
  occurrence: z.int(),
  contactId: z.uuid(),
  from: z.object({ dueAt: z.string(), status: z.enum(alertStatuses) }).nullable(),
  to: z.object({ dueAt: z.string(), status: z.enum(alertStatuses), reason: z.string().nullable() }),
});
export const differenceView = z
  .object({
    added: z.array(alertChange),
    moved: z.array(alertChange),
    cancelled: z.array(alertChange),
    unchanged: z.array(alertChange),
  })
  .meta({ id: 'Difference' });
export type DifferenceView = z.infer<typeof differenceView>;

const milestoneView = z.object({
  code: z.string(),
  occurrence: z.int(),
  name: z.object({ ko: z.string(), en: z.string() }).nullable(),
  date: z.string().nullable(),
  occurredOn: z.string().nullable(),
  expectedBy: z.string().nullable(),
  dueAt: z.string().nullable().meta({ description: 'Of its alerts, also while there is nobody to tell.' }),
  overdue: z.boolean().meta({ description: 'Expected by a day that has passed, and never recorded.' }),
  alerts: z.array(
    z.object({
      id: z.uuid(),
      contactId: z.uuid(),
      wording: z.enum(['milestone', 'neutral']),
      dueAt: z.string(),
      status: z.enum(alertStatuses),
      reason: z.string().nullable(),
      messageId: z.uuid().nullable(),
    }),
  ),
});
export type MilestoneView = z.infer<typeof milestoneView>;

export const contractView = z
  .object({
    id: z.uuid(),
    source: z.string(),
    reference: z.string(),
    revision: z.int(),
    kind: kindSchema,
    title: z.string(),
    state: z.enum(contractStates),
    departmentId: z.uuid(),
    officerId: z.uuid().nullable(),
    signedOn: z.string().nullable(),
    startsOn: z.string().nullable(),
    endsOn: z.string().nullable(),
    completedOn: z.string().nullable(),
    terminatedOn: z.string().nullable(),
    liabilityEndsOn: z.string().nullable(),
    value: moneySchema.nullable(),
    method: z.string().nullable(),
    plan: z.string(),
    planVersion: z.int(),
    version: z.int(),
    counterparties: z.array(
      z.object({
        id: z.uuid(),
        name: z.string().meta({ description: 'The organisation; never masked.' }),
        registrationNumber: z.string().nullable(),
        role: z.string().nullable(),
        share: z.number().nullable(),
        country: z.string().nullable(),
        contacts: z.array(
          z.object({
            id: z.uuid(),
            name: z.string().nullable().meta({ description: 'Masked.' }),
            role: z.string().nullable(),
            phone: z
              .string()
              .nullable()
              .meta({ description: 'Masked; null when there is no usable number.' }),
            locale: z.enum(['ko', 'en']),
            legalBasis: z.enum(legalBases),
            legalBasisOn: z.string().nullable(),
            removedAt: z.string().nullable(),
          }),
        ),
      }),
    ),
    milestones: z.array(milestoneView),
    difference: differenceView.optional(),
  })
  .meta({
    id: 'Contract',
    example: {
      id: '01996f3e-0000-7000-8000-00000000000a',
      source: 'agency',
      reference: 'C-2026-0143',
      revision: 0,
      kind: 'works',
      title: '중앙로 보도정비공사',
      state: 'signed',
      departmentId: '01996f3e-0000-7000-8000-000000000001',
      officerId: null,
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-11-27',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
      value: { amount: '110000000', currency: 'KRW' },
      method: null,
      plan: 'plan:works',
      planVersion: 1,
      version: 1,
      counterparties: [],
      milestones: [
        {
          code: 'signing',
          occurrence: 1,
          name: { ko: '계약체결', en: 'contract signed' },
          date: '2026-03-03',
          occurredOn: null,
          expectedBy: null,
          dueAt: '2026-03-04T10:00:00+09:00',
          overdue: false,
          alerts: [
            {
              id: '01996f3e-0000-7000-8000-00000000000b',
              contactId: '01996f3e-0000-7000-8000-00000000000c',
              wording: 'milestone',
              dueAt: '2026-03-04T10:00:00+09:00',
              status: 'planned',
              reason: null,
              messageId: null,
            },
          ],
        },
      ],
      difference: { added: [], moved: [], cancelled: [], unchanged: [] },
    },
  });
export type ContractView = z.infer<typeof contractView>;

export const contractListView = z
  .object({ items: z.array(contractView), nextCursor: z.string().nullable() })
  .meta({ id: 'ContractList' });

export const changeView = z.object({
  id: z.uuid(),
  at: z.string(),
  what: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  actor: z.string(),
  reason: z.string().nullable(),
});
export type ChangeView = z.infer<typeof changeView>;

export const changeListView = z
  .object({ items: z.array(changeView), nextCursor: z.null() })
  .meta({ id: 'ChangeList' });
