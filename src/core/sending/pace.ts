import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { Database } from '../../platform/database/database.js';

/**
 * The sender's rate, kept for all processes as one instant: from when on the next text may go. Reserved for a
 * window of calls at a time.
 */
@Injectable()
export class Pace {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { rate: number | null } },
    private readonly database: Database,
  ) {}

  /** Milliseconds from now until each of the n texts may go, ascending. */
  async reserve({ sender, rate }: SmsProvider, n: number): Promise<number[]> {
    const gap = 1000 / (this.config.sending.rate ?? rate);
    const [row] = await this.database.rows<{ wait: number }>(
      `INSERT INTO pace (sender, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
       ON CONFLICT (sender) DO UPDATE
         SET next_at = greatest(pace.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
       RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000 - $2)::float8 AS wait`,
      [sender, n * gap],
    );
    const first = Math.max(0, row?.wait ?? 0);
    return Array.from({ length: n }, (_, i) => first + i * gap);
  }
}
