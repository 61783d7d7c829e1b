import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { SettingsService } from '../settings/settings.service.js';
import { Database } from '../../platform/database/database.js';

export interface ClaimedAlert {
  id: string;
  /** Hex of the number's blind index. */
  number: string;
  dueDay: string;
  /** When it should first have gone out: what is registered late, or again after a restore, is due at once instead. */
  dueAt: Date;
}

export interface ClaimRequest {
  /** Of the drain; only its holder may freeze what it claimed. */
  claimId: string;
  shard: number;
  /** The service clock. */
  now: Date;
  limit: number;
  brakedDepartments: string[];
  /** After a restore: only what the other life may have sent. */
  dueUntil: Date | null;
}

const returning = `a.id, encode(a.number_index, 'hex') AS number, a.due_day,
  least(a.due_at, (SELECT m.due_at FROM milestone m WHERE m.id = a.milestone_id)) AS due_at`;

/** Alerts taken by one drain for the length of a lease; when it runs out before anything was frozen, they are planned again. */
@Injectable()
export class Claims {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { leaseSeconds: number } },
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  async take(request: ClaimRequest): Promise<ClaimedAlert[]> {
    const { value: agency } = await this.settings.agency();
    return this.database.inTransaction(async () => {
      const due = await this.takeDue(request);
      if (due.length === 0) return [];
      return [...due, ...(await this.takeForDigests(request, due, agency.digestFrom))];
    });
  }

  /** Puts claimed alerts back, to be looked at again after a while. */
  async giveBack(claimId: string, alertIds: string[], seconds: number): Promise<void> {
    if (alertIds.length === 0) return;
    await this.database.run(
      `UPDATE alert SET status = 'planned', claimed_by = NULL, lease_until = NULL,
              retry_at = clock_timestamp() + $3 * interval '1 second', updated_at = clock_timestamp()
       WHERE id = ANY($2) AND status = 'claimed' AND claimed_by = $1`,
      [claimId, alertIds, seconds],
    );
  }

  private takeDue(request: ClaimRequest): Promise<ClaimedAlert[]> {
    return this.database.rows<ClaimedAlert>(
      `WITH due AS (
         SELECT id FROM alert
         WHERE status = 'planned' AND shard = $1 AND due_at <= least($2::timestamptz, $7::timestamptz)
           AND (retry_at IS NULL OR retry_at <= clock_timestamp())
           AND NOT department_id = ANY($4)
         ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
       )
       UPDATE alert a SET status = 'claimed', claimed_by = $5,
              lease_until = clock_timestamp() + $6 * interval '1 second', retry_at = NULL, updated_at = clock_timestamp()
       FROM due WHERE a.id = due.id RETURNING ${returning}`,
      [
        request.shard,
        request.now,
        request.limit,
        request.brakedDepartments,
        request.claimId,
        this.config.sending.leaseSeconds,
        request.dueUntil ?? request.now,
      ],
    );
  }

  /** What falls due later that day joins a digest, when there is enough for one. */
  private async takeForDigests(
    request: ClaimRequest,
    due: ClaimedAlert[],
    digestFrom: number,
  ): Promise<ClaimedAlert[]> {
    const groups = new Map<string, ClaimedAlert[]>();
    for (const alert of due) {
      const key = `${alert.number} ${alert.dueDay}`;
      groups.set(key, [...(groups.get(key) ?? []), alert]);
    }
    const pairs = [...groups.values()].map((group) => ({
      number_index: `\\x${group[0]?.number}`,
      due_day: group[0]?.dueDay,
      shard: digestFrom - group.length,
    }));
    return this.database.rows<ClaimedAlert>(
      `WITH wanted AS (SELECT number_index, due_day, shard AS missing FROM json_populate_recordset(NULL::alert, $1::json)),
       later AS (
         SELECT a.id, count(*) OVER (PARTITION BY a.number_index, a.due_day) AS more, w.missing
         FROM wanted w JOIN alert a ON a.number_index = w.number_index AND a.due_day = w.due_day
         WHERE a.status = 'planned' AND NOT a.department_id = ANY($2)
       ),
       joining AS (
         SELECT id FROM alert WHERE id IN (SELECT id FROM later WHERE more >= missing) AND status = 'planned'
         FOR UPDATE SKIP LOCKED
       )
       UPDATE alert a SET status = 'claimed', claimed_by = $3,
              lease_until = clock_timestamp() + $4 * interval '1 second', retry_at = NULL, updated_at = clock_timestamp()
       FROM joining WHERE a.id = joining.id RETURNING ${returning}`,
      [JSON.stringify(pairs), request.brakedDepartments, request.claimId, this.config.sending.leaseSeconds],
    );
  }
}
