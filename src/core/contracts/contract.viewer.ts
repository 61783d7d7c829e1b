import { Injectable } from '@nestjs/common';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { AlertStatus, Difference, Wording } from '../planning/planning.types.js';
import { isOverdue } from '../planning/overdue.js';
import { SettingsService } from '../settings/settings.service.js';
import { ContractReader, type Parties } from './contract.reader.js';
import type { Contract } from './contract.entity.js';
import type { ContractView, DifferenceView, MilestoneView } from './contract.view.js';
import { PartyRows } from './party-rows.js';
import { Database } from '../../platform/database/database.js';

interface MilestoneAlertRow {
  contractId: string;
  code: string;
  occurrence: number;
  date: string | null;
  occurredOn: string | null;
  expectedBy: string | null;
  milestoneDueAt: Date | null;
  alertId: string | null;
  contactId: string;
  wording: Wording;
  dueAt: Date;
  status: AlertStatus;
  reason: string | null;
  messageId: string | null;
}

/** A contract as the API answers it: personal data masked, times in the agency's zone. */
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
      ...this.factsOf(contract),
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

  private factsOf(contract: Contract): Omit<ContractView, 'counterparties' | 'milestones'> {
    return {
      id: contract.id,
      source: contract.source,
      reference: contract.reference,
      revision: contract.revision,
      kind: contract.kind,
      title: contract.title,
      state: contract.state,
      departmentId: contract.departmentId,
      officerId: contract.officerId,
      signedOn: contract.signedOn,
      startsOn: contract.startsOn,
      endsOn: contract.endsOn,
      completedOn: contract.completedOn,
      terminatedOn: contract.terminatedOn,
      liabilityEndsOn: contract.liabilityEndsOn,
      value:
        contract.amount === null || contract.currency === null
          ? null
          : { amount: contract.amount, currency: contract.currency },
      method: contract.method,
      plan: contract.planName,
      planVersion: contract.planVersion,
      version: contract.version,
    };
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
              a.due_at, a.status, a.reason, a.message_id
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
        reason: row.reason,
        messageId: row.messageId,
      });
    }
    views.set(key, view);
  }
  return [...views.values()];
}
