import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { zonedIso } from '../calendar/zoned-iso.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { wordsView } from '../../platform/http/query.schema.js';
import { isOverdue } from '../planning/overdue.js';
import type { Alert, Milestone } from '../planning/planning.entities.js';
import {
  type AlertChange,
  alertStatuses,
  contractStates,
  type Difference,
} from '../planning/planning.types.js';
import { alertReason } from '../planning/planning.words.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Contract } from './contract.entity.js';
import { ContractReader, type HistoryEntry, type Parties } from './contract.reader.js';
import { legalBases, termsExample, termsView } from './contract.schema.js';
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
  name: wordsView.nullable(),
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

const contactView = z.object({
  id: z.uuid(),
  name: z.string().nullable().meta({ description: 'Masked.' }),
  role: z.string().nullable(),
  phone: z.string().nullable().meta({ description: 'Masked; null when there is no usable number.' }),
  locale: z.enum(['ko', 'en']),
  legalBasis: z.enum(legalBases),
  legalBasisOn: z.string().nullable(),
  removedAt: z.string().nullable(),
});

const counterpartyView = z.object({
  id: z.uuid(),
  name: z.string().meta({ description: 'The organisation; never masked.' }),
  registrationNumber: z.string().nullable(),
  role: z.string().nullable(),
  share: z.number().nullable(),
  country: z.string().nullable(),
  contacts: z.array(contactView),
});

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
    counterparties: z.array(counterpartyView),
    milestones: z.array(milestoneView),
    difference: differenceView.optional(),
  })
  .meta({
    id: 'Contract',
    example: {
      id: '01996f3e-0000-7000-8000-00000000000a',
      ...termsExample,
      source: 'agency',
      officerId: null,
      liabilityEndsOn: null,
      method: null,
      state: 'signed',
      completedOn: null,
      terminatedOn: null,
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

const changeView = z.object({
  id: z.uuid(),
  at: z.string(),
  what: z
    .string()
    .meta({ description: 'Such as `amended: endsOn`, `moved: start: state` or `occurred: payment`.' }),
  before: z.unknown(),
  after: z.unknown(),
  actor: z.string(),
  reason: z.string().nullable(),
});
export type ChangeView = z.infer<typeof changeView>;

export const changeListView = z
  .object({ items: z.array(changeView), nextCursor: z.null() })
  .meta({ id: 'ChangeList' });

/**
 * Shows a change as the API always has: programs know what was done by a phrase, although the table has held codes with
 * parameters since. `restored` is the code for a column that undoing an import put back.
 */
export function changeViewOf({ params, ...change }: HistoryEntry): ChangeView {
  const kind = change.what === 'restored' ? 'import undone' : change.what.replaceAll('-', ' ');
  const details = [params.move, params.milestone, params.field].filter((detail) => detail !== undefined);
  return { ...change, what: [kind, ...details].join(': ') };
}

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
    const parties = await this.reader.partiesOf(contracts.map(({ id }) => id));
    const milestones = await this.milestonesOf(contracts);
    return mapInTurns(contracts, async (contract) => ({
      ...termsShown(contract),
      counterparties: await this.partiesOf(parties.get(contract.id)),
      milestones: milestones.get(contract.id) ?? [],
    }));
  }

  async differenceOf({ added, moved, cancelled, unchanged }: Difference): Promise<DifferenceView> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const shown = (changes: AlertChange[]): Promise<DifferenceView['added']> =>
      mapInTurns(changes, ({ id, code, from, to, ...change }) => ({
        ...change,
        alertId: id,
        milestone: code,
        from: from && { ...from, dueAt: zonedIso(from.dueAt, timeZone) },
        to: { ...to, dueAt: zonedIso(to.dueAt, timeZone) },
      }));
    return {
      added: await shown(added),
      moved: await shown(moved),
      cancelled: await shown(cancelled),
      unchanged: await shown(unchanged),
    };
  }

  private partiesOf(parties: Parties | undefined): Promise<ContractView['counterparties']> {
    const contacts = groupedBy(parties?.contacts ?? [], ({ counterpartyId }) => counterpartyId);
    return mapInTurns(parties?.counterparties ?? [], (party) => ({
      id: party.id,
      name: this.rows.nameOf(party),
      registrationNumber: party.registrationNumber,
      role: party.role,
      share: party.share === null ? null : Number(party.share),
      country: party.country,
      contacts: (contacts.get(party.id) ?? []).map((contact) => ({
        id: contact.id,
        ...this.rows.maskedContact(contact),
        removedAt: contact.removedAt?.toISOString() ?? null,
      })),
    }));
  }

  /** A milestone that the plan no longer has is shown while it has alerts. */
  private async milestonesOf(contracts: Contract[]): Promise<Map<string, MilestoneView[]>> {
    const ids = contracts.map((contract) => contract.id);
    const milestones = await this.database.rows<Milestone>(
      `SELECT * FROM milestone m
       WHERE contract_id = ANY($1) AND (NOT withdrawn OR EXISTS (SELECT 1 FROM alert a WHERE a.milestone_id = m.id))
       ORDER BY coalesce(date, expected_by) NULLS LAST, due_at, code, occurrence`,
      [ids],
    );
    const alerts = await this.database.rows<Alert>(
      `SELECT * FROM alert WHERE contract_id = ANY($1) ORDER BY id`,
      [ids],
    );
    const goLive = await this.reader.goLiveDays(contracts);
    const { timeZone } = (await this.settings.calendar()).setting;
    const today = await this.settings.today();
    const milestonesOfContract = groupedBy(milestones, ({ contractId }) => contractId);
    const alertsOfMilestone = groupedBy(alerts, ({ milestoneId }) => milestoneId);
    const views = new Map<string, MilestoneView[]>();
    for (const { id, departmentId, terminatedOn, planName, planVersion } of contracts) {
      const { value: plan } = await this.settings.plan(planName, planVersion);
      const names = new Map(plan.milestones.map(({ code, name }) => [code, name]));
      const at = { today, goLiveOn: goLive.get(departmentId) ?? null, terminatedOn };
      const shown = await mapInTurns(milestonesOfContract.get(id) ?? [], (milestone) => ({
        code: milestone.code,
        occurrence: milestone.occurrence,
        name: names.get(milestone.code) ?? null,
        date: milestone.date,
        occurredOn: milestone.occurredOn,
        expectedBy: milestone.expectedBy,
        dueAt: milestone.dueAt && zonedIso(milestone.dueAt, timeZone),
        overdue: isOverdue(milestone, at),
        alerts: (alertsOfMilestone.get(milestone.id) ?? []).map((alert) => alertShown(alert, timeZone)),
      }));
      views.set(id, shown);
    }
    return views;
  }
}

/** Every column but `resumesTo` is shown. */
function termsShown({ amount, currency, planName, resumesTo: _, ...columns }: Contract) {
  const value = amount === null || currency === null ? null : { amount, currency };
  return { ...columns, value, plan: planName };
}

function alertShown(alert: Alert, timeZone: string): MilestoneView['alerts'][number] {
  const { id, contactId, wording, status, messageId } = alert;
  const dueAt = zonedIso(alert.dueAt, timeZone);
  return { id, contactId, wording, dueAt, status, reason: alertReason(alert), messageId };
}
