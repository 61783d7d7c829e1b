import type { Socket } from 'node:net';
import pg from 'pg';

/** Milliseconds after which PostgreSQL itself breaks off a statement of a pool. */
const statementMs = 60_000;

/** An idle connection is asked by the system, after so many milliseconds, whether its other end is still there. */
const keepAliveAfterMs = 10_000;

/**
 * What an export reads of may have to be searched for: its connection may be silent for so long. It has no limit of
 * PostgreSQL's own, which would count the time that its reader takes.
 */
const silentApartMs = 600_000;

/**
 * Returns the options of every pool. A connection on which nothing moves for `silentMs` is destroyed: its server is gone
 * without a word, as after a loss of power or of the network, or it would have broken off the statement by then. An idle
 * one is closed sooner, by the pool.
 */
export function poolOptions(url: string, { silentDatabaseMs }: { silentDatabaseMs: number }) {
  return {
    connectionString: url,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    statement_timeout: statementMs,
    onConnect: (client: pg.ClientBase) => endWhenSilent(client as pg.Client, silentDatabaseMs),
  } satisfies pg.PoolConfig;
}

/** Connects apart from the pools, for what lasts. The caller ends it. */
export async function connectApart(
  options: pg.PoolConfig,
  name: string,
  silentMs = silentApartMs,
): Promise<pg.Client> {
  const client = new pg.Client({ ...options, statement_timeout: false, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  endWhenSilent(client, silentMs);
  return client;
}

/**
 * The driver's own `query_timeout` would let go of the statement alone: the next one would wait behind it on the same
 * connection. Destroying the socket fails whatever waits for it, and the pool makes another.
 */
function endWhenSilent(client: pg.Client, silentMs: number): void {
  const socket = client.connection.stream as Socket;
  socket.setTimeout(silentMs, () => {
    const error = new Error(`the database has been silent for ${silentMs / 1000} s`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
}
