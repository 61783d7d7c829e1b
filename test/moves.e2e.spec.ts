import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '../src/core/calendar/local-date.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { movesOfAdmins } from './moves/admins.js';
import { movesOfDates } from './moves/dates.js';
import { movesOfDecoys } from './moves/decoys.js';
import { movesOfEarly } from './moves/early.js';
import { movesOfFiles } from './moves/files.js';
import { type Happening, honestContracts, honestWeeks, honestWorld } from './moves/honest.js';
import { movesOfManagers } from './moves/managers.js';
import { movesOfNumbers } from './moves/numbers.js';
import {
  earlyDays,
  graceHours,
  type ListedRow,
  Observer,
  type Outcome,
  outcomes,
  type Seen,
} from './moves/observer.js';
import { movesOfRecords } from './moves/records.js';
import { movesOfRegistering } from './moves/registering.js';
import { type Move, Scene, type World } from './moves/scene.js';
import { ok } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';

/** `DOCS=moves`, as `npm run docs:moves` sets it, writes the page instead of comparing it. */
const writesPage = process.env['DOCS'] === 'moves';
const pagePath = join(process.cwd(), 'docs/moves.md');

/** Officers and managers move at once, from this Monday on; admins one after the other, from the other. */
const begins = '2026-03-02';
const adminsBegin = '2026-06-08';
const days = honestWeeks * 7;
const everybody = [
  ...movesOfNumbers,
  ...movesOfDates,
  ...movesOfRecords,
  ...movesOfEarly,
  ...movesOfRegistering,
  ...movesOfDecoys,
  ...movesOfFiles,
  ...movesOfManagers,
];

const atSeoul = (moment: string) => `${moment}:00+09:00`;

let service: TestService;
let observer: Observer;
let world: World;
const seen = new Map<Move, Seen>();
/** Open flags on honest contracts, and rows of the auditor's own lists that name one. */
const honest = { flags: 0, most: 0, lists: new Map<string, number>() };

async function made(path: string, body: object): Promise<string> {
  return ok(await service.admin.post<{ id: string }>(path, body)).id;
}

async function aWorld(): Promise<World> {
  const roads = await service.departmentId('ROADS');
  const section = (code: string, name: string, rest: object = {}) =>
    made('/departments', { code, name, parentId: roads, ...rest });
  const officer = (departmentId: string, name: string) => made('/officers', { departmentId, name });
  const sections = {
    section: await section('BRIDGES', '교량팀'),
    unlive: await section('LIGHTS', '조명팀', { goLiveOn: addDays(begins, 1000) }),
    soonLive: await section('FERRIES', '선박팀', { goLiveOn: addDays(begins, 30) }),
    justLive: await section('TUNNELS', '터널팀', { goLiveOn: addDays(begins, 3) }),
    braked: await section('SIGNS', '표지팀'),
    old: await made('/departments', { code: 'OLD', name: '옛부서' }),
    later: await made('/departments', { code: 'LATER', name: '새부서', goLiveOn: addDays(begins, 1000) }),
  };
  await made('/brakes', { scope: 'department', target: sections.braked, reason: '조직 개편' });
  const left = await officer(roads, '한여울');
  ok(await service.admin.patch(`/officers/${left}`, { active: false }));
  // Large works have one milestone more.
  const siteCheck = {
    code: 'site-check',
    name: { ko: '현장점검', en: 'site check' },
    anchor: { type: 'starts' },
  };
  const milestones = [
    ...defaultPlans.works.milestones,
    { ...siteCheck, offset: { amount: 0, unit: 'business-days' } },
  ];
  ok(await service.admin.post('/plans', { plan: { kind: 'works', fromAmount: '500000000', milestones } }));
  return {
    ...sections,
    home: roads,
    left,
    innocent: await officer(roads, '김바다'),
    ofSection: await officer(sections.section, '이산'),
    ofUnlive: await officer(sections.unlive, '박강'),
    ofBraked: await officer(sections.braked, '최들'),
  };
}

async function sceneOf(move: Move, day: string, within: World): Promise<Scene> {
  const api = move.who === 'admin' ? service.admin : await service.as(move.who, within.home);
  const person = await service.person(move.who, move.who === 'admin' ? null : within.home);
  return new Scene(service, within, move, day, { api, person });
}

/** The moments of a move, on its own days. */
function happeningsOf(scene: Scene): Happening[] {
  return Object.entries(scene.move.play).map(([when, act]) => {
    const [, day, hour] = /^\+(\d+) (\d\d:\d\d)$/.exec(when) ?? [];
    return [`${scene.day(Number(day))}T${hour}`, () => scene.act(act)];
  });
}

async function live(happenings: Happening[]): Promise<void> {
  let now = '';
  for (const [moment, happens] of happenings.toSorted(([one], [other]) =>
    one < other ? -1 : one > other ? 1 : 0,
  )) {
    if (moment !== now) await service.advanceTo(atSeoul(moment));
    now = moment;
    await happens();
  }
}

/** What auditors see already before anybody moved. */
async function standing(scenes: Scene[]): Promise<Set<string>> {
  const rows = (await observer.rows()).map(({ list, id }) => `${list} ${id}`);
  const flags = await Promise.all(
    scenes.flatMap(({ contracts }) => contracts.map(({ id }) => observer.flagsOf(id))),
  );
  return new Set([...rows, ...flags.flat().map(({ id }) => id)]);
}

async function officersAndManagersMove(): Promise<void> {
  const scenes = await Promise.all(everybody.map((move) => sceneOf(move, begins, world)));
  for (const scene of scenes) await scene.begin();
  const contracts = honestWorld(service, world.home, begins);
  const before = await standing(scenes);
  const end = addDays(begins, days);
  const happenings = [...scenes.flatMap(happeningsOf), ...contracts.flatMap((one) => one.happenings)];
  await live(happenings.filter(([moment]) => moment < end));
  await service.advanceTo(atSeoul(`${end}T09:00`));
  const [rows, missed] = [await observer.rows(), await observer.missed()];
  for (const scene of scenes) seen.set(scene.move, await observer.judge(scene, rows, missed, before));
  await countHonest(
    contracts.map(({ id }) => id),
    rows,
  );
}

async function countHonest(ids: string[], rows: ListedRow[]): Promise<void> {
  const everyday = new Set([
    'held-messages',
    'no-contact',
    'no-number',
    'no-dates',
    'dead-numbers',
    'unrecorded',
    'rows-to-mend',
    'drafts',
  ]);
  for (const id of ids) {
    const open = (await observer.flagsOf(id)).filter(({ closedAt }) => closedAt === null).length;
    honest.flags += open;
    honest.most = Math.max(honest.most, open);
  }
  for (const { list, contract } of rows)
    if (!everyday.has(list) && ids.includes(contract?.id ?? ''))
      honest.lists.set(list, (honest.lists.get(list) ?? 0) + 1);
}

/** Moves that reach every contract have the agency to themselves, one after the other; all others are played before, at once. */
async function adminsMove(): Promise<void> {
  await forgetOfficers();
  const admins = { ...world, home: await service.departmentId('PARKS') };
  const together = movesOfAdmins.filter(({ aloneWeeks }) => aloneWeeks === undefined);
  const alone = movesOfAdmins.filter(({ aloneWeeks }) => aloneWeeks !== undefined).map((move) => [move]);
  let day = adminsBegin;
  for (const moves of [together, ...alone]) {
    const weeks = moves[0]?.aloneWeeks ?? 2;
    await service.advanceTo(atSeoul(`${day}T08:00`));
    const scenes = await Promise.all(moves.map((move) => sceneOf(move, day, admins)));
    for (const scene of scenes) await scene.begin();
    await live(scenes.flatMap(happeningsOf));
    await service.advanceTo(atSeoul(`${addDays(day, weeks * 7 - 3)}T18:00`));
    const found = [await observer.rows(admins.home), await observer.missed(admins.home)] as const;
    for (const scene of scenes) seen.set(scene.move, await observer.judge(scene, ...found, new Set()));
    for (const scene of scenes) await scene.putBack();
    day = addDays(day, weeks * 7);
  }
}

/** Nobody looks at the contracts of officers any more: their later texts would only take time. */
async function forgetOfficers(): Promise<void> {
  await service.sql(`UPDATE alert SET status = 'cancelled', reason = 'terminated' WHERE status = 'planned'`);
}

beforeAll(async () => {
  service = await startService();
  await service.startAt(atSeoul(`${begins}T09:00`));
  observer = await Observer.of(service);
  // Somebody whom no mover has invited is there to be asked.
  await service.signedIn('auditor');
  world = await aWorld();
  await officersAndManagersMove();
  await adminsMove();
});
afterAll(() => service.close());

const all = [...everybody, ...movesOfAdmins];
const outcomeOf = (move: Move) => seen.get(move)?.outcome;
const named = (move: Move) => `${move.who}: ${move.what} (${move.by})`;

it('plays at least 62 moves of officers and managers, and 15 of admins', () => {
  expect(everybody.length).toBeGreaterThanOrEqual(62);
  expect(movesOfAdmins.length).toBeGreaterThanOrEqual(15);
  expect(new Set(all.map(named)).size).toBe(all.length);
  expect(all.filter((move) => outcomeOf(move) === undefined)).toEqual([]);
});

it('sees every move but those that nothing inside the agency can see, and the gaps that are known', () => {
  const unseen = all.filter((move) => outcomeOf(move) === 'unseen');
  expect(unseen.map(named)).toEqual(all.filter((move) => move.unseen ?? move.gap).map(named));
});

it('has no more than one open flag on an honest contract, on average', () => {
  expect(honest.flags / honestContracts).toBeLessThanOrEqual(1);
});

it('stands in docs/moves.md (npm run docs:moves writes it)', () => {
  const page = pageOf();
  if (writesPage) writeFileSync(pagePath, page);
  expect(readFileSync(pagePath, 'utf8')).toBe(page);
});

const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;

function pageOf(): string {
  return [
    '# What corrupt people try, and what comes of it',
    '',
    ...headOf(),
    '',
    line(['', 'who', 'move', 'by', 'outcome', 'code, flags, lists or reason', 'when', 'the text']),
    line(['---', '---', '---', '---', '---', '---', '---', '---']),
    ...all.map((move, n) => line([n + 1, ...cellsOf(move)])),
    '',
  ].join('\n');
}

function headOf(): string[] {
  const who = ['officer', 'manager', 'admin'] as const;
  const count = (role: (typeof who)[number], outcome: Outcome) =>
    all.filter((move) => move.who === role && outcomeOf(move) === outcome).length;
  const lists = [...honest.lists].sort(([one], [other]) => (one < other ? -1 : 1));
  const sum = lists.reduce((all, [, rows]) => all + rows, 0);
  return [
    `Written by \`npm run docs:moves\`, which plays every one of these moves through the API and the pages of one sandbox, beside ${honestContracts}`,
    `contracts of people who have nothing to hide, and lets ${honestWeeks} weeks go by. Do not edit: run it again. The moves stand in`,
    '`test/moves`; what came of each is judged from outside (`test/moves/observer.ts`), by what an auditor can find and by what arrived',
    'on the company’s own phone.',
    '',
    'Each move goes for one text that a company is to get, most for that of the signing. What can come of it:',
    '',
    '- **blocked**: the service refused it, by this code, and the company was told, or nothing was registered;',
    '- **waits**: it waits for a second person, and the company was told meanwhile; what was tried then is refused by the code behind it;',
    '- **flagged**: it is an open flag, raised so long before or after the text was to go out;',
    '- **told**: it failed its end, for the company got the text;',
    '- **visible**: it is no flag, but a work list or coverage names the contract to auditors;',
    '- **unseen**: none of these. Such a move has its reason, or is a gap that is known; any other fails the test.',
    '',
    'Of what nobody registers, or registers wrongly from the start, nothing inside the agency can see anything. Such a move stands here twice: as it',
    'is where nothing is brought from outside, and with what shows it once the audit office brings a reference list or the treasury’s sheet',
    '([coverage.md](coverage.md)), or calls the number ([calls.md](calls.md)). A list shows what its own system knows, and no more.',
    '',
    `A text is *told* within ${graceHours} hours after it was due, on the company’s phone, with the hotline that the agency advertises and in words that`,
    `its reader can use; else it is *told late*, *told otherwise* or, more than ${earlyDays} days before, *told early*.`,
    '',
    line(['', ...outcomes.map((outcome) => `**${outcome}**`), 'moves']),
    line(['---', ...outcomes.map(() => '---'), '---']),
    ...who.map((role) =>
      line([
        role,
        ...outcomes.map((outcome) => count(role, outcome)),
        all.filter((move) => move.who === role).length,
      ]),
    ),
    '',
    `Honest contracts have ${honest.flags} open flags, ${(honest.flags / honestContracts).toFixed(2)} each on average and ${honest.most} at most; no more than one is the aim. In a city with`,
    `5,000 contracts under way, auditors would get so many rows a week: rows ÷ ${honestContracts} contracts ÷ ${honestWeeks} weeks × 5,000. What these`,
    'contracts go through stands in `test/moves/honest.ts`.',
    '',
    line(['list', `rows of ${honestContracts} contracts in ${honestWeeks} weeks`, 'a week, of 5,000']),
    line(['---', '---', '---']),
    ...lists.map(([list, rows]) => line([list, rows, perWeek(rows)])),
    line(['all', sum, perWeek(sum)]),
  ];
}

const perWeek = (rows: number) => Math.round((rows / honestContracts / honestWeeks) * 5000);

function cellsOf(move: Move): string[] {
  const { outcome, by, flaggedAfterHours, text } = seen.get(move) as Seen;
  const why = outcome === 'unseen' ? (move.unseen ?? `a gap: ${move.gap}`) : by.join(', ');
  const when = outcome === 'flagged' && flaggedAfterHours !== null ? whenOf(flaggedAfterHours) : '';
  return [move.who, move.what, move.by, outcome, why, when, text];
}

function whenOf(hours: number): string {
  const [far, side] = [Math.abs(hours), hours < 0 ? 'before' : 'after'];
  if (far < 2) return `${Math.round(far * 60)} min ${side}`;
  return far < 48 ? `${Math.round(far)} h ${side}` : `${Math.round(far / 24)} d ${side}`;
}
