import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lockDataDir } from './file-lock.js';

const built = pathToFileURL(resolve('dist/src/platform/embedded-postgres/file-lock.js')).href;

/** A process that takes the lock and keeps it; says "held", or what it was told. */
function contender(dataDir: string) {
  const script = `
    import { lockDataDir } from ${JSON.stringify(built)};
    try { await lockDataDir(process.argv[1], 'the service'); console.log('held'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.code + ' ' + error.message); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = once(child.stdout, 'data').then(([data]) => String(data).trim());
  return { child, said };
}

describe('the lock on a data folder', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'chorong lock-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('is refused while it is held, and free after its release', async () => {
    const lock = await lockDataDir(dataDir, 'the service');
    await expect(lockDataDir(dataDir, 'an import')).rejects.toMatchObject({
      code: 'data-dir-in-use',
      message: expect.stringContaining(`process ${process.pid} (the service)`) as string,
    });
    lock.release();
    lock.release();
    (await lockDataDir(dataDir, 'an import')).release();
  });

  it('creates a folder that is not there yet', async () => {
    const folder = join(dataDir, 'not', 'there');
    (await lockDataDir(folder, 'the service')).release();
    expect(readFileSync(join(folder, 'service.lock'), 'utf8')).toBe('');
  });

  it('goes to exactly one of several processes that start at once, and names it to the others', async () => {
    const contenders = Array.from({ length: 6 }, () => contender(dataDir));
    const said = await Promise.all(contenders.map((each) => each.said));
    const winner = said.indexOf('held');
    const losers = said.filter((each) => each !== 'held');
    expect(losers).toHaveLength(5);
    for (const each of losers) {
      expect(each).toMatch(/^data-dir-in-use .*Stop that one first/);
      expect(each).toContain(`process ${contenders[winner]?.child.pid} (the service)`);
    }
    const exit = once(contenders[winner]!.child, 'exit');
    contenders[winner]!.child.kill();
    await exit;
  });

  it('dies with a process that is killed', async () => {
    const { child, said } = contender(dataDir);
    expect(await said).toBe('held');
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    (await lockDataDir(dataDir, 'the service')).release();
  });
});
