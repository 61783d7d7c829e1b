import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedBinaries, linkLibraries, runnableBinaries } from './binaries.js';

const asRoot = process.geteuid?.() === 0;
const nobody = asRoot ? { name: 'nobody', uid: 65534, gid: 65534 } : null;

describe('the binaries of PostgreSQL', () => {
  let folder: string;
  let native: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chorong binaries-'));
    chmodSync(folder, 0o755);
    native = join(folder, 'package', 'native');
    mkdirSync(join(native, 'bin'), { recursive: true });
    mkdirSync(join(native, 'lib'));
    writeFileSync(join(folder, 'package', 'package.json'), '{ "version": "18.0.0" }');
    fakePostgres('echo "postgres (PostgreSQL) 18.0"');
  });
  afterEach(() => {
    chmodSync(join(folder, 'package'), 0o755);
    chmodSync(join(native, 'lib'), 0o755);
    rmSync(folder, { recursive: true, force: true });
  });

  function fakePostgres(body: string) {
    writeFileSync(join(native, 'bin', 'postgres'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  /** Makes a copy necessary: root's other user cannot go there, or an ordinary user cannot make the missing link. */
  function close(native: string) {
    if (asRoot) chmodSync(join(native, '..'), 0o700);
    else {
      listLink();
      chmodSync(join(native, 'lib'), 0o555);
    }
  }

  function listLink() {
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library');
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  }

  it('get the library links that npm did not make', () => {
    listLink();
    expect(linkLibraries(native)).toBe(true);
    expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(linkLibraries(native)).toBe(true);
  });

  it('run where they are installed when that is possible', async () => {
    expect(await runnableBinaries(native, folder, nobody)).toBe(native);
  });

  it('are copied, readable to all and with their links, when they cannot be run in place', async () => {
    listLink();
    chmodSync(join(native, 'lib', 'libpq.so.5.18'), 0o600);
    close(native);

    const home = join(folder, 'a home');
    mkdirSync(home);
    const copy = await runnableBinaries(native, home, nobody);
    expect(copy).toBe(join(home, 'binaries-18.0.0'));
    expect(readFileSync(join(copy, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
    expect(await runnableBinaries(native, home, nobody)).toBe(copy);
  });

  it('are copied whole when they are installed as a link, and stay as they were', async () => {
    const link = join(folder, 'a link');
    mkdirSync(link);
    symlinkSync(native, join(link, 'native'));
    cpSync(join(folder, 'package', 'package.json'), join(link, 'package.json'));
    listLink();
    chmodSync(join(native, 'lib', 'libpq.so.5.18'), 0o640);
    close(native);
    const copy = await runnableBinaries(join(link, 'native'), folder, nobody);
    expect(lstatSync(copy).isDirectory()).toBe(true);
    expect(lstatSync(join(native, 'lib', 'libpq.so.5.18')).mode & 0o777).toBe(0o640);
  });

  it('leave no copy of an older version behind', async () => {
    close(native);
    mkdirSync(join(folder, 'binaries-17.0.0'));
    await runnableBinaries(native, folder, nobody);
    expect(existsSync(join(folder, 'binaries-17.0.0'))).toBe(false);
  });

  it('that the system cannot run point to DATABASE_URL', async () => {
    fakePostgres('echo "libc.so.6: version GLIBC_2.27 not found" >&2; exit 1');
    await expect(runnableBinaries(native, folder, nobody)).rejects.toMatchObject({
      code: 'no-binaries',
      message: expect.stringMatching(/GLIBC_2.27 not found.*Set DATABASE_URL/) as string,
    });
    expect(existsSync(join(folder, 'binaries-18.0.0'))).toBe(false);
  });

  it('that ask for a loader which is not there, as on Alpine, point to DATABASE_URL', async () => {
    writeFileSync(join(native, 'bin', 'postgres'), '#!/no/such/loader\n', { mode: 0o755 });
    await expect(runnableBinaries(native, folder, nobody)).rejects.toMatchObject({
      code: 'no-binaries',
      message: expect.stringMatching(/Alpine.*Set DATABASE_URL/) as string,
    });
  });

  it('that nobody may run where they were copied to name that folder, and another way', async () => {
    close(native);
    const home = join(folder, 'a home');
    mkdirSync(home);
    // A folder that became closed, or a file system mounted noexec, answers alike: EACCES.
    mkdirSync(join(home, 'binaries-18.0.0', 'bin'), { recursive: true });
    writeFileSync(join(home, 'binaries-18.0.0', 'bin', 'postgres'), '#!/bin/sh\n', { mode: 0o644 });
    const failure = runnableBinaries(native, home, nobody);
    await expect(failure).rejects.toMatchObject({
      code: 'no-binaries',
      message: expect.stringMatching(
        /copied to .*a home.*EACCES.*Set CHORONG_DATA_DIR .* or DATABASE_URL/,
      ) as string,
    });
    await expect(failure).rejects.toMatchObject({ message: expect.not.stringMatching(/musl/) as string });
  });

  it('that do not exist for a platform point to DATABASE_URL', () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
    try {
      expect(() => installedBinaries()).toThrow(/no embedded PostgreSQL for win32.*Set DATABASE_URL/);
    } finally {
      Object.defineProperty(process, 'platform', platform);
    }
  });

  (asRoot ? it : it.skip)('as installed really run from a copy', async () => {
    const closed = join(folder, 'package');
    rmSync(native, { recursive: true });
    cpSync(installedBinaries(), native, { recursive: true, verbatimSymlinks: true });
    chmodSync(closed, 0o700);
    const copy = await runnableBinaries(native, folder, nobody);
    expect(copy).toBe(join(folder, 'binaries-18.0.0'));
  });
});
