import { setTimeout as sleep } from 'node:timers/promises';

export interface ContractToRegister {
  reference: string;
  phone: string;
  terms?: { startsOn: string; endsOn: string };
}

/** In which it is about noon now, so that no window closes during a run. */
function zoneWhereItIsNoon(): string {
  const ahead = 12 - new Date().getUTCHours();
  // POSIX counts to the west.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

export function daysFromToday(n: number): string {
  return new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
}

/** The service's REST API, as an agency's system calls it: a call that failed is made again with its key. */
export class Api {
  /** How often calls were made again, by what was answered the time before; `none` where nothing was. */
  readonly repeated = new Map<number | 'none', number>();
  private departmentId = '';

  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  /** A calendar on which texts may go out all day, today and on the days around it; a department without go-live day. */
  async setUp(): Promise<void> {
    await this.must('POST', '/calendar', {
      timeZone: zoneWhereItIsNoon(),
      country: 'KR',
      window: { from: '00:00', to: '23:59' },
      closed: [],
      open: Array.from({ length: 15 }, (_, i) => daysFromToday(i - 9)),
    });
    await this.must('POST', '/departments', { code: 'ROADS', name: '도로과', nameEn: 'Roads' });
  }

  async registerAll(contracts: ContractToRegister[]): Promise<void> {
    const left = [...contracts];
    const worker = async () => {
      for (let one = left.shift(); one; one = left.shift()) await this.register(one);
    };
    await Promise.all(Array.from({ length: 4 }, worker));
  }

  /** Signed three days ago: its alert fell due, is within the grace, and so is sent at once. */
  async register({ reference, phone, terms }: ContractToRegister): Promise<void> {
    await this.must(
      'POST',
      '/contracts',
      {
        reference,
        kind: 'works',
        title: '중앙로 보도정비공사',
        departmentId: await this.department(),
        signedOn: daysFromToday(-3),
        ...terms,
        counterparties: [{ name: '(주)새솔건설', contacts: [{ phone, locale: 'ko' }] }],
      },
      `register-${reference}`,
    );
  }

  /** Until it is answered with 2xx; an answer of 4xx is a mistake of the test's. */
  async must<T>(method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<T> {
    for (const end = performance.now() + 60_000; ; await sleep(100)) {
      const answer = await this.call<T>(method, path, body, idempotencyKey).catch(() => null);
      if (answer && answer.status < 300) return answer.body;
      const inFlight = answer?.status === 409 && idempotencyKey !== undefined;
      if (answer && answer.status < 500 && answer.status !== 429 && !inFlight) {
        throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      if (performance.now() > end) throw new Error(`${method} ${path} is not answered (${answer?.status})`);
      const why = answer?.status ?? 'none';
      this.repeated.set(why, (this.repeated.get(why) ?? 0) + 1);
    }
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<{ status: number; body: T }> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  private async department(): Promise<string> {
    if (this.departmentId === '') {
      const { items } = await this.must<{ items: { id: string }[] }>('GET', '/departments');
      this.departmentId = items[0]?.id ?? '';
    }
    return this.departmentId;
  }
}
