import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../faults/api.js';
import type { Bench, Row, Scenario } from '../faults/bench.js';
import { freePort, must, secondsSince } from '../faults/waiting.js';
import { aContract } from '../support/builders.js';
import { buildVersionBefore } from './version-before.js';

/**
 * The archive for closed networks, unpacked in a clean folder and started with an empty PATH, while the system calls of all its processes
 * are traced: an upgrade from the archive of the version before, on one data folder, and the way back.
 */
export const archiveScenario: Scenario = {
  name: 'archive',
  run: async (bench) => {
    if (spawnSync('strace', ['--version']).error) {
      process.stderr.write('SKIPPED, as strace is not installed: archive\n');
      return [];
    }
    const site = new Site(bench);
    const before = buildVersionBefore(bench);
    if (before) {
      site.unpack(site.pack('before', before.program));
      await site.withService('before', (api) => sendOne(api, '2026-03-02'));
    }
    const now = site.pack('now', process.cwd());
    const began = performance.now();
    site.unpack(now);
    let up = 0;
    let texts = await site.withService('now', (api) => {
      up = secondsSince(began);
      return sendOne(api, '2026-03-09');
    });
    if (before) texts = await site.withService('before', (api) => sendOne(api, '2026-03-16'));
    const { calls, outside } = site.traced();
    const problems = [
      ...(up > 60 ? [`it took ${up.toFixed(0)} s to answer`] : []),
      ...(calls === 0 ? ['nothing was traced'] : []),
      ...outside.map((to) => `it called ${to}`),
    ];
    const alerts = before ? 3 : 1;
    const tally = { alerts, texts, lost: Math.max(0, alerts - texts), doubled: Math.max(0, texts - alerts) };
    const figure = [
      `${(statSync(now).size / 2 ** 20).toFixed(0)} MB, its sha256 right`,
      `unpacked and answering in ${up.toFixed(1)} s`,
      `${calls} connections traced, ${outside.length} of them to anything but loopback and sockets`,
      ...(before ? [`upgraded from ${before.commit} and back on one data folder`] : []),
    ].join('; ');
    const how = 'unpacked, empty PATH, an empty sandbox';
    const whole = { ...tally, unfinished: 0, strays: 0 };
    return [{ fault: 'archive', how, tally: whole, seconds: null, figure, problems }] satisfies Row[];
  },
};

/** The folder in which archives are unpacked beside each other, with the data folder that they share. */
class Site {
  private readonly folder: string;
  private readonly trace: string;
  private isNew = true;

  constructor(private readonly bench: Bench) {
    this.folder = join(bench.workplace.folder, 'site');
    this.trace = join(bench.workplace.folder, 'traced');
    mkdirSync(this.folder);
    mkdirSync(this.trace);
  }

  /** Returns the file that the command has made of a built version. */
  pack(name: string, program: string): string {
    const to = join(this.bench.workplace.folder, 'archives');
    const args = ['deploy/archive.mjs', '--to', to, '--name', name, '--from', program];
    execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('sha256sum', ['--check', '--quiet', `${name}.tar.gz.sha256`], { cwd: to });
    return join(to, `${name}.tar.gz`);
  }

  unpack(file: string): void {
    execFileSync('tar', ['-xzf', file, '-C', this.folder]);
  }

  /** Starts what was unpacked under a tracer, which stands aside, so that a signal reaches the service. */
  async withService<T>(name: string, work: (api: Api) => Promise<T>): Promise<T> {
    const port = await freePort();
    const tracing = ['-D', '-ff', '-qq', '--seccomp-bpf', '-e', 'trace=connect,sendto,sendmsg,sendmmsg'];
    const args = [...tracing, '-o', join(this.trace, name), '/bin/sh', join(this.folder, name, 'chorong')];
    const child = spawn('/usr/bin/strace', args, {
      cwd: '/',
      env: { PATH: '', PORT: String(port), CHORONG_SANDBOX: 'empty' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.bench.workplace.atTheEnd(() => void child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    try {
      const key = () => /Key \(admin\): +(\S+)/.exec(output)?.[1];
      await must('it starts or ends', () => key() !== undefined || child.exitCode !== null, 120_000);
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
      const api = new Api(`http://127.0.0.1:${port}`, key() ?? '');
      if (this.isNew) await api.must('POST', '/sandbox/clock', { startAt: '2026-03-02T09:00:00+09:00' });
      this.isNew = false;
      return await work(api);
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
  }

  /** Returns how many connections and datagrams were traced, and those of them that led outside of this machine. */
  traced(): { calls: number; outside: string[] } {
    const lines = readdirSync(this.trace)
      .flatMap((file) => readFileSync(join(this.trace, file), 'utf8').split('\n'))
      .filter((line) => line.includes('sa_family='));
    const isInside = (line: string) =>
      /sa_family=AF_(UNIX|NETLINK|UNSPEC)|inet_addr\("127\.|"::1"|"::ffff:127\./.test(line);
    return { calls: lines.length, outside: [...new Set(lines.filter((line) => !isInside(line)))] };
  }
}

/** Registers a contract, moves the clock on until its text is there, and returns how many texts the phones have. */
async function sendOne(api: Api, signedOn: string): Promise<number> {
  const texts = async () => (await api.must<{ items: unknown[] }>('GET', '/sandbox/texts')).items.length;
  const { items } = await api.must<{ items: { id: string }[] }>('GET', '/departments');
  const before = await texts();
  const contact = { phone: `010-0000-1${signedOn.slice(-2)}0`, locale: 'ko' };
  const contract = aContract({
    reference: `A-${signedOn}`,
    departmentId: items[0]?.id ?? '',
    // Its other milestones are far away.
    signedOn,
    startsOn: '2026-11-02',
    endsOn: '2026-11-30',
    counterparties: [{ name: '(주)새솔건설', contacts: [contact] }],
  } as Parameters<typeof aContract>[0]);
  await api.must('POST', '/contracts', contract);
  const later = new Date(Date.parse(signedOn) + 2 * 86_400_000).toISOString().slice(0, 10);
  await api.must('POST', '/sandbox/clock', { advanceTo: `${later}T12:00:00+09:00` });
  await must('the text is there', async () => (await texts()) > before, 30_000);
  return texts();
}
