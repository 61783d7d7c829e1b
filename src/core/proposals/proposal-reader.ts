import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { type Caller, callerIdOf } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Deciders, isSame } from './deciders.js';
import type { Proposal } from './proposal.entity.js';
import type { ProposalNow, ProposalsQuery, ProposalView } from './proposal.schema.js';
import { lossTag, Proposals } from './proposals.service.js';

interface Found extends Proposal {
  reference: string | null;
  title: string | null;
}

/**
 * ProposalReader shows proposals to whoever sees their contracts, to whoever proposed them, and to the person on whom the lot
 * fell. Those that are about the agency are for admins and auditors.
 */
@Injectable()
export class ProposalReader {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
    private readonly deciders: Deciders,
    private readonly proposals: Proposals,
  ) {}

  /** Returns a page of proposals, newest first. */
  async proposalsPage(caller: Caller, query: ProposalsQuery): Promise<Page<ProposalView>> {
    const { cursor, limit, state, contractId } = query;
    const rows = await this.find(caller, {
      where: `($4::text IS NULL OR p.state = $4) AND ($5::uuid IS NULL OR p.contract_id = $5)
        AND ($6::uuid IS NULL OR p.id < $6) ORDER BY p.id DESC LIMIT $7`,
      values: [state ?? null, contractId ?? null, idOfCursor(cursor) ?? null, limit + 1],
    });
    const { items, nextCursor } = pageFrom(rows, limit);
    return { items: await this.viewsOf(caller, items), nextCursor };
  }

  /** Lists what waits for the caller's decision, what has waited longest first. */
  async toDecide(caller: Caller): Promise<ProposalView[]> {
    const rows = await this.find(caller, {
      where: `p.state = 'waiting' AND $4 = ANY (p.deciders) ORDER BY p.id LIMIT 200`,
      values: [caller.role],
    });
    return (await this.viewsOf(caller, rows)).filter(({ mayDecide }) => mayDecide);
  }

  /** Shows one proposal, with what it would do now. Throws `not-found` for what the caller does not see. */
  async proposalNow(caller: Caller, id: string): Promise<ProposalNow> {
    const [row] = await this.find(caller, { where: 'p.id = $4', values: [id] });
    const [view] = await this.viewsOf(caller, row ? [row] : []);
    if (!row || !view) throw notFound('proposal');
    if (row.state !== 'waiting') return { ...view, now: null, problem: null };
    const found = await this.proposals.foresee(row);
    if ('problem' in found) return { ...view, now: null, problem: found.problem.message };
    const { lost, changes } = found;
    return {
      ...view,
      changes: lost.length > 0 ? changes : view.changes,
      now: { lost, lossTag: lossTag(lost) },
      problem: null,
    };
  }

  private async find(
    caller: Caller,
    { where, values }: { where: string; values: unknown[] },
  ): Promise<Found[]> {
    const seen = await this.departments.seenBy(caller);
    return this.database.rows<Found>(
      `SELECT p.*, c.reference, c.title FROM proposal p LEFT JOIN contract c ON c.id = p.contract_id
       WHERE ($1::uuid[] IS NULL OR c.department_id = ANY ($1) OR p.drawn_account_id = $2
         OR coalesce(p.caller ->> 'accountId', p.caller ->> 'keyId') = $3) AND ${where}`,
      [seen, caller.accountId, callerIdOf(caller), ...values],
    );
  }

  private async viewsOf(caller: Caller, rows: Found[]): Promise<ProposalView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const now = await this.clock.now();
    const views: ProposalView[] = [];
    for (const row of rows) {
      const { id, act, proposer, reason, lost, changes, state, decidedBy, note } = row;
      const { contractId, reference, title, decidedAt } = row;
      views.push({
        ...{ id, act, proposer, reason, lost, changes, state, decidedBy, note },
        contract:
          contractId === null ? null : { id: contractId, reference: reference ?? '', title: title ?? '' },
        at: zonedIso(row.at, timeZone),
        openFrom: zonedIso(row.openFrom, timeZone),
        mayDecide: await this.deciders.mayDecide(caller, row, now),
        isOwn: isSame(caller, row.caller),
        decidedAt: decidedAt && zonedIso(decidedAt, timeZone),
      });
    }
    return views;
  }
}
