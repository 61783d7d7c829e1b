import { cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { EmbeddedServer } from '../../src/platform/embedded-postgres/embedded-postgres.js';
import type { WatchedProcess } from '../../src/platform/embedded-postgres/watched-process.js';
import { must, until } from './waiting.js';

type Launcher = typeof import('../../src/platform/embedded-postgres/embedded-postgres.js');
type Watcher = typeof import('../../src/platform/embedded-postgres/watched-process.js');

/**
 * A PostgreSQL that our launcher made and started, which may be killed and restarted at the same address: the launcher
 * itself takes a free port at every start, and a service that runs on keeps to the one it knows.
 */
export class DatabaseServer {
  private constructor(
    private readonly server: EmbeddedServer,
    private readonly watcher: Watcher,
    private restarted: WatchedProcess | null = null,
  ) {}

  static async start(program: string, dataDir: string): Promise<DatabaseServer> {
    const module = (name: string) =>
      import(pathToFileURL(join(program, 'dist/src/platform/embedded-postgres', name)).href);
    const { startEmbeddedPostgres } = (await module('embedded-postgres.js')) as Launcher;
    // 'safe': what is committed must be there after a kill, or the fault would be the test's own.
    const server = await startEmbeddedPostgres({ dataDir, durability: 'safe' });
    return new DatabaseServer(server, (await module('watched-process.js')) as Watcher);
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

  /** SIGQUIT is PostgreSQL's immediate stop; SIGKILL is the power cut. Nothing of it runs any more when this returns. */
  async crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    process.kill(this.pid(), signal);
    await must('PostgreSQL is gone', async () => !(await this.answers()), 20_000);
  }

  /** On the same port, with the arguments that it was last started with. */
  async restart(): Promise<void> {
    const { dataPath } = this.server;
    const [command = '', ...args] = optionsOf(readFileSync(join(dataPath, 'postmaster.opts'), 'utf8'));
    const { uid, gid } = statSync(dataPath);
    const user = process.geteuid?.() === 0 ? { name: 'postgres', uid, gid } : null;
    await must(
      'PostgreSQL starts again',
      async () => {
        await this.restarted?.stop();
        rmSync(join(dataPath, 'postmaster.pid'), { force: true });
        this.restarted = this.watcher.startWatched(command, args, { user });
        // A killed postmaster's children may hold its memory for a moment: then this one ends, and is tried again.
        const { restarted } = this;
        return until(async () => restarted.exitCode !== null || (await this.answers()), 20_000).then(
          () => restarted.exitCode === null,
        );
      },
      60_000,
    );
  }

  async stop(): Promise<void> {
    if (this.restarted) await this.restarted.stop();
    await this.server.stop();
    const { dataPath } = this.server;
    if (dataPath.startsWith('/var/tmp/chorong-')) rmSync(join(dataPath, '..'), { recursive: true, force: true });
  }

  /** A clean stop, so that the files are a backup; `restart` brings it up again. */
  async pause(): Promise<void> {
    if (this.restarted) await this.restarted.stop();
    else await this.server.stop();
  }

  copyFiles(): void {
    cpSync(this.server.dataPath, this.backup, { recursive: true, preserveTimestamps: true });
  }

  /** The files of the copy in the place of what was written since: the same cluster, the same database. */
  putFilesBack(): void {
    const { dataPath } = this.server;
    const { uid, gid } = statSync(dataPath);
    for (const name of ['base', 'global', 'pg_wal', 'pg_xact', 'pg_multixact', 'pg_subtrans', 'pg_commit_ts']) {
      rmSync(join(dataPath, name), { recursive: true, force: true });
    }
    cpSync(this.backup, dataPath, { recursive: true, preserveTimestamps: true });
    giveAll(dataPath, uid, gid);
  }

  private get backup(): string {
    return `${this.server.dataPath}.backup`;
  }

  private pid(): number {
    return Number(readFileSync(join(this.server.dataPath, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  private async answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.server.superuserUrl, connectionTimeoutMillis: 2000 });
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
