import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

interface Urls {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
}

export interface TestDatabase extends Urls {
  drop(): Promise<void>;
}

const TEMPLATE = 'chorong_template';
const OBJECT_IN_USE = '55006';

/**
 * A database of its own for one test file; drop it in `afterAll`, after closing what is connected to it. `template`: the
 * migrated one, or `template1` for an empty one.
 */
export async function createTestDatabase(template = TEMPLATE): Promise<TestDatabase> {
  const server = testServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, (client) => clone(client, name, template));
  return {
    superuserUrl: inDatabase(server.superuserUrl, name),
    ownerUrl: inDatabase(server.ownerUrl, name),
    appUrl: inDatabase(server.appUrl, name),
    drop: () => asSuperuser(server, (client) => run(client, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** A clone has the template's contents, but not its privileges as a database: those are granted anew. */
async function clone(client: Client, name: string, template: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run(client, `CREATE DATABASE ${name} TEMPLATE ${template} OWNER chorong_owner`);
      break;
    } catch (error) {
      if ((error as { code?: string }).code !== OBJECT_IN_USE || attempt === 5) throw error;
    }
  }
  await run(client, `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await run(client, `GRANT CONNECT ON DATABASE ${name} TO chorong_app`);
}

async function asSuperuser(server: Urls, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: server.superuserUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Runs one statement as whoever the address names, over a connection of its own. Returns the rows. */
export async function rowsAt(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function run(client: Client, sql: string): Promise<void> {
  await client.query(sql);
}

function testServer(): Urls {
  const urls = process.env['CHORONG_TEST_SERVER'];
  if (!urls) throw new Error('No test server: tests run under Jest, whose global setup starts one.');
  return JSON.parse(urls) as Urls;
}

function inDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${name}`;
  return result.href;
}
