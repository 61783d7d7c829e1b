import { writeFileSync } from 'node:fs';
import { startService, type TestService } from '../support/service.js';
import { cases, draftOf } from './cases.js';
import { Fuzzer } from './fuzzer.js';
import { Races } from './races.js';
import { lines, page } from './report.js';

// The built service as a process of its own. `npm run test:fuzz` makes a long run of it, and says how.
const seed = Number(process.env['FUZZ_SEED'] ?? 9);
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 2000);

let service: TestService;
let fuzzer: Fuzzer;
let department: string;

beforeAll(async () => {
  service = await startService();
  fuzzer = await Fuzzer.of(service, seed);
  department = await service.departmentId('ROADS');
});
afterAll(async () => {
  await fuzzer.target.stop();
  await service.close();
});

describe('a request that was once answered badly', () => {
  let things: Record<string, string>;

  beforeAll(async () => {
    const contract = await service.register({ departmentId: department });
    const [message] = await service.sql<{ id: string }>(
      `UPDATE message SET status = 'held', reason = '29999', next_attempt_at = NULL
       WHERE id = (SELECT id FROM message LIMIT 1) RETURNING id`,
    );
    things = {
      department,
      contract: contract.id,
      contact: contract.counterparties[0]?.contacts[0]?.id ?? '',
      message: message?.id ?? '',
      unknown: '01996f3e-0000-7000-8000-000000000001',
      csrf: fuzzer.cast.csrfOf('admin'),
    };
  });

  it.each(cases)('$name', async (one) => {
    const draft = draftOf(one, things);
    const answer = await fuzzer.send(draft, one.caller ?? 'admin', draft.path.startsWith('/console'));
    const code = one.code && (JSON.parse(answer.text) as { code: string }).code;
    expect({ status: answer.status, code, faults: fuzzer.judge(draft, answer) }).toEqual({
      status: one.status,
      code: one.code,
      faults: [],
    });
  });

  it('leaves nothing in the log or the database that may not be there', async () => {
    await fuzzer.lookBehind();
    expect(lines(fuzzer.findings)).toEqual([]);
  });
});

describe('at once', () => {
  const races = () => new Races(service, fuzzer, department);

  it('one key creates one contract, ten times', async () => {
    const { statuses, made } = await races().sameKey(10);
    expect(made).toBe(1);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(statuses).toContain(201);
  });

  it('one of two writers of the same version wins', async () =>
    expect(await races().sameVersion()).toEqual([200, 412]));

  it('a link is used once', async () => expect(await races().sameLink()).toEqual([303, 404]));

  it('a brake is pulled, and released, once', async () =>
    expect(await races().sameBrake()).toEqual({ statuses: [201, 409], open: 1, released: [200, 404] }));

  it('a file is applied once', async () =>
    expect(await races().sameImport()).toEqual({ statuses: [202, 409], made: 1 }));
});

it('takes whatever comes, by everybody, on every route', async () => {
  await fuzzer.run(requests, process.env['FUZZ_ONLY']);
  if (process.env['FUZZ_SEED']) process.stdout.write(page(fuzzer, seed));
  if (process.env['FUZZ_PAGE']) writeFileSync(process.env['FUZZ_PAGE'], page(fuzzer, seed));
  expect(lines(fuzzer.findings)).toEqual([]);
}, 3_600_000);
