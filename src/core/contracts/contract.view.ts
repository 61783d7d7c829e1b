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
import type { NewlyPlanned } from '../planning/planning.service.js';
import { alertReason } from '../planning/planning.words.js';
import { lossShown } from '../proposals/proposal.schema.js';
import { numberChanged } from '../settings/plan.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { numberChangedName } from '../settings/settings.words.js';
import type { Contract } from './contract.entity.js';
import { ContractReader, type HistoryEntry, type Parties, type Registered } from './contract.reader.js';
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
    lost: z.array(lossShown).meta({
      description:
        'Texts that a number was about to get, and that it will not get, or much later. A change with any needs a reason, and waits for a second person.',
    }),
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
  erased: z.boolean().meta({ description: 'Name and number were destroyed (docs/retention.md).' }),
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
    questions: z
      .array(z.object({ path: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({
        description: 'What is unusual about the dates that were given: taken as they are, to be looked at.',
      }),
    proposal: z
      .object({ id: z.uuid() })
      .optional()
      .meta({ description: 'The change waits for a second person: the contract is shown as it was.' }),
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
      difference: { added: [], moved: [], cancelled: [], unchanged: [], lost: [] },
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

type ShownMilestone = Pick<
  Milestone,
  'id' | 'code' | 'occurrence' | 'date' | 'occurredOn' | 'expectedBy' | 'dueAt'
>;
type ShownAlert = Pick<
  Alert,
  'id' | 'milestoneId' | 'contactId' | 'wording' | 'status' | 'messageId' | 'dueAt' | 'reason' | 'failure'
>;

/** Standing is all that a view of a contract shows. */
interface Standing extends Registered {
  milestones: ShownMilestone[];
  alerts: ShownAlert[];
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

  /** `known` are the contract's parties, where somebody has read them already. */
  async view(contract: Contract, known?: Map<string, Parties>): Promise<ContractView> {
    const [view] = await this.views([contract], known);
    if (!view) throw new Error('a contract has no view');
    return view;
  }

  async views(contracts: Contract[], known?: Map<string, Parties>): Promise<ContractView[]> {
    const ids = contracts.map(({ id }) => id);
    const parties = known ?? (await this.reader.partiesOf(ids));
    const milestones = await this.database.rows<Milestone>(
      `SELECT * FROM milestone m
       WHERE contract_id = ANY($1) AND (NOT withdrawn OR EXISTS (SELECT 1 FROM alert a WHERE a.milestone_id = m.id))`,
      [ids],
    );
    // A contract may have thousands: columns that nobody sees would cost as much as those that are shown.
    const alerts = await this.database.rows<ShownAlert & { contractId: string }>(
      `SELECT id, contract_id, milestone_id, contact_id, wording, status, message_id, due_at, reason, failure
       FROM alert WHERE contract_id = ANY($1) ORDER BY id`,
      [ids],
    );
    const milestonesOf = groupedBy(milestones, ({ contractId }) => contractId);
    const alertsOf = groupedBy(alerts, ({ contractId }) => contractId);
    return this.shown(
      contracts.map((contract) => ({
        contract,
        ...(parties.get(contract.id) ?? { counterparties: [], contacts: [] }),
        milestones: milestonesOf.get(contract.id) ?? [],
        alerts: alertsOf.get(contract.id) ?? [],
      })),
    );
  }

  /** Shows a contract that was just registered by what was written of it, as reading it would. */
  async viewNew({
    milestones,
    alerts,
    difference,
    ...registered
  }: Registered & NewlyPlanned): Promise<ContractView> {
    const standing = {
      ...registered,
      milestones: milestones.map((milestone) => ({ ...milestone, occurredOn: null })),
      alerts: alerts.map((alert) => ({ ...alert, failure: null, messageId: null })),
    };
    const [view] = await this.shown([standing]);
    if (!view) throw new Error('a contract has no view');
    return { ...view, difference: await this.differenceOf(difference) };
  }

  async differenceOf(difference: Difference): Promise<DifferenceView> {
    const { added, moved, restated, cancelled, unchanged, lost } = difference;
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
      unchanged: await shown([...unchanged, ...restated]),
      lost: await mapInTurns(lost, ({ code, occurrence, contactId, how, dueAt }) => ({
        milestone: code,
        occurrence,
        contactId,
        how,
        dueAt: zonedIso(dueAt, timeZone),
      })),
    };
  }

  private async shown(all: Standing[]): Promise<ContractView[]> {
    const goLive = await this.reader.goLiveDays(all.map(({ contract }) => contract));
    const { timeZone } = (await this.settings.calendar()).setting;
    const today = await this.settings.today();
    return mapInTurns(all, async (one) => {
      const { departmentId, terminatedOn } = one.contract;
      const at = { today, goLiveOn: goLive.get(departmentId) ?? null, terminatedOn };
      return {
        ...termsShown(one.contract),
        counterparties: await this.partiesShown(one),
        milestones: await this.milestonesShown(one, at, timeZone),
      };
    });
  }

  private partiesShown(parties: Parties): Promise<ContractView['counterparties']> {
    const contacts = groupedBy(parties.contacts, ({ counterpartyId }) => counterpartyId);
    return mapInTurns(parties.counterparties, (party) => ({
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
        erased: contact.salt === null,
      })),
    }));
  }

  /** A milestone that the plan no longer has is shown while it has alerts. */
  private async milestonesShown(
    { contract, milestones, alerts }: Standing,
    at: Parameters<typeof isOverdue>[1],
    timeZone: string,
  ): Promise<MilestoneView[]> {
    const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
    const names = new Map(plan.milestones.map(({ code, name }) => [code, name]));
    const alertsOfMilestone = groupedBy(alerts, ({ milestoneId }) => milestoneId);
    return mapInTurns(milestones.toSorted(inOrder), (milestone) => ({
      code: milestone.code,
      occurrence: milestone.occurrence,
      name: names.get(milestone.code) ?? (milestone.code === numberChanged ? numberChangedName : null),
      date: milestone.date,
      occurredOn: milestone.occurredOn,
      expectedBy: milestone.expectedBy,
      dueAt: milestone.dueAt && zonedIso(milestone.dueAt, timeZone),
      overdue: isOverdue(milestone, at),
      alerts: (alertsOfMilestone.get(milestone.id) ?? []).map((alert) => alertShown(alert, timeZone)),
    }));
  }
}

/** Orders milestones by their days, then by when they are due; those without come last. */
function inOrder(a: ShownMilestone, b: ShownMilestone): number {
  return (
    compare(a.date ?? a.expectedBy, b.date ?? b.expectedBy) ||
    compare(a.dueAt?.getTime(), b.dueAt?.getTime()) ||
    compare(a.code, b.code) ||
    a.occurrence - b.occurrence
  );
}

function compare<T extends string | number>(a: T | null | undefined, b: T | null | undefined): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  return b === null || b === undefined || a < b ? -1 : 1;
}

/** Every column is shown but what only the service itself goes by. */
function termsShown({
  amount,
  currency,
  planName,
  resumesTo: _resumesTo,
  calendarVersion: _calendarVersion,
  ...columns
}: Contract) {
  const value = amount === null || currency === null ? null : { amount, currency };
  return { ...columns, value, plan: planName };
}

function alertShown(alert: ShownAlert, timeZone: string): MilestoneView['alerts'][number] {
  const { id, contactId, wording, status, messageId } = alert;
  const dueAt = zonedIso(alert.dueAt, timeZone);
  return { id, contactId, wording, dueAt, status, reason: alertReason(alert), messageId };
}
