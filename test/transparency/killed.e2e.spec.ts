import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogTree } from '../../src/core/transparency/log-tree.js';
import { LogVerifier } from '../../src/core/transparency/log-verifier.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { Journal } from '../../src/core/proof/journal.service.js';
import { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { NoteSigner } from '../../src/platform/sealing/signed-note.js';
import { Timers } from '../../src/platform/timers.js';
import { startService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const kills = 50;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const write = (count: number) =>
  service.app
    .get(Journal)
    .leaves(Array.from({ length: count }, (_, n) => ({ kind: 'test', subjectId: newId(), body: { n } })));

it(`numbers every leaf once, without a gap, when its process is killed ${kills} times`, async () => {
  const database = service.app.get(Database);
  const signer = new NoteSigner('killed.example/log', Buffer.alloc(32, 7));
  for (let killed = 0; killed < kills; killed += 1) {
    const life = spawn(process.execPath, ['test/support/sequencer.main.mjs', service.ground.database.appUrl]);
    await once(life.stdout, 'data');
    const writing = write(700);
    // Each life ends at another moment of its work.
    await sleep((killed % 25) * 60);
    life.kill('SIGKILL');
    await once(life, 'exit');
    await writing;
  }
  const [byThem] = await service.sql<{ entries: number }>(`SELECT count(*)::int AS entries FROM log_entry`);
  expect(byThem?.entries).toBeGreaterThan((kills * 700) / 2);
  const last = new Sequencer(new Timers({ role: 'api' }), database, new LogTree(database), signer);
  // The database may not have noticed yet that the last of them is dead.
  await until('every leaf is numbered', async () => {
    await last.sequence();
    return (await service.sql(`SELECT FROM leaf_waiting`)).length === 0;
  });
  await last.sign(0);
  const [row] = await service.sql<{ leaves: number }>(`SELECT count(*)::int AS leaves FROM leaf`);
  const found = await new LogVerifier(database, new LogTree(database), signer.verifierKey).verify(null);
  expect(found).toMatchObject({ size: row?.leaves, misfits: { named: [] } });
  expect(row?.leaves).toBeGreaterThanOrEqual(kills * 700);
}, 600_000);
