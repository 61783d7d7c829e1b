import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { type Config, ConfigError, parseConfig } from './config/config.js';
import { runCommand } from './config/run-command.js';
import { Leaf } from './core/proof/change.entity.js';
import { Journal } from './core/proof/journal.service.js';
import { providers } from './core/providers/providers.js';
import { ServiceClock } from './platform/clock/service-clock.js';
import { Database, SnakeNames } from './platform/database/database.js';
import { KeyRegister, RegisteredKey, SealingProcess } from './platform/sealing/key-register.js';
import { Resealing } from './platform/sealing/resealing.js';
import { Sealer } from './platform/sealing/sealer.js';
import { keepSealingKeys, loadSecrets, startDatabase } from './start-database.js';

const usage = `npm run keys:rotate -- [--rows N]

  Seals with the first of CHORONG_SEALING_KEYS whatever another has sealed, while the service goes on, and lets the others go when
  nothing is sealed with them any more. With one key it makes the next, and says where to put it. It may be broken off at any
  moment, and goes on where it was when it is called again.

  --rows  so many rows are sealed again in one transaction (200)
`;

const say = (text: string) => process.stdout.write(text);

class Rotation {
  private readonly register: KeyRegister;
  private readonly resealing: Resealing;
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly keys: ReturnType<typeof loadSecrets>['keys'],
    rowsAtOnce: number,
  ) {
    this.register = new KeyRegister(
      database,
      keys.sealing.map(({ id }) => id),
    );
    this.resealing = new Resealing(database, new Sealer(keys), rowsAtOnce);
  }

  /** Returns 0 when nothing is left to do, 1 when something is unreadable, 2 when a person has to do something first. */
  async rotate(): Promise<number> {
    const [current, ...others] = this.keys.sealing;
    if (!current || others.length === 0) return this.makeNext();
    const mayBegin = await this.register.whileAllKnow(() => this.register.addKeys([current.id]), {
      firstToo: false,
    });
    if (!mayBegin)
      return this.wait(`A process that runs does not have the key "${current.id}". Give it, start again`);
    const unreadable = await this.sealAll();
    if (this.stopped) return this.wait('Broken off. To go on');
    return this.letGo(current.id, unreadable);
  }

  breakOff(): void {
    this.stopped = true;
  }

  private async sealAll(): Promise<number> {
    const unreadable = new Map<string, number>();
    for await (const { place, done, of, unreadable: bad } of this.resealing.sealAgain()) {
      say(`${place}: ${done} of ${of}${bad > 0 ? `, ${bad} unreadable` : ''}\n`);
      unreadable.set(place, bad);
      if (this.stopped) break;
    }
    return [...unreadable.values()].reduce((sum, count) => sum + count, 0);
  }

  private async letGo(current: string, unreadable: number): Promise<number> {
    let old: string[] = [];
    let inUse: [string, number][] = [];
    const areAllNew = await this.register.whileAllKnow(
      async () => {
        inUse = [...(await this.resealing.countByKey())].filter(([id]) => id !== current);
        old = this.keys.sealing
          .map(({ id }) => id)
          .filter((id) => id !== current && !inUse.some(([used]) => used === id));
        await this.recordLetGo(old, current);
      },
      { firstToo: true },
    );
    if (!areAllNew)
      return this.wait(
        `A process that runs still seals with another key. Put "${current}" first, start it again`,
      );
    for (const id of old) say(`Nothing is sealed with the key "${id}" any more.\n`);
    if (this.config.secrets === null)
      keepSealingKeys(
        this.config,
        this.keys.sealing.filter(({ id }) => !old.includes(id)),
      );
    else if (old.length > 0) say(`Take it out of CHORONG_SEALING_KEYS.\n`);
    for (const [id, count] of inUse) say(`${count} values are still sealed with the key "${id}": keep it.\n`);
    if (unreadable > 0) return 1;
    return inUse.length > 0 ? this.wait('Rows were in use. To go on') : 0;
  }

  private async recordLetGo(ids: string[], current: string): Promise<void> {
    const journal = new Journal(this.database, new ServiceClock(this.config, this.database));
    for (const id of ids) {
      const changed = await this.database.run(
        `UPDATE sealing_key SET let_go_at = clock_timestamp() WHERE id = $1 AND let_go_at IS NULL`,
        [id],
      );
      if (changed > 0)
        await journal.leaves([
          { kind: 'sealing-key-let-go', subjectId: id, body: { id, sealsNow: current } },
        ]);
    }
  }

  private makeNext(): number {
    const id = `${new Date().toISOString().slice(0, 10)}-${randomBytes(2).toString('hex')}`;
    const next = { id, key: randomBytes(32) };
    if (this.config.secrets === null) {
      keepSealingKeys(this.config, [next, ...this.keys.sealing]);
      return this.wait(`The data folder has a new key, "${id}". Start the service again`);
    }
    say(`A new key: ${id}:${next.key.toString('base64')}\n`);
    say(`Put it behind the others in CHORONG_SEALING_KEYS of every process, and start each again.\n`);
    return this.wait(`Then put it first, and start each again. When all have it so`);
  }

  private wait(what: string): number {
    say(`${what}, call npm run keys:rotate again.\n`);
    return 2;
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { rows: { type: 'string', default: '200' }, help: { type: 'boolean', short: 'h' } },
  });
  const rows = Number(values.rows);
  if (values.help || !Number.isInteger(rows) || rows < 1) {
    say(usage);
    return values.help ? 0 : 2;
  }
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env }, providers);
  const started = await startDatabase(config, 'the rotation of keys', { join: true });
  const source = new DataSource({
    type: 'postgres',
    url: ownerUrlOf(started.ownerUrl),
    entities: [RegisteredKey, SealingProcess, Leaf],
    namingStrategy: new SnakeNames(),
    applicationName: 'chorong-keys',
  });
  try {
    await source.initialize();
    const rotation = new Rotation(config, new Database(source), loadSecrets(config).keys, rows);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => rotation.breakOff());
    return await rotation.rotate();
  } finally {
    if (source.isInitialized) await source.destroy();
    await started.stop();
  }
}

function ownerUrlOf(ownerUrl: string | null): string {
  if (ownerUrl) return ownerUrl;
  throw new ConfigError([
    'DATABASE_OWNER_URL is missing: what is frozen is sealed again by the role that owns the tables; for example postgres://chorong_owner:…@db/chorong',
  ]);
}

runCommand(main, 'The keys could not be rotated.');
