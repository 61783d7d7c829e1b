import pg from 'pg';
import { z } from 'zod';
import { newId } from '../../../platform/ids.js';
import type { Sealer } from '../../../platform/sealing/sealer.js';
import {
  defineProvider,
  deliveryStatuses,
  type Delivery,
  type Failure,
  type FoundText,
  type OutgoingText,
  type SendOutcome,
  type SmsProvider,
} from '../sms-provider.js';
import { behaviourOf, sandboxFailure, sandboxWords, type Behaviour } from './sandbox-numbers.js';

export interface SandboxDependencies {
  pool: pg.Pool;
  sealer: Sealer;
  /** The service's clock, which the sandbox may have moved. */
  now: () => Promise<Date>;
}

/** What a sandbox phone holds; rows of any other status (`refused`, `lost`) never reached it and only count tries. */
const held = deliveryStatuses;

type RowStatus = 'accepted' | 'sent' | 'refused' | 'lost';

const rowSchema = z.object({
  id: z.uuid(),
  status: z.enum(deliveryStatuses),
  code: z.string().nullable(),
});
const foundSchema = rowSchema.extend({ text: z.string(), created_at: z.date() });

/**
 * A provider without a network: its texts are rows of `sandbox_text`, which the phones' page shows. It works through a pool of
 * its own statements, so that what it accepted outlives the sender's transaction, as a real provider's would.
 */
export class SandboxProvider implements SmsProvider {
  readonly name = 'sandbox';
  readonly sender = 'SANDBOX';
  // No carrier paces the sandbox, and a year passes in a moment there.
  readonly rate = 1000;
  readonly graceSeconds = 5;
  readonly firstPollSeconds = 0;

  constructor(private readonly dependencies: SandboxDependencies) {}

  async send(text: OutgoingText): Promise<SendOutcome> {
    try {
      return await this.meet(await this.behaviour(text), text);
    } catch {
      return { kind: 'ambiguous', detail: 'answer-unreadable' };
    }
  }

  async find(to: string, since: Date): Promise<FoundText[]> {
    const { rows } = await this.dependencies.pool.query(
      `SELECT id, status, code, text, created_at FROM sandbox_text
       WHERE to_index = $1 AND created_at >= $2 AND status = ANY ($3) ORDER BY created_at`,
      [this.dependencies.sealer.blindIndex(to), since, held],
    );
    return foundSchema
      .array()
      .parse(rows)
      .map((row) => ({
        ...deliveryOf(row),
        text: row.text,
        createdAt: row.created_at,
      }));
  }

  /** Being asked is what moves a text on: an accepted one is delivered, or fails by the code that it was kept with. */
  async status(reference: string): Promise<Delivery | null> {
    if (!z.uuid().safeParse(reference).success) return null;
    await this.dependencies.pool.query(
      `UPDATE sandbox_text SET status = CASE WHEN code IS NULL THEN 'delivered' ELSE 'failed' END
       WHERE id = $1 AND status = 'accepted'`,
      [reference],
    );
    const { rows } = await this.dependencies.pool.query(
      `SELECT id, status, code FROM sandbox_text WHERE id = $1 AND status = ANY ($2)`,
      [reference, held],
    );
    const [row] = rowSchema.array().parse(rows);
    return row ? deliveryOf(row) : null;
  }

  failure(code: string): Failure {
    return sandboxFailure(code);
  }

  async close(): Promise<void> {
    await this.dependencies.pool.end();
  }

  private async behaviour(text: OutgoingText): Promise<Behaviour> {
    const behaviour = behaviourOf(text.to);
    if (!('times' in behaviour)) return behaviour;
    const { rows } = await this.dependencies.pool.query(
      `SELECT count(*)::int AS tries FROM sandbox_text
       WHERE to_index = $1 AND text = $2 AND status IN ('refused', 'lost')`,
      [this.dependencies.sealer.blindIndex(text.to), text.text],
    );
    const [{ tries }] = z.tuple([z.object({ tries: z.int() })]).parse(rows);
    return tries < behaviour.times ? behaviour : { kind: 'deliver' };
  }

  private async meet(behaviour: Behaviour, text: OutgoingText): Promise<SendOutcome> {
    switch (behaviour.kind) {
      case 'refuse':
        await this.keep(text, 'refused', behaviour.code);
        return { kind: 'refused', ...sandboxFailure(behaviour.code) };
      case 'time-out':
        await this.keep(text, behaviour.accepted ? 'accepted' : 'lost', null);
        return { kind: 'ambiguous', detail: 'timed-out' };
      case 'accept-unfinished':
        return { kind: 'accepted', reference: await this.keep(text, 'sent', null) };
      case 'accept-then-fail':
        return { kind: 'accepted', reference: await this.keep(text, 'accepted', behaviour.code) };
      case 'deliver':
        return { kind: 'accepted', reference: await this.keep(text, 'accepted', null) };
    }
  }

  private async keep(text: OutgoingText, status: RowStatus, code: string | null): Promise<string> {
    const { pool, sealer, now } = this.dependencies;
    const id = newId();
    await pool.query(
      `INSERT INTO sandbox_text (id, attempt_id, to_sealed, to_index, text, created_at, service_time, status, code)
       VALUES ($1, $2, $3, $4, $5, clock_timestamp(), $6, $7, $8)`,
      [
        id,
        text.attemptId,
        sealer.seal(text.to, { table: 'sandbox_text', column: 'to_sealed', rowId: id }),
        sealer.blindIndex(text.to),
        text.text,
        await now(),
        status,
        code,
      ],
    );
    return id;
  }
}

/** The code that a text will fail by is not told before it has failed. */
function deliveryOf(row: z.infer<typeof rowSchema>): Delivery {
  return { reference: row.id, status: row.status, code: row.status === 'failed' ? row.code : null };
}

/** It needs no variables, so it is there beside any other provider, too. */
export const sandbox = defineProvider({
  name: 'sandbox',
  environment: z.object({}),
  controllers: [],
  explain: sandboxWords,
  make: (_variables, { databaseUrl, sealer, clock }) => {
    // Its own pool: what the sandbox accepted must outlive the transaction of whoever sends.
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: 'chorong-sandbox' });
    pool.on('error', () => undefined);
    return new SandboxProvider({ pool, sealer, now: () => clock.now() });
  },
});
