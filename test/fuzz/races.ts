import { ImportJobs } from '../../src/office/imports/jobs.js';
import { ok } from '../support/api-client.js';
import { aSheet, bring } from '../support/brought-sheets.js';
import { aContract } from '../support/builders.js';
import { aBrake } from '../support/route-examples.js';
import type { TestService } from '../support/service.js';
import type { Caller } from './cast.js';
import type { Fuzzer } from './fuzzer.js';
import type { Pairs, RawAnswer } from './wire.js';

/** The same thing done at once, by callers who could not know of each other: what came of it, as a status for each. */
export class Races {
  constructor(
    private readonly service: TestService,
    private readonly fuzzer: Fuzzer,
    private readonly departmentId: string,
  ) {}

  /** One creation under one idempotency key, `times` at once. Returns the statuses, and how many contracts there are. */
  async sameKey(times: number) {
    const body = aContract({ departmentId: this.departmentId });
    const key: Pairs = [['idempotency-key', `race-${body.reference}`]];
    const answers = await this.atOnce(times, () => this.api('POST', '/contracts', body, key));
    const rows = await this.service.sql(`SELECT id FROM contract WHERE reference = $1`, [body.reference]);
    return { statuses: answers, made: rows.length };
  }

  /** Two writers of what both had read. */
  async sameVersion() {
    const { id, version } = await this.service.register({ departmentId: this.departmentId });
    const match: Pairs = [['if-match', `"${version}"`]];
    let n = 0;
    return this.atOnce(2, () => this.api('PATCH', `/contracts/${id}`, { title: `제목 ${(n += 1)}` }, match));
  }

  /** A link that lets somebody choose a password once. */
  async sameLink() {
    const invited = { email: `race-${Date.now()}@hanbit.example`, name: '한여울', role: 'auditor' };
    const { link } = ok(await this.service.admin.post<{ link: string }>('/accounts', invited));
    const { pathname } = new URL(link);
    return this.atOnce(2, () => this.page('nobody', pathname, [['password', 'three long words here']]));
  }

  async sameBrake() {
    const body = await aBrake(this.service);
    const statuses = await this.atOnce(2, () => this.api('POST', '/brakes', body));
    const { items } = ok(
      await this.service.admin.get<{ items: { id: string; target: string; releasedAt: string | null }[] }>(
        '/brakes',
      ),
    );
    const open = items.filter(({ target, releasedAt }) => target === body.target && releasedAt === null);
    const [first] = open;
    const released = await this.atOnce(2, () =>
      this.api('POST', `/brakes/${first?.id}/release`, { reason: 'raced' }),
    );
    return { statuses, open: open.length, released };
  }

  async sameImport() {
    const officer = await this.service.person('officer', this.departmentId);
    const id = await bring(this.service, officer, {
      name: 'race.csv',
      content: aSheet([{ reference: 'RACE-1', signedOn: '2026-03-04' }]),
    });
    const statuses = await this.atOnce(2, () => this.api('POST', `/imports/${id}/apply`, {}));
    const jobs = this.service.app.get(ImportJobs);
    await Promise.all([jobs.runImport(id), jobs.runImport(id)]);
    const rows = await this.service.sql(`SELECT id FROM contract WHERE reference = 'RACE-1'`);
    return { statuses, made: rows.length };
  }

  private api(method: string, path: string, value: unknown, headers: Pairs = []): Promise<RawAnswer> {
    return this.fuzzer.send(
      { method, path: `/api/v1${path}`, query: [], headers, body: { is: 'json', value } },
      'admin',
      false,
    );
  }

  private page(caller: Caller, path: string, fields: Pairs): Promise<RawAnswer> {
    return this.fuzzer.send(
      { method: 'POST', path, query: [], headers: [], body: { is: 'form', fields } },
      caller,
      true,
    );
  }

  private async atOnce(times: number, call: () => Promise<RawAnswer>): Promise<number[]> {
    const answers = await Promise.all(Array.from({ length: times }, call));
    return answers.map(({ status }) => status).sort((a, b) => a - b);
  }
}
