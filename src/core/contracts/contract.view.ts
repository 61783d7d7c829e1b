import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { zonedIso } from '../calendar/zoned-iso.js';
import { Database } from '../../platform/database/database.js';
import { isOverdue } from '../planning/overdue.js';
import type { Alert, Milestone } from '../planning/planning.entities.js';
import { alertStatuses, contractStates, type Difference } from '../planning/planning.types.js';
import { alertReason } from '../planning/planning.words.js';
import { kindSchema } from '../settings/plan.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Contract } from './contract.entity.js';
import { ContractReader, type Parties } from './contract.reader.js';
import { type ContractField, legalBases, moneySchema } from './contract.schema.js';
import { PartyRows } from './party-rows.js';

const alertChange = z.object({
  alertId: z.uuid().nullable(),
  milestone: z.string(),
  occurrence: z.int(),
  contactId: z.uuid(),
  from: z.object({ dueAt: z.string(), status: z.enum(alertStatuses) }).nullable(),
  to: z.object({ dueAt: z.string(), status: z.enum(alertStatuses), reason: z.string().nullable() }),
});
const differenceView = z
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

const termsView = {
  source: z.string(),
  reference: z.string(),
  revision: z.int(),
  kind: kindSchema,
  title: z.string(),
  departmentId: z.uuid(),
  officerId: z.uuid().nullable(),
  signedOn: z.string().nullable(),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  liabilityEndsOn: z.string().nullable(),
  value: moneySchema.nullable(),
  method: z.string().nullable(),
} satisfies Record<ContractField, z.ZodType>;

export const contractView = z
  .object({
    id: z.uuid(),
    ...termsView,
    state: z.enum(contractStates),
    completedOn: z.string().nullable(),
    terminatedOn: z.string().nullable(),
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

type MilestoneAlertRow = Pick<
  Milestone & Alert,
  | 'contractId'
  | 'code'
  | 'occurrence'
  | 'date'
  | 'occurredOn'
  | 'expectedBy'
  | 'contactId'
  | 'wording'
  | 'dueAt'
  | 'status'
  | 'reason'
  | 'failure'
  | 'messageId'
> & { milestoneDueAt: Date | null; alertId: string | null };

/** ContractViewer makes a contract what the API answers: personal data masked, times in the agency's zone. */
@Injectable()
export class ContractViewer {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly rows: PartyRows,
    private readonly settings: SettingsService,
  ) {}

  async view(contract: Contract, difference?: Difference): Promise<ContractView> {
    const [view] = await this.views([contract]);
    if (!view) throw new Error('a contract has no view');
    return difference ? { ...view, difference: await this.differenceOf(difference) } : view;
  }

  async views(contracts: Contract[]): Promise<ContractView[]> {
    const ids = contracts.map((contract) => contract.id);
    const parties = await this.reader.partiesOf(ids);
    const milestones = await this.milestonesOf(contracts);
    return contracts.map((contract) => ({
      ...this.termsOf(contract),
      counterparties: this.partiesOf(parties.get(contract.id)),
      milestones: milestones.get(contract.id) ?? [],
    }));
  }

  async differenceOf(difference: Difference): Promise<DifferenceView> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const list = (changes: Difference['added']): DifferenceView['added'] =>
      changes.map((change) => ({
        alertId: change.id,
        milestone: change.code,
        occurrence: change.occurrence,
        contactId: change.contactId,
        from: change.from && { dueAt: zonedIso(change.from.dueAt, timeZone), status: change.from.status },
        to: {
          dueAt: zonedIso(change.to.dueAt, timeZone),
          status: change.to.status,
          reason: change.to.reason,
        },
      }));
    return {
      added: list(difference.added),
      moved: list(difference.moved),
      cancelled: list(difference.cancelled),
      unchanged: list(difference.unchanged),
    };
  }

  /** `resumesTo` is the one column that is not shown. */
  private termsOf({
    amount,
    currency,
    planName,
    resumesTo: _,
    ...columns
  }: Contract): Omit<ContractView, 'counterparties' | 'milestones'> {
    const value = amount === null || currency === null ? null : { amount, currency };
    return { ...columns, value, plan: planName };
  }

  private partiesOf(parties: Parties | undefined): ContractView['counterparties'] {
    return (parties?.counterparties ?? []).map((party) => ({
      id: party.id,
      name: this.rows.nameOf(party),
      registrationNumber: party.registrationNumber,
      role: party.role,
      share: party.share === null ? null : Number(party.share),
      country: party.country,
      contacts: (parties?.contacts ?? [])
        .filter((contact) => contact.counterpartyId === party.id)
        .map((contact) => ({
          id: contact.id,
          name: this.rows.maskedNameOf(contact),
          role: contact.role,
          phone: this.rows.maskedNumberOf(contact),
          locale: contact.locale,
          legalBasis: contact.legalBasis,
          legalBasisOn: contact.legalBasisOn,
          removedAt: contact.removedAt?.toISOString() ?? null,
        })),
    }));
  }

  private async milestonesOf(contracts: Contract[]): Promise<Map<string, MilestoneView[]>> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const today = await this.settings.today();
    const rows = await this.database.rows<MilestoneAlertRow>(
      `SELECT m.contract_id, m.code, m.occurrence, m.date, m.occurred_on,
              m.expected_by, m.due_at AS milestone_due_at, a.id AS alert_id, a.contact_id, a.wording,
              a.due_at, a.status, a.reason, a.failure, a.message_id
       FROM milestone m LEFT JOIN alert a ON a.milestone_id = m.id
       WHERE m.contract_id = ANY($1) AND (NOT m.withdrawn OR a.id IS NOT NULL)
       ORDER BY coalesce(m.date, m.expected_by) NULLS LAST, m.due_at, m.code, m.occurrence, a.id`,
      [contracts.map((contract) => contract.id)],
    );
    const goLive = await this.reader.goLiveDays(contracts);
    const views = new Map<string, MilestoneView[]>();
    for (const contract of contracts) {
      const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
      const names = new Map(plan.milestones.map((m) => [m.code, m.name]));
      const own = rows.filter((row) => row.contractId === contract.id);
      const at = {
        today,
        goLiveOn: goLive.get(contract.departmentId) ?? null,
        terminatedOn: contract.terminatedOn,
      };
      views.set(
        contract.id,
        milestoneViews(own, names, (row) => isOverdue(row, at), timeZone),
      );
    }
    return views;
  }
}

function milestoneViews(
  rows: MilestoneAlertRow[],
  names: Map<string, { ko: string; en: string }>,
  overdue: (row: MilestoneAlertRow) => boolean,
  timeZone: string,
): MilestoneView[] {
  const views = new Map<string, MilestoneView>();
  for (const row of rows) {
    const key = `${row.code} ${row.occurrence}`;
    const view = views.get(key) ?? {
      code: row.code,
      occurrence: row.occurrence,
      name: names.get(row.code) ?? null,
      date: row.date,
      occurredOn: row.occurredOn,
      expectedBy: row.expectedBy,
      dueAt: row.milestoneDueAt && zonedIso(row.milestoneDueAt, timeZone),
      overdue: overdue(row),
      alerts: [],
    };
    if (row.alertId !== null) {
      view.alerts.push({
        id: row.alertId,
        contactId: row.contactId,
        wording: row.wording,
        dueAt: zonedIso(row.dueAt, timeZone),
        status: row.status,
        reason: alertReason(row),
        messageId: row.messageId,
      });
    }
    views.set(key, view);
  }
  return [...views.values()];
}
