import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { EmbeddedServer } from '../../src/platform/embedded-postgres/embedded-postgres.js';
import type { SystemUser, WatchedProcess } from '../../src/platform/embedded-postgres/programs.js';
import { must, until } from './waiting.js';

type Launcher = typeof import('../../src/platform/embedded-postgres/embedded-postgres.js');
type Watcher = typeof import('../../src/platform/embedded-postgres/programs.js');

/**
 * A PostgreSQL that our launcher made and started, and that may be killed and started again at the same address: the
 * launcher takes a free port at every start, and a service that lives on keeps to the one it knows.
 */
export class DatabaseServer {
  private restarted: WatchedProcess | null = null;

  private constructor(
    private readonly dataDir: string,
    private readonly server: EmbeddedServer,
    private readonly watcher: Watcher,
  ) {}

  static async start(program: string, dataDir: string): Promise<DatabaseServer> {
    const module = (name: string): Promise<unknown> =>
      import(pathToFileURL(join(program, 'dist/src/platform/embedded-postgres', name)).href);
    const { startEmbeddedPostgres } = (await module('embedded-postgres.js')) as Launcher;
    // 'safe': what was committed has to be there after a kill, or the loss would be this test's own.
    const server = await startEmbeddedPostgres({ dataDir, durability: 'safe' });
    return new DatabaseServer(dataDir, server, (await module('programs.js')) as Watcher);
  }

  urls(database: string): { owner: string; app: string; superuser: string } {
    const at = (url: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
    const { ownerUrl, appUrl, superuserUrl } = this.server;
    return { owner: at(ownerUrl), app: at(appUrl), superuser: at(superuserUrl) };
  }

  /** As its superuser, in the maintenance database. */
  async run(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: this.server.superuserUrl });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** SIGQUIT is PostgreSQL's immediate stop; SIGKILL takes its first process without a word to the others. */
  async crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    process.kill(this.postmaster(), signal);
    await must('PostgreSQL is gone', async () => !(await this.answers()), 20_000);
  }

  /** With the arguments it was last started with. */
  async restart(): Promise<void> {
    const { dataPath } = this.server;
    const words = readFileSync(join(dataPath, 'postmaster.opts'), 'utf8').match(/"[^"]*"|\S+/g) ?? [];
    const [command = '', ...args] = words.map((word) => word.replaceAll('"', ''));
    const user = process.geteuid?.() === 0 ? this.user() : null;
    // A killed one's children may hold its memory for a moment: then the new one ends, and is tried again.
    const tried = async () => {
      const process = this.watcher.startWatched(command, args, { user });
      await until(async () => process.exitCode !== null || (await this.answers()), 30_000);
      if (process.exitCode === null) this.restarted = process;
      return process.exitCode === null;
    };
    await must('PostgreSQL starts again', tried, 60_000);
  }

  /** The system's user that the server runs as when root has started it. */
  user(): SystemUser {
    const { uid, gid } = statSync(this.server.dataPath);
    return { name: 'postgres', uid, gid };
  }

  /** A clean stop, after which the files are a whole backup. */
  async halt(): Promise<void> {
    if (this.restarted) await this.restarted.stop();
    else await this.server.stop();
  }

  /** A copy of the whole folder, on a server of its own. */
  async copyTo(program: string): Promise<DatabaseServer> {
    await this.halt();
    copyFolder(this.dataDir, `${this.dataDir}.copy`);
    await this.restart();
    return DatabaseServer.start(program, `${this.dataDir}.copy`);
  }

  backUp(): void {
    copyFolder(this.server.dataPath, `${this.server.dataPath}.backup`);
  }

  /** The backup in the place of what was written since: the same cluster, the same database, the same tables. */
  restoreBackup(): void {
    renameSync(this.server.dataPath, `${this.server.dataPath}.later`);
    copyFolder(`${this.server.dataPath}.backup`, this.server.dataPath);
  }

  /** The backup as a replica that was promoted: PostgreSQL ends its recovery, and counts up the timeline. */
  promoteBackup(): void {
    this.restoreBackup();
    const { dataPath } = this.server;
    const { uid, gid } = statSync(dataPath);
    appendFileSync(join(dataPath, 'postgresql.auto.conf'), "restore_command = 'false'\n");
    const signal = join(dataPath, 'recovery.signal');
    writeFileSync(signal, '');
    chownSync(signal, uid, gid);
  }

  async end(): Promise<void> {
    await this.restarted?.stop();
    await this.server.stop();
    const home = dirname(this.server.dataPath);
    for (const folder of new Set([home, this.dataDir])) rmSync(folder, { recursive: true, force: true });
  }

  private postmaster(): number {
    return Number(readFileSync(join(this.server.dataPath, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  async answers(): Promise<boolean> {
    const client = new pg.Client({
      connectionString: this.server.superuserUrl,
      connectionTimeoutMillis: 2000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Owners and modes are kept, on which PostgreSQL insists. */
function copyFolder(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-Rp', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot copy ${from}: ${stderr}`);
}
