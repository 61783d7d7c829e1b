import type pg from 'pg';
import type { FakeProvider } from '../support/fake-twilio.js';
import type { FakeMessage } from '../support/fake-twilio.script.js';
import type { ContractToRegister } from './api.js';

export interface Tally {
  alerts: number;
  /** Texts that the provider accepted. */
  texts: number;
  /** Settled, and the provider holds no text of it; or decided not to be sent, though it should have been. */
  lost: number;
  /** Texts beyond the first of an alert. */
  doubled: number;
  /** Alerts whose text was not settled within the time limit, and attempts left open. */
  unfinished: number;
  /** Texts at the provider that no attempt knows, and attempts that name a text the provider does not hold. */
  strays: number;
}

interface Row {
  reference: string;
  alert: string;
  message: string | null;
  text: string | null;
  attempts: { status: string; reference: string | null }[];
}

const settled = ['accepted', 'sent', 'delivered'];

/** What was ordered, against what the provider holds and what the database says of it. */
export class Ledger {
  private readonly ordered: ContractToRegister[] = [];
  private readonly fakes: FakeProvider[];

  constructor(
    private readonly pool: pg.Pool,
    ...fakes: FakeProvider[]
  ) {
    this.fakes = fakes;
  }

  /** Every seventh shares the number of the one before, so that numbers have to wait for each other. */
  expect(prefix: string, n: number, terms?: ContractToRegister['terms']): ContractToRegister[] {
    const from = this.ordered.length;
    const contracts = Array.from({ length: n }, (_, i) => ({
      reference: `${prefix}-${String(i + from).padStart(4, '0')}`,
      ...(terms ? { terms } : {}),
      phone: `010-0000-${String(((i + from) % 7 === 6 ? i + from - 1 : i + from) % 10_000).padStart(4, '0')}`,
    }));
    this.ordered.push(...contracts);
    return contracts;
  }

  async isSettled(prefix: string): Promise<boolean> {
    const rows = await this.rows(prefix);
    return rows.length === this.orderedAs(prefix).length && rows.every(isSettled);
  }

  async isConfirmed(prefix: string): Promise<boolean> {
    return (await this.rows(prefix)).every((row) => row.message !== 'accepted' && row.message !== 'sent');
  }

  async tally(prefix: string): Promise<Tally> {
    const rows = new Map((await this.rows(prefix)).map((row) => [row.reference, row]));
    const received = await Promise.all(this.fakes.map((fake) => fake.received()));
    const messages = received.flatMap((one) => one.messages);
    const tally: Tally = { alerts: 0, texts: 0, lost: 0, doubled: 0, unfinished: 0, strays: 0 };
    for (const { reference, phone } of this.orderedAs(prefix)) {
      const to = `+82${phone.slice(1).replaceAll('-', '')}`;
      const texts = messages.filter((text) => text.body.includes(reference));
      const row = rows.get(reference);
      tally.alerts += 1;
      tally.texts += texts.length;
      tally.doubled += Math.max(0, texts.length - 1);
      if (row && !isSettled(row) && isUnderWay(row)) tally.unfinished += 1;
      else if (!row || !isSettled(row) || !texts.some((text) => text.to === to)) tally.lost += 1;
      tally.strays += straysOf(row, texts);
    }
    return tally;
  }

  orderedAs(prefix: string): ContractToRegister[] {
    return this.ordered.filter(({ reference }) => reference.startsWith(prefix));
  }

  private async rows(prefix: string): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(
      `SELECT c.reference, a.status AS alert, m.status AS message, m.text,
              coalesce((SELECT json_agg(json_build_object('status', t.status, 'reference', t.reference))
                        FROM attempt t WHERE t.message_id = m.id), '[]') AS attempts
       FROM contract c JOIN milestone s ON s.contract_id = c.id AND s.code = 'signing'
         JOIN alert a ON a.milestone_id = s.id LEFT JOIN message m ON m.id = a.message_id
       WHERE starts_with(c.reference, $1)`,
      [prefix],
    );
    return rows;
  }
}

function isSettled(row: Row): boolean {
  return (
    row.alert === 'messaged' &&
    settled.includes(row.message ?? '') &&
    row.attempts.every(({ status }) => status !== 'open' && status !== 'ambiguous')
  );
}

/** Something may still come of it by itself. */
function isUnderWay(row: Row): boolean {
  if (row.alert === 'planned') return true;
  return row.alert === 'messaged' && ['sending', 'waiting', ...settled].includes(row.message ?? '');
}

function straysOf(row: Row | undefined, texts: FakeMessage[]): number {
  const known = new Set((row?.attempts ?? []).flatMap(({ reference }) => reference ?? []));
  const held = new Set(texts.map(({ sid }) => sid));
  return (
    texts.filter(({ sid }) => !known.has(sid)).length + [...known].filter((sid) => !held.has(sid)).length
  );
}
