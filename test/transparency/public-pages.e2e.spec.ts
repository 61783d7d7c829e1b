import { createHash } from 'node:crypto';
import { RouteCheck } from '../../src/core/access/route-check.service.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { csrfTokenOf } from '../../src/office/accounts/csrf.js';
import { openExamples } from '../fuzz/open-examples.js';
import { nameOf } from '../support/access-matrix.js';
import { ok } from '../support/api-client.js';
import { aContact, aCounterparty } from '../support/builders.js';
import { cookieName } from '../support/page-client.js';
import { startService, type TestService } from '../support/service.js';

/** What the world knows and no stranger may learn: of each contract its people, companies, numbers and title. */
const companies = ['새솔가온건설', '한결누리산업', '다온미르토건'];
const people = ['이가람솔', '박여울빛', '최한별나', '정온유담'];
const numbers = ['4105', '4106', '4107', '4108', '4109'];
const titles = ['별빛마을 하수관로 정비공사', '달빛도서관 개축공사', '은하수로 확장공사'];
const registrationNumbers = ['123-45-67891', '220-81-62517', '104-86-12345'];
const officer = { name: '오누리담', phone: '010-0000-4109', staffNumber: 'S-7741' };
const account = { email: 'garamsol@hanbit.example', name: '윤슬하람' };
const reason = '김미르온 반장의 번호가 바뀜';

const secrets = [
  ...companies,
  ...people,
  ...titles,
  officer.name,
  officer.staffNumber,
  account.email,
  account.name,
  '김미르온',
  ...registrationNumbers,
  ...registrationNumbers.map((one) => one.replaceAll('-', '')),
  // As anybody might write a number, and as it is masked.
  ...numbers.flatMap((end) => [`0000-${end}`, `0000${end}`, `****-${end}`]),
];
/** A hash of what can be guessed says it as well: of all mobile numbers there are a hundred million. */
const guessable = [
  ...companies,
  ...people,
  ...titles,
  ...numbers.flatMap((end) => [`010-0000-${end}`, `0100000${end}`, `+82100000${end}`]),
];
const hashes = guessable.map((one) => createHash('sha256').update(one).digest());

let service: TestService;
const references = ['P-2026-1', 'P-2026-2', 'P-2026-3'];

beforeAll(async () => {
  service = await startService();
  const { admin } = service;
  await service.startAt('2026-03-02T09:00:00+09:00');
  const departmentId = await service.departmentId('ROADS');
  const { id: officerId } = ok(await admin.post<{ id: string }>('/officers', { departmentId, ...officer }));
  for (const [n, reference] of references.entries()) {
    const contact = (one: number) =>
      aContact({ name: people[one] as string, phone: `010-0000-${numbers[one]}` });
    await service.register({
      reference,
      departmentId,
      officerId,
      title: titles[n] as string,
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-06-30',
      counterparties: [
        aCounterparty({
          name: companies[n] as string,
          registrationNumber: registrationNumbers[n] as string,
          contacts: n === 0 ? [contact(0), contact(3)] : [contact(n)],
        }),
      ],
    });
  }
  const [first] = ok(await admin.get<{ items: { id: string }[] }>('/contracts')).items;
  ok(await admin.patch(`/contracts/${first?.id}`, { endsOn: '2026-07-31', reason }));
  ok(await admin.post('/accounts', { ...account, role: 'officer', departmentId, officerId, locale: 'ko' }));
  await service.advanceTo('2026-05-04T09:00:00+09:00');
  ok(await admin.get(`/contracts/${first?.id}/evidence`));
  await publish();
});
afterAll(() => service.close());

async function publish(): Promise<void> {
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
}

/** The token of a form that was shown to somebody without a session. */
const shown = 'a'.repeat(43);

/** Calls an address as somebody without a session does, in both languages. */
async function visit(path: string, form?: Record<string, string>): Promise<Buffer[]> {
  const answers = ['ko', 'en'].map((locale) =>
    service.app.inject({
      method: form ? 'POST' : 'GET',
      url: path,
      headers: {
        cookie: `${cookieName}-form=${shown}; chorong-locale=${locale}`,
        'accept-language': locale,
        ...(form ? { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { payload: new URLSearchParams({ ...form, _csrf: csrfTokenOf(shown) }).toString() } : {}),
    }),
  );
  return (await Promise.all(answers)).map(({ rawPayload, headers }) =>
    Buffer.concat([rawPayload, Buffer.from(JSON.stringify(headers))]),
  );
}

/** Every address of the log: the checkpoint, and each tile, bundle and proof, also those that are parts. */
async function addressesOfLog(): Promise<string[]> {
  const [, text = ''] = (await service.app.inject({ url: '/log/checkpoint' })).payload.split('\n');
  const size = Number(text);
  expect(size).toBeGreaterThan(100);
  const tiles = ['0', 'entries', '1'].flatMap((level) => {
    const count = level === '1' ? Math.floor(size / 256) : size;
    return Array.from({ length: Math.ceil(count / 256) }, (_, n) => {
      const width = Math.min(256, count - n * 256);
      return `/log/tile/${level}/${String(n).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`;
    });
  });
  const proofs = Array.from({ length: size }, (_, index) => `/log/proof/${index}`);
  return ['/log/checkpoint', '/log/policy', ...tiles, ...proofs];
}

/** Visits every public route, every address of the log, and whatever these lead to; returns where something was found. */
async function crawl(): Promise<{ visited: number; found: string[] }> {
  const routes = service.app
    .get(RouteCheck)
    .routes()
    .filter(({ rule }) => rule === 'public');
  expect(routes.filter((route) => !openExamples[nameOf(route)]).map(nameOf)).toEqual([]);
  const visits = new Map<string, Record<string, string> | undefined>();
  for (const route of routes) {
    const example = openExamples[nameOf(route)];
    const path = example?.path ?? '';
    visits.set(path, route.method === 'POST' ? (example?.form as Record<string, string>) : undefined);
    if (route.method === 'POST') visits.set(`${path}?`, undefined);
  }
  for (const path of [
    ...(await addressesOfLog()),
    '/docs',
    '/openapi.json',
    '/',
    '/api/v1/contracts',
    '/console',
  ])
    visits.set(path, undefined);
  for (const reference of references) {
    visits.set(`/register?reference=${reference}`, undefined);
    for (const [n, registrationNumber] of registrationNumbers.entries())
      visits.set(`/register?${reference}-${n}`, { reference, registrationNumber });
  }
  const found: string[] = [];
  for (const [path, form] of visits) {
    for (const answer of await visit(path, form)) {
      const asked = Object.values(form ?? {});
      const told = secrets.filter((one) => answer.includes(one) && !asked.includes(one));
      const hashed = hashes.filter((hash) => answer.includes(hash) || answer.includes(hash.toString('hex')));
      found.push(...told.map((one) => `${path}: ${one}`), ...hashed.map(() => `${path}: a hash`));
      for (const [, to = ''] of answer.toString('utf8').matchAll(/(?:href|src|action)="(\/[^"#]*)/g))
        if (!visits.has(to)) visits.set(to.replaceAll('&amp;', '&'), undefined);
    }
  }
  return { visited: visits.size, found };
}

it('shows none of the world’s names and numbers on any page, tile or proof that is public', async () => {
  const { visited, found } = await crawl();
  expect(found).toEqual([]);
  expect(visited).toBeGreaterThan(150);
  // The crawl has seen what it looks for nothing in.
  const [page] = await visit('/register', {
    reference: 'P-2026-1',
    registrationNumber: registrationNumbers[0] as string,
  });
  expect(page?.toString('utf8')).toMatch(/··05[\s\S]*··08|··08[\s\S]*··05/);
});

it('would see a name on a page, a number in a text file, and a hash of a number in a tile', async () => {
  await service.sql(
    `UPDATE setting SET value = jsonb_set(value, '{name,ko}', to_jsonb($1::text)) WHERE name = 'agency'`,
    [`한빛시 ${people[2]}`],
  );
  const hash = createHash('sha256').update('+821000004105').digest();
  await service.sql(
    `INSERT INTO leaf (id, kind, subject_id, body, hash) VALUES (gen_random_uuid(), 'test', 'x', '{}', $1)`,
    [hash],
  );
  await publish();
  await service.sql(
    `INSERT INTO log_cosignature (size, witness, line) SELECT max(size), 'x', $1 FROM log_checkpoint`,
    ['— 010-0000-4105 AAAA'],
  );
  const again = await startService({ existing: service.ground });
  await service.stop();
  service = again;
  const { found } = await crawl();
  expect(found).toEqual(
    expect.arrayContaining([
      `/register: ${people[2]}`,
      '/log/checkpoint: 0000-4105',
      expect.stringMatching(/^\/log\/tile\/entries\/\S+: a hash$/),
    ]),
  );
});
