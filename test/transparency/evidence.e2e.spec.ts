import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { ok } from '../support/api-client.js';
import { aContact, aCounterparty } from '../support/builders.js';
import { contactIds } from '../support/contract-reading.js';
import { startService, type TestService } from '../support/service.js';
import { NotAccepted, verifyProof } from './stranger-proof.js';

interface Item {
  index: number | null;
  leaf: { id: string; kind: string; subject: string; body: Record<string, unknown> };
  salt: string | null;
  openings: { path: string; salt: string; value: string }[];
  number?: string;
  proof: string | null;
}

interface Pack {
  items: Item[];
  contract: { id: string };
  numbersAreOpen: boolean;
}

const phone = '010-0000-4105';
const dir = mkdtempSync(join(tmpdir(), 'chorong-evidence-'));
const witnesses = ['w1', 'w2', 'w3'].map((name) => aWitness(`${name}.example`));

let service: TestService;
let contract: ContractView;
let policy: string;
let pack: Pack;
let opened: Pack;
let foreign: Item;

/** A contract whose end was put off twice, of which its contact was told twice; two of three witnesses have signed. */
beforeAll(async () => {
  service = await startService({
    environment: { CHORONG_LOG_WITNESSES: witnesses.map(({ key }) => `${key} http://127.0.0.1:1`).join(',') },
  });
  await service.startAt('2026-03-02T09:00:00+09:00');
  contract = await service.register({
    signedOn: '2026-03-03',
    startsOn: '2026-03-16',
    endsOn: '2026-06-30',
    counterparties: [aCounterparty({ contacts: [aContact({ name: '이가람', phone })] })],
  });
  for (const endsOn of ['2026-07-31', '2026-08-31'])
    ok(await service.admin.patch(`/contracts/${contract.id}`, { endsOn, reason: '공기 연장' }));
  await service.advanceTo('2026-03-20T09:00:00+09:00');
  const auditor = await service.as('auditor');
  const { items: flags } = ok(
    await auditor.get<{ items: { kind: string }[] }>(`/flags?contractId=${contract.id}`),
  );
  ok(await auditor.post('/flags/note', { contractId: contract.id, kind: flags[0]?.kind, note: '확인 중' }));
  service.approvesAtOnce = false;
  const officer = await service.as('officer', await service.departmentId('ROADS'));
  const [contact] = contactIds(contract);
  const swap = { phone: '010-0000-4106', reason: '담당자 변경' };
  const { proposal } = ok(
    await officer.patch<ContractView>(`/contracts/${contract.id}/contacts/${contact}`, swap),
  );
  ok(await auditor.post(`/proposals/${proposal?.id}/refuse`, { reason: '모르는 번호' }));
  service.approvesAtOnce = true;
  const other = await service.register();
  await publish();
  policy = (await service.app.inject({ url: '/log/policy' })).payload;
  pack = ok(await service.admin.get<Pack>(`/contracts/${contract.id}/evidence`));
  opened = ok(await auditor.post<Pack>(`/contracts/${contract.id}/evidence`, { reason: '민원 2026-118' }));
  const { items } = ok(
    await (
      await service.as('manager', await service.departmentId('ROADS'))
    ).get<Pack>(`/contracts/${other.id}/evidence`),
  );
  foreign = items.find(({ leaf }) => leaf.body['what'] === 'registered') as Item;
});
afterAll(async () => {
  await service.close();
  rmSync(dir, { recursive: true, force: true });
});

function aWitness(name: string): { name: string; key: string; cosign: (text: string) => string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const typed = Buffer.concat([Buffer.from([4]), raw]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
  return {
    name,
    key: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
    cosign: cosigner(name, id, privateKey),
  };
}

function cosigner(name: string, id: Buffer, key: KeyObject) {
  return (text: string) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_772_000_000n);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime 1772000000\n${text}`), key);
    return `— ${name} ${Buffer.concat([id, time, signature]).toString('base64')}`;
  };
}

/** Numbers all leaves, signs them, and lets so many witnesses sign. */
async function publish(by = 2): Promise<void> {
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
  const [last] = await service.sql<{ size: string; note: string }>(
    `SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1`,
  );
  const text = last?.note.slice(0, last.note.lastIndexOf('\n\n') + 1) ?? '';
  for (const { name, cosign } of witnesses.slice(0, by))
    await service.sql(`INSERT INTO log_cosignature (size, witness, line) VALUES ($1, $2, $3)`, [
      last?.size,
      name,
      cosign(text),
    ]);
}

/** Runs the script that is published, in a process of its own and away from everything of ours. */
function run(content: unknown, rules = policy): Promise<{ code: number; said: string }> {
  const [file, policyFile] = [join(dir, 'pack.json'), join(dir, 'policy.txt')];
  writeFileSync(file, JSON.stringify(content));
  writeFileSync(policyFile, rules);
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [join(process.cwd(), 'witness/verify-evidence.mjs'), file, '--policy', policyFile],
      { cwd: dir },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    ),
  );
}

it('is shown in words: no line has a bare number where a version is meant', async () => {
  const auditor = await service.person('auditor');
  const { body } = await auditor.get(`/console/contracts/${contract.id}/evidence`);
  expect(body).toMatch(/<div class="small">버전 1<\/div>/);
  expect(body).not.toMatch(/<code>\d{1,3}<\/code>/);
});

it('verifies whole, masked and opened, by a script that has nothing of ours', async () => {
  for (const whole of [pack, opened]) {
    const { code, said } = await run(whole);
    expect(said.split('\n').at(-2)).toBe(`${whole.items.length} entries of ${contract.reference} fit.`);
    expect(code).toBe(0);
  }
});

/** A pack in which one thing is another: the item of that kind, or the first. */
function damaged(alter: (item: Item, whole: Pack) => void, what = 'registered'): Pack {
  const copy = structuredClone(opened);
  const item = copy.items.find(({ leaf }) => (leaf.body['what'] ?? leaf.kind) === what) ?? copy.items[0];
  alter(item as Item, copy);
  return copy;
}
const inProof = (from: RegExp, to: string) => (item: Item) => {
  expect(item.proof).toMatch(from);
  item.proof = (item.proof ?? '').replace(from, to);
};
const swapped = (base64: string) => (base64.startsWith('A') ? 'B' : 'A') + base64.slice(1);
const opening = (item: Item, path: RegExp) => {
  const found = item.openings.find((one) => path.test(one.path));
  if (!found) throw new Error(`no opening of ${path}`);
  return found;
};

const lastPlan = ({ items }: Pack) => items.filter(({ leaf }) => leaf.kind === 'plan').at(-1) as Item;

const damages: Record<string, [() => Pack, RegExp]> = {
  'another text': [
    () => damaged((item) => (opening(item, /^text$/).value += '.'), 'message-frozen'),
    /text is not what was committed to/,
  ],
  'another number': [
    () => damaged((item) => (opening(item, /commitment$/).value = '+821000004106')),
    /commitment is not what was committed to/,
  ],
  'another number of a text': [
    () => damaged((item) => (opening(item, /^phone$/).value = '+821000004106'), 'message-frozen'),
    /phone is not what was committed to/,
  ],
  'another plan': [
    () => damaged((_item, whole) => (opening(lastPlan(whole), /^alerts$/).value += ' ')),
    /alerts is not what was committed to/,
  ],
  'a text that nothing says was frozen': [
    () =>
      damaged((item, whole) => (whole.items = whole.items.filter((one) => one !== item)), 'message-frozen'),
    /what comes before it is missing/,
  ],
  'another reason in the leaf': [
    () => damaged((item) => (item.leaf.body['reason'] = '정당'), 'amended'),
    /does not stand in the log at its index/,
  ],
  'another time, by another id': [
    () => damaged((item) => (item.leaf.id = item.leaf.id.replace(/^./, '1'))),
    /does not stand in the log at its index/,
  ],
  'another salt': [
    () => damaged((item) => (item.salt = '00'.repeat(16))),
    /does not stand in the log at its index/,
  ],
  'another index': [
    () => damaged((item) => (item.index = (item.index ?? 0) + 1)),
    /its proof is of another index/,
  ],
  'another index in the proof too': [
    () =>
      damaged((item) => {
        item.index = (item.index ?? 0) + 1;
        inProof(/index \d+/, `index ${item.index}`)(item);
      }),
    /does not stand in the log at its index/,
  ],
  'another hash in the proof': [
    () =>
      damaged(
        (item) =>
          (item.proof = (item.proof ?? '').replace(
            /(index \d+\n)(.+)/,
            (_all, at: string, hash: string) => at + swapped(hash),
          )),
      ),
    /does not stand in the log at its index/,
  ],
  'a hash less in the proof': [() => damaged(inProof(/(index \d+\n).+\n/, '$1')), /REFUSED/],
  'another size of the checkpoint': [
    () => damaged(inProof(/(\n\n\S+\n)\d+/, '$199999')),
    /the signature of the log is wrong/,
  ],
  'another signature of the log': [
    () => damaged(inProof(/(— localhost\/log \S{20})./, '$1!')),
    /is not base64/,
  ],
  'no signature of the log': [
    () => damaged(inProof(/— localhost\/log \S+\n/, '')),
    /no log of the policy has signed/,
  ],
  'too few cosignatures': [
    () => damaged(inProof(/— w2.example \S+\n/, '')),
    /too few witnesses have signed: w1.example/,
  ],
  'a cosignature of another checkpoint': [
    () => damaged(inProof(/— w2.example \S+/, witnesses[1]?.cosign('localhost/log\n1\nAAAA\n') ?? '')),
    /the cosignature of w2.example is wrong/,
  ],
  'no proof': [() => damaged((item) => (item.proof = null)), /no signed checkpoint covers it yet/],
  'a leaf of another contract': [
    () => ({ ...opened, items: [...opened.items, foreign] }),
    /it is of another contract/,
  ],
  'without one of the changes in the middle': [
    () => damaged((item, whole) => (whole.items = whole.items.filter((one) => one !== item)), 'amended'),
    /what changed endsOn before is missing/,
  ],
  'without the registering': [
    () => damaged((item, whole) => (whole.items = whole.items.filter((one) => one !== item))),
    /that the contract was registered is missing/,
  ],
  'the same leaf twice': [
    () => damaged((item, whole) => whole.items.push(item)),
    /it is not in the order of the log/,
  ],
};

it.each(Object.keys(damages))('is refused with %s', async (name) => {
  const [make, why] = damages[name] ?? [];
  const { code, said } = await run(make?.());
  expect(said).toMatch(why as RegExp);
  expect(said).not.toMatch(/entries of .* fit/);
  expect(code).toBe(1);
});

it('is refused where whoever checks trusts other keys, or more of them', async () => {
  const all = policy.replace('group witnesses 2', 'group witnesses all');
  expect((await run(pack, all)).said).toMatch(/too few witnesses have signed: w1.example, w2.example/);
  const other = policy.replaceAll(witnesses[0]?.key ?? '', aWitness('w1.example').key);
  expect((await run(pack, other)).said).toMatch(/too few witnesses have signed: w2.example/);
});

describe('a stranger’s verifier, written from the pages of C2SP alone,', () => {
  const entryOf = ({ leaf: { id, kind, subject, body }, salt }: Item) =>
    createHash('sha256')
      .update(Buffer.from(salt ?? '', 'hex'))
      .update(sorted({ id, kind, subject, body }))
      .digest();

  it('accepts each proof of ours', () => {
    expect(pack.items.length).toBeGreaterThan(8);
    for (const item of pack.items)
      expect(verifyProof(item.proof ?? '', policy, entryOf(item))).toMatchObject({
        index: item.index,
        cosigned: ['w1.example', 'w2.example'],
      });
  });

  it.each<[string, (proof: string) => string]>([
    ['another first line', (proof) => proof.replace('@v1', '@v2')],
    ['another index', (proof) => proof.replace(/index \d+/, 'index 0')],
    ['an index with a zero before it', (proof) => proof.replace('index ', 'index 0')],
    ['an index behind the end', (proof) => proof.replace(/index \d+/, 'index 99999999')],
    ['a hash less', (proof) => proof.replace(/(index \d+\n).+\n/, '$1')],
    ['a hash more', (proof) => proof.replace(/(index \d+\n)(.+\n)/, '$1$2$2')],
    [
      'another hash',
      (proof) => proof.replace(/(index \d+\n)(.+)/, (_all, at: string, hash: string) => at + swapped(hash)),
    ],
    ['another size', (proof) => proof.replace(/(\n\n\S+\n)\d+/, '$199')],
    [
      'another root',
      (proof) =>
        proof.replace(/(\n\n\S+\n\d+\n)(.+)/, (_all, at: string, root: string) => at + swapped(root)),
    ],
    ['another origin', (proof) => proof.replace('\n\nlocalhost', '\n\nlocalghost')],
    ['no signature of the log', (proof) => proof.replace(/— localhost\/log .+\n/, '')],
    ['one cosignature', (proof) => proof.replace(/— w1.example .+\n/, '')],
    [
      'the cosignature of one under the name of another',
      (proof) => proof.replace('— w1.example', '— w2.example'),
    ],
  ])('refuses one with %s', (_name, alter) => {
    const item = pack.items.at(-1) as Item;
    const altered = alter(item.proof ?? '');
    expect(altered).not.toBe(item.proof);
    expect(() => verifyProof(altered, policy, entryOf(item))).toThrow(NotAccepted);
  });

  it('refuses another entry', () => {
    const [one, other] = pack.items as [Item, Item];
    expect(() => verifyProof(one.proof ?? '', policy, entryOf(other))).toThrow(NotAccepted);
  });

  it('accepts the proof of any entry that it asks for', async () => {
    const at = pack.items[1] as Item;
    const ask = (path: string) => service.app.inject({ url: `/log/proof/${path}` });
    expect(verifyProof((await ask(String(at.index))).payload, policy, entryOf(at)).index).toBe(at.index);
    for (const nothing of ['99999999', '-1', 'x', '1e3'])
      expect([400, 404]).toContain((await ask(nothing)).statusCode);
  });

  it('gets no proof by a checkpoint that others have signed than the witnesses of the policy', async () => {
    const at = pack.items[1] as Item;
    await service.register();
    await publish(0);
    for (const { name, cosign } of [aWitness('gone.example'), aWitness('unknown.example')])
      await service.sql(
        `INSERT INTO log_cosignature (size, witness, line) SELECT max(size), $1, $2 FROM log_checkpoint`,
        [name, cosign('a')],
      );
    const { payload } = await service.app.inject({ url: `/log/proof/${at.index}` });
    expect(verifyProof(payload, policy, entryOf(at)).cosigned).toEqual(['w1.example', 'w2.example']);
  });
});

/** Canonical JSON as a stranger writes it. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

describe('who takes a pack', () => {
  const [officer, manager, admin, auditor, monitor] = [
    'officer',
    'manager',
    'admin',
    'auditor',
    'monitor',
  ] as const;

  it('sees numbers masked, and opens none of them', () => {
    const text = JSON.stringify(pack);
    expect(text).toContain('010-****-4105');
    expect(text).not.toMatch(/0000-?4105|이가람/);
    expect(pack.numbersAreOpen).toBe(false);
    const sent = pack.items.filter(({ leaf }) => leaf.kind === 'message-frozen');
    expect(sent).toHaveLength(2);
    expect(sent.map(({ number }) => number)).toEqual(sent.map(() => '010-****-4105'));
    expect(
      sent.every(({ openings }) => openings.some(({ value }) => value.includes(contract.reference))),
    ).toBe(true);
  });

  it('is an auditor where numbers are opened, gives a reason, and is written down', async () => {
    const path = `/contracts/${contract.id}/evidence`;
    const department = await service.departmentId('ROADS');
    for (const role of [officer, manager, admin, monitor])
      expect(
        (await (await service.as(role, role === admin ? null : department)).post(path, { reason: '확인' }))
          .status,
      ).toBe(403);
    const client = await service.as(auditor);
    for (const body of [{}, { reason: '' }]) expect((await client.post(path, body)).status).toBe(400);
    expect(JSON.stringify(opened)).toContain('+821000004105');
    const kept = await service.sql<{ after: object; actor: string }>(
      `SELECT after, actor FROM change WHERE what = 'evidence-exported'
         AND after -> 'filters' ->> 'contractId' = $1 ORDER BY id`,
      [contract.id],
    );
    expect(kept).toMatchObject([
      {
        actor: expect.stringMatching(/^admin:/) as string,
        after: { filters: { contractId: contract.id, reason: null } },
      },
      {
        actor: expect.stringMatching(/^auditor:/) as string,
        after: { filters: { reason: '민원 2026-118' } },
      },
    ]);
    const shown = await service.sql<{ reason: string; people: number }>(
      `SELECT reason, cardinality(subject_ids) AS people FROM access_entry WHERE act = 'number-shown'`,
    );
    expect(shown).toEqual([{ reason: '민원 2026-118', people: 1 }]);
    expect((await client.get<{ items: object[] }>(`/contracts/${contract.id}/changes`)).text).not.toContain(
      'evidence',
    );
  });

  it('gets flags only as an auditor, and nothing of what they do not see', async () => {
    const forAuditors = ({ items }: Pack) =>
      new Set(
        items.flatMap(({ leaf: { kind, body } }) => {
          if (kind === 'change') return body['subject'] === 'flag' ? ['change of a flag'] : [];
          return kind === 'flag' || kind === 'proposal' ? [kind] : [];
        }),
      );
    expect(forAuditors(opened)).toEqual(new Set(['flag', 'change of a flag', 'proposal']));
    expect(forAuditors(pack)).toEqual(new Set());
    const parks = await service.as(officer, await service.departmentId('PARKS'));
    expect((await parks.get(`/contracts/${contract.id}/evidence`)).status).toBe(404);
  });
});
