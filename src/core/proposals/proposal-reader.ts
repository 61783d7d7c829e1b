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
import { Proposal } from './proposal.entity.js';
import {
  lostLimits,
  type LossShown,
  type ProposalNow,
  type ProposalsQuery,
  type ProposalView,
} from './proposal.schema.js';
import { lossTag, Proposals } from './proposals.service.js';

/** A proposal as the caller finds it: `lost` holds the first texts of its loss. */
interface Found extends Omit<Proposal, 'argsSealed' | 'actIndex'> {
  lostCount: number;
  lostPeople: number;
  reference: string | null;
  title: string | null;
}

/** Lists the columns of a proposal `p`, but for what it is done with. A change of 15,000 texts would make a list of it huge. */
const columns = `p.id, p.act, p.contract_id, p.proposer, p.caller, p.reason, p.changes, p.deciders, p.drawn_account_id, p.at,
  p.open_from, p.state, p.decided_at, p.decided_by, p.note, jsonb_path_query_array(p.lost, '$[0 to $last]', $4) AS lost,
  jsonb_array_length(p.lost) AS lost_count,
  (SELECT count(DISTINCT x ->> 'contactId')::int FROM jsonb_array_elements(p.lost) x) AS lost_people`;

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
      where: `($5::text IS NULL OR p.state = $5) AND ($6::uuid IS NULL OR p.contract_id = $6)
        AND ($7::uuid IS NULL OR p.id < $7) ORDER BY p.id DESC LIMIT $8`,
      values: [state ?? null, contractId ?? null, idOfCursor(cursor) ?? null, limit + 1],
    });
    const { items, nextCursor } = pageFrom(rows, limit);
    return { items: await this.viewsOf(caller, items), nextCursor };
  }

  /** Lists what waits for the caller's decision, what has waited longest first. */
  async toDecide(caller: Caller): Promise<ProposalView[]> {
    const rows = await this.find(caller, {
      where: `p.state = 'waiting' AND $5 = ANY (p.deciders) ORDER BY p.id LIMIT 200`,
      values: [caller.role],
    });
    return (await this.viewsOf(caller, rows)).filter(({ mayDecide }) => mayDecide);
  }

  /** Lists what waits to be done by one of the acts, what has waited longest first. */
  async waitingToDo(caller: Caller, acts: string[]): Promise<ProposalView[]> {
    const where = `p.state = 'waiting' AND p.act = ANY ($5) ORDER BY p.id LIMIT 200`;
    return this.viewsOf(caller, await this.find(caller, { where, values: [acts] }));
  }

  /** Lists what waits to be done by an act with this as the first of its arguments, what has waited longest first. */
  async waitingWith(caller: Caller, act: string, first: string): Promise<ProposalView[]> {
    const ids = await this.proposals.idsWaitingWith(act, first);
    if (ids.length === 0) return [];
    return this.viewsOf(
      caller,
      await this.find(caller, { where: 'p.id = ANY ($5) ORDER BY p.id', values: [ids] }),
    );
  }

  /** Shows one proposal, with what it would do now. Throws `not-found` for what the caller does not see. */
  async proposalNow(caller: Caller, id: string): Promise<ProposalNow> {
    const rows = await this.find(caller, { where: 'p.id = $5', values: [id], lost: lostLimits.whole });
    const [view] = await this.viewsOf(caller, rows);
    const row = view && (await this.database.repository(Proposal).findOneBy({ id }));
    if (!row) throw notFound('proposal');
    if (row.state !== 'waiting') return { ...view, now: null, problem: null };
    const found = await this.proposals.foresee(row);
    if ('problem' in found) return { ...view, now: null, problem: found.problem.message };
    const { lost, changes } = found;
    return {
      ...view,
      changes: lost.length > 0 ? changes : view.changes,
      now: { ...shownOf(lost), lossTag: lossTag(lost) },
      problem: null,
    };
  }

  private async find(
    caller: Caller,
    { where, values, lost = lostLimits.listed }: { where: string; values: unknown[]; lost?: number },
  ): Promise<Found[]> {
    const seen = await this.departments.seenBy(caller);
    return this.database.rows<Found>(
      `SELECT ${columns}, c.reference, c.title FROM proposal p LEFT JOIN contract c ON c.id = p.contract_id
       WHERE ($1::uuid[] IS NULL OR c.department_id = ANY ($1) OR p.drawn_account_id = $2
         OR coalesce(p.caller ->> 'accountId', p.caller ->> 'keyId') = $3) AND ${where}`,
      [seen, caller.accountId, callerIdOf(caller), JSON.stringify({ last: lost - 1 }), ...values],
    );
  }

  private async viewsOf(caller: Caller, rows: Found[]): Promise<ProposalView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const now = await this.clock.now();
    const decidable = await this.deciders.decidable(caller, rows, now);
    return rows.map((row) => {
      const { id, act, proposer, reason, lost, lostCount, lostPeople, changes, state, decidedBy, note } = row;
      const { contractId, reference, title, decidedAt } = row;
      return {
        id,
        act,
        proposer,
        reason,
        lost,
        lostCount,
        lostPeople,
        changes,
        state,
        decidedBy,
        note,
        contract:
          contractId === null ? null : { id: contractId, reference: reference ?? '', title: title ?? '' },
        at: zonedIso(row.at, timeZone),
        openFrom: zonedIso(row.openFrom, timeZone),
        mayDecide: decidable.has(row),
        isOwn: isSame(caller, row.caller),
        decidedAt: decidedAt && zonedIso(decidedAt, timeZone),
      };
    });
  }
}

function shownOf(lost: LossShown[]) {
  return {
    lost: lost.slice(0, lostLimits.whole),
    lostCount: lost.length,
    lostPeople: new Set(lost.map(({ contactId }) => contactId)).size,
  };
}
