import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { makeKey } from './core/access/api-keys.service.js';
import { type Role, roles } from './core/access/roles.js';
import { type Config, ConfigError } from './config/config.js';
import { connectApart, poolOptions } from './platform/database/connections.js';
import { migrate, migrations } from './platform/database/migrate.js';
import { EmbeddedPostgresError } from './platform/embedded-postgres/embedded-postgres.error.js';
import { startEmbeddedPostgres } from './platform/embedded-postgres/embedded-postgres.js';
import { lockDataDir } from './platform/embedded-postgres/file-lock.js';
import {
  parseIndexKey,
  parseSealingKeys,
  type SealingKey,
  type SealingKeys,
} from './platform/sealing/sealing-keys.js';

export interface StartedDatabase {
  url: string;
  /** Null where the environment names no owner of the tables. */
  ownerUrl: string | null;
  /** The folder where the embedded server keeps its data; it is null when the environment names a database. */
  dataPath: string | null;
  stop(): Promise<void>;
}

/**
 * Brings a database up that has the newest schema: the embedded one, or the one that the environment names.
 * `join`: a command that works beside the service uses its embedded server when that runs.
 */
export async function startDatabase(
  config: Config,
  purpose: string,
  { join: joins = false }: { join?: boolean } = {},
): Promise<StartedDatabase> {
  if (!config.database) return startEmbedded(config, purpose, joins);
  const { url, ownerUrl } = config.database;
  if (ownerUrl) await migrate({ ownerUrl, appRole: decodeURIComponent(new URL(url).username) });
  const pool = poolOptions(url, config.limits);
  await asking(pool, async (client) => {
    if (!ownerUrl) await mustBeMigrated(client);
    await mustNotOwn(client);
  });
  return { url, ownerUrl, dataPath: null, stop: () => Promise.resolve() };
}

async function startEmbedded(config: Config, purpose: string, joins: boolean): Promise<StartedDatabase> {
  const lock = await lockDataDir(config.dataDir, purpose).catch((error: unknown) => {
    if (joins && error instanceof EmbeddedPostgresError && error.code === 'data-dir-in-use') return null;
    throw error;
  });
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir });
  await migrate({ ownerUrl: server.ownerUrl, appRole: decodeURIComponent(new URL(server.appUrl).username) });
  return {
    url: server.appUrl,
    ownerUrl: server.ownerUrl,
    dataPath: server.dataPath,
    stop: async () => {
      await server.stop();
      lock?.release();
    },
  };
}

/** Throws when migrations are missing: without the owner's address the service can only look at the schema. */
async function mustBeMigrated(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`SELECT to_regclass('migrations') AS name`);
  const known = rows[0]?.name
    ? (await client.query<{ name: string }>(`SELECT name FROM migrations`)).rows
    : [];
  const missing = migrations.filter((migration) => !known.some((row) => row.name === migration.name));
  if (missing.length === 0) return;
  throw new ConfigError([
    `DATABASE_OWNER_URL is missing: the schema lacks ${missing.length} migrations, which only its owner can make; for example postgres://chorong_owner:…@db/chorong`,
  ]);
}

/** Throws when the role may rewrite the log, as its owner could. */
async function mustNotOwn(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ able: boolean }>(
    `SELECT has_table_privilege('leaf', 'UPDATE') OR has_table_privilege('leaf', 'DELETE')
         OR has_table_privilege('leaf', 'TRUNCATE') AS able`,
  );
  if (!rows[0]?.able) return;
  throw new ConfigError([
    'DATABASE_URL names a role that may rewrite the log: use a role of its own, such as chorong_app, that owns nothing and is no superuser',
  ]);
}

async function asking(pool: pg.PoolConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await connectApart(pool, 'chorong-start').catch((error: unknown) => {
    throw new ConfigError([
      `DATABASE_URL cannot be reached (${error instanceof Error ? error.message : 'no answer'}): for example postgres://chorong_app:secret@db.example:5432/chorong`,
    ]);
  });
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const secretsSchema = z.object({
  sealingKeys: z.string(),
  indexKey: z.string(),
  apiKey: z.string(),
  /** Of the sandbox's people; what is missing is made. */
  passwords: z.partialRecord(z.enum(roles), z.string()).default({}),
});

export interface Secrets {
  keys: SealingKeys;
  /** The embedded start's own key; null when the environment gives the secrets. */
  apiKey: string | null;
  /** Of the sandbox's people, by role; null when the environment gives the secrets. */
  passwords: Partial<Record<Role, string>> | null;
}

/**
 * Loads the secrets from the environment, or makes them once and keeps them in the data folder, readable by its owner
 * alone.
 */
export function loadSecrets(config: Config): Secrets {
  if (config.secrets) return { keys: keysOf(config.secrets), apiKey: null, passwords: null };
  const path = join(config.dataDir, 'secrets.json');
  if (!existsSync(path)) {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const made = {
      sealingKeys: `local:${randomBytes(32).toString('base64')}`,
      indexKey: randomBytes(32).toString('base64'),
      apiKey: makeKey(),
    };
    writeFileSync(path, JSON.stringify(made, null, 2), { mode: 0o600, flag: 'wx' });
  }
  const kept = secretsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const lacking = roles.filter((role) => !kept.passwords[role]);
  if (lacking.length > 0) {
    for (const role of lacking) kept.passwords[role] = makePassword();
    writeFileSync(path, JSON.stringify(kept, null, 2), { mode: 0o600 });
  }
  return { keys: keysOf(kept), apiKey: kept.apiKey, passwords: kept.passwords };
}

/** Keeps other sealing keys in the data folder, in their order. */
export function keepSealingKeys(config: Config, keys: SealingKey[]): void {
  const path = join(config.dataDir, 'secrets.json');
  const kept = secretsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const sealingKeys = keys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
  // A rename is whole or not at all: half of a file would lose every key.
  writeFileSync(`${path}.new`, JSON.stringify({ ...kept, sealingKeys }, null, 2), {
    mode: 0o600,
    flush: true,
  });
  renameSync(`${path}.new`, path);
}

/** 80 bits, in groups that can be typed off a screen; no letter looks like a digit. */
function makePassword(): string {
  const letters = Array.from(randomBytes(16), (byte) => 'abcdefghjkmnpqrstuvwxyz23456789ab'[byte & 31]);
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
}

function keysOf({ sealingKeys, indexKey }: { sealingKeys: string; indexKey: string }): SealingKeys {
  return { sealing: parseSealingKeys(sealingKeys), index: parseIndexKey(indexKey) };
}
