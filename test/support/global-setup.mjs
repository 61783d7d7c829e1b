import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import globalTeardown from './global-teardown.mjs';

const DIST = new URL('../../dist/src/platform/', import.meta.url);
const PREFIX = 'chorong-test-';
const HOUR_MS = 3_600_000;

/** One server for the whole run, and on it a migrated template that each test file clones (see database.ts). */
export default async function globalSetup() {
  if (!existsSync(new URL('embedded-postgres/embedded-postgres.js', DIST))) {
    throw new Error('The tests start the built service: run npm run build first (npm test does).');
  }
  const { startEmbeddedPostgres } = await import(
    new URL('embedded-postgres/embedded-postgres.js', DIST).href
  );
  await removeLeftovers();

  const dataDir = mkdtempSync(join(tmpdir(), PREFIX));
  // As root, PostgreSQL runs as another user, who has to pass through.
  chmodSync(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, durability: 'fast' });
  globalThis.chorongTestServer = { server, dataDir };
  try {
    await makeTemplate(server);
  } catch (error) {
    // Jest runs no teardown when the setup fails.
    await globalTeardown();
    throw error;
  }

  process.env.CHORONG_TEST_SERVER = JSON.stringify({
    superuserUrl: server.superuserUrl,
    ownerUrl: server.ownerUrl,
    appUrl: server.appUrl,
  });
}

async function makeTemplate(server) {
  const { migrate } = await import(new URL('database/migrate.js', DIST).href);
  const client = new Client({ connectionString: server.superuserUrl });
  await client.connect();
  try {
    await client.query('CREATE DATABASE chorong_template OWNER chorong_owner');
    await client.query('REVOKE ALL ON DATABASE chorong_template FROM PUBLIC');
    await client.query('GRANT CONNECT ON DATABASE chorong_template TO chorong_app');
  } finally {
    await client.end();
  }
  const ownerUrl = new URL(server.ownerUrl);
  ownerUrl.pathname = '/chorong_template';
  await migrate({ ownerUrl: ownerUrl.href, appRole: 'chorong_app' });
}

/** A run that was killed took its server down with it, but left the data. */
async function removeLeftovers() {
  const { isLocked } = await import(new URL('embedded-postgres/file-lock.js', DIST).href);
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const lock = join(folder, 'postgres.lock');
    try {
      if (Date.now() - statSync(lock).mtimeMs < HOUR_MS || (await isLocked(lock))) continue;
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or without a lock: not ours to judge.
    }
  }
}
