import pg from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { z } from 'zod';
import { newId } from '../../../platform/ids.js';
import type { Sealer } from '../../../platform/sealing/sealer.js';
import { words, type Words } from '../../../platform/words/words.js';
import {
  defineProvider,
  deliveryStatuses,
  type Delivery,
  type Failure,
  type FoundText,
  type OutgoingText,
  type SendOutcome,
  type SmsProvider,
  type SoughtText,
} from '../sms-provider.js';

/** A Behaviour is what a sandbox phone does with a text. */
type Behaviour =
  | { kind: 'deliver' }
  | { kind: 'refuse'; code: SandboxCode; times?: number }
  | { kind: 'accept-then-fail'; code: SandboxCode }
  | { kind: 'accept-unfinished' }
  | { kind: 'time-out'; accepted: boolean; times?: number };

/**
 * The last four digits of a number choose what happens to a text for it, so that every state can be seen without a real provider.
 * A behaviour with `times` gives way to delivery once one text has met it that often; any other number delivers.
 *
 * | number ends in | what happens | what the message log shows |
 * |---|---|---|
 * | 0001 | refused: a landline | failed |
 * | 0002 | accepted, then the phone cannot be reached | failed, a few resends |
 * | 0003 | accepted, but the answer is lost | ambiguous, then adopted |
 * | 0004 | the call is lost on its way, once | ambiguous, absent, then sent again |
 * | 0005 | "too many requests", twice | waiting, then sent |
 * | 0006 | sent, and never reported on again | unconfirmed |
 * | 0007 | the sender may not text this country | the route is held |
 * | 0008 | refused by a code that nobody knows | held for a person |
 * | 0009 | the provider has suspended the account | sending pauses |
 */
const sandboxNumbers: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ['0001', { kind: 'refuse', code: 'sandbox-landline' }],
  ['0002', { kind: 'accept-then-fail', code: 'sandbox-unreachable' }],
  ['0003', { kind: 'time-out', accepted: true }],
  ['0004', { kind: 'time-out', accepted: false, times: 1 }],
  ['0005', { kind: 'refuse', code: 'sandbox-too-many', times: 2 }],
  ['0006', { kind: 'accept-unfinished' }],
  ['0007', { kind: 'refuse', code: 'sandbox-route' }],
  ['0008', { kind: 'refuse', code: 'sandbox-mystery' }],
  ['0009', { kind: 'refuse', code: 'sandbox-suspended' }],
]);

/** The last four digits of numbers that do not just deliver. */
export const sandboxEndings = [...sandboxNumbers.keys()];

const codes = {
  'sandbox-landline': { action: 'permanent', ko: '유선전화 번호입니다.', detail: 'A landline.' },
  'sandbox-unreachable': {
    action: 'retry-bounded',
    ko: '전화기가 꺼져 있거나 연결되지 않습니다.',
    detail: 'The phone is off, or out of reach.',
  },
  'sandbox-too-many': {
    action: 'retry',
    ko: '샌드박스가 더 천천히 보내 달라고 합니다.',
    detail: 'The sandbox asks us to send more slowly.',
    retryAfterSeconds: 1,
  },
  'sandbox-route': {
    action: 'hold-route',
    ko: '이 발신번호로는 해당 국가에 보낼 수 없습니다.',
    detail: 'The sender may not text this country.',
  },
  'sandbox-mystery': { action: 'hold', ko: '알 수 없는 코드입니다.', detail: 'A code that nobody knows.' },
  'sandbox-suspended': {
    action: 'stop-line',
    ko: '샌드박스가 계정을 정지했습니다.',
    detail: 'The sandbox has suspended the account.',
  },
} satisfies Record<string, Omit<Failure, 'code'> & { ko: string }>;

type SandboxCode = keyof typeof codes;

function behaviourOf(number: string): Behaviour {
  return sandboxNumbers.get(number.slice(-4)) ?? { kind: 'deliver' };
}

function sandboxFailure(code: string): Failure {
  if (!Object.hasOwn(codes, code)) {
    return { code, action: 'hold', detail: `The sandbox knows no code ${code}.` };
  }
  const { ko: _korean, ...failure } = codes[code as SandboxCode];
  return { code, ...failure };
}

/** Explains a code of the sandbox's in both languages. */
function sandboxWords(code: string): Words {
  const ko = Object.hasOwn(codes, code)
    ? codes[code as SandboxCode].ko
    : `샌드박스가 모르는 코드 ${code}입니다.`;
  return words(ko, sandboxFailure(code).detail);
}

interface SandboxDependencies {
  pool: pg.Pool;
  sealer: Sealer;
  /** The service's clock, which the sandbox may have moved. */
  now: () => Promise<Date>;
}

/** Sandbox phones hold texts of these statuses; rows of any other (`refused`, `lost`) never reached one and only count tries. */
const held = deliveryStatuses;

type RowStatus = 'accepted' | 'sent' | 'refused' | 'lost';

const rowSchema = z.object({
  id: z.uuid(),
  status: z.enum(deliveryStatuses),
  code: z.string().nullable(),
});
const foundSchema = rowSchema.extend({ text: z.string(), created_at: z.date() });

/** A SandboxText is a message that arrived on a phone inside the sandbox. */
@Entity()
export class SandboxText {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') attemptId!: string;
  @Column('bytea') toSealed!: Buffer;
  @Column('bytea') toIndex!: Buffer;
  @Column('text') text!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') serviceTime!: Date;
  @Column('text') status!: string;
  @Column('text') code!: string | null;
}

/**
 * SandboxProvider needs no network: its texts are rows of `sandbox_text`, which the phones' page shows. It works through a pool of
 * its own statements, so that what it accepted outlives the sender's transaction, as a real provider's would.
 */
export class SandboxProvider implements SmsProvider {
  readonly name = 'sandbox';
  readonly sender = 'SANDBOX';
  // No carrier paces the sandbox, and a year passes in a moment there.
  readonly rate = 1000;
  readonly deduplication = { kind: 'none', graceSeconds: 5 } as const;
  readonly listsNumbers = true;
  readonly firstPollSeconds = 0;

  constructor(private readonly dependencies: SandboxDependencies) {}

  async send(text: OutgoingText): Promise<SendOutcome> {
    try {
      return await this.meet(await this.behaviour(text), text);
    } catch {
      return { kind: 'ambiguous', detail: 'answer-unreadable' };
    }
  }

  async find({ to }: SoughtText): Promise<FoundText[]> {
    const { rows } = await this.dependencies.pool.query(
      `SELECT id, status, code, text, created_at FROM sandbox_text
       WHERE to_index = $1 AND status = ANY ($2) ORDER BY created_at`,
      [this.dependencies.sealer.blindIndex(to), held],
    );
    const found = foundSchema.array().parse(rows);
    return found.map((row) => ({ ...deliveryOf(row), text: row.text, createdAt: row.created_at }));
  }

  /** Its texts stand in the database itself, which therefore knows all of them. */
  newest(): Promise<[]> {
    return Promise.resolve([]);
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

/** Hides the code that a text will fail by until it has failed. */
function deliveryOf(row: z.infer<typeof rowSchema>): Delivery {
  return { reference: row.id, status: row.status, code: row.status === 'failed' ? row.code : null };
}

/** It needs no variables, so it is there beside any other provider, too. */
export const sandbox = defineProvider({
  name: 'sandbox',
  environment: z.object({}),
  controllers: [],
  explain: sandboxWords,
  make: (_variables, { pool: options, sealer, clock }) => {
    // Its own pool: what the sandbox accepted must outlive the transaction of whoever sends.
    const pool = new pg.Pool({ ...options, max: 4, application_name: 'chorong-sandbox' });
    pool.on('error', () => undefined);
    return new SandboxProvider({ pool, sealer, now: () => clock.now() });
  },
});
