import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { InstanceService } from './instance.service.js';
import { unsettled } from './unsettled.js';
import { Database } from '../../platform/database/database.js';

export const instanceView = z
  .object({
    id: z.uuid(),
    activeAt: z.string(),
    suspectFrom: z.string().nullable(),
    suspectUntil: z.string().nullable(),
    unsettled: z.object({ alerts: z.int(), attempts: z.int() }),
    possiblyDoubled: z.int().meta({ description: 'Texts that the provider showed only after the grace.' }),
    resentUnproved: z
      .int()
      .meta({ description: 'Resends after a failure that does not prove non-delivery.' }),
  })
  .meta({ id: 'Instance' });

@Injectable()
export class InstanceStatus {
  constructor(
    private readonly database: Database,
    private readonly instance: InstanceService,
  ) {}

  async view(): Promise<z.infer<typeof instanceView>> {
    const row = await this.instance.row();
    const { alerts, attempts } = await unsettled(this.database);
    const [counts] = await this.database.rows<{ doubled: number; resent: number }>(
      `SELECT (SELECT count(*)::int FROM attempt WHERE detail = 'accepted late: possibly doubled') AS doubled,
              (SELECT coalesce(sum(resent_unproved), 0)::int FROM message) AS resent`,
    );
    return {
      id: row.id,
      activeAt: row.activeAt.toISOString(),
      suspectFrom: row.suspectFrom?.toISOString() ?? null,
      suspectUntil: row.suspectUntil?.toISOString() ?? null,
      unsettled: { alerts, attempts },
      possiblyDoubled: counts?.doubled ?? 0,
      resentUnproved: counts?.resent ?? 0,
    };
  }
}
