import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import {
  createPostgresBackend,
  type IQueueBackend,
  Queue,
  setDefaultBackendFactory,
  Worker,
  type Job,
  type JobsOptions,
  type QueueBase,
} from 'bullmq';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type pg from 'pg';
import { newId } from '../ids.js';

type Connection = Redis | Cluster;

/** A command to Redis fails after 2 s; this is for a connection that never comes about. */
const addWithinMs = 3000;

/** Milliseconds after which a worker asks a queue again that answered with an error. */
const askAgainMs = 1000;

/**
 * Queues wake workers and carry ids only; losing every job loses nothing. On Redis when there is one, else on
 * PostgreSQL.
 */
@Injectable()
export class Queues implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Queues.name);
  private readonly queues = new Map<string, Queue>();
  private readonly ready = new WeakSet<Queue>();
  private readonly workers = new Set<Worker>();
  private readonly connections = new Set<Connection>();
  private isEnding = false;

  constructor(private readonly options: { redisUrl: string | null; pool: pg.PoolConfig }) {
    if (!options.redisUrl) setDefaultBackendFactory(createPausingBackend as never);
    else setDefaultBackendFactory();
  }

  /** Throws when the queue does not take the job within a few seconds. */
  async add(name: string, data: Record<string, string | number>, options: JobsOptions = {}): Promise<void> {
    const queue = this.queue(name);
    // For ids of its own, the queue would make sequences in PostgreSQL that the owner cannot read, nor back up.
    const job = { jobId: newId(), removeOnComplete: true, removeOnFail: 100, ...options };
    try {
      await withTimeout(queue.add(name, data, job), addWithinMs);
    } catch (error) {
      if (!this.ready.has(queue)) {
        this.queues.delete(name);
        this.drop(queue);
      }
      throw error;
    }
  }

  work(queue: string, concurrency: number, run: (data: unknown) => Promise<void>): void {
    const worker = new Worker(queue, (job: Job) => run(job.data), {
      ...this.backend(true),
      concurrency,
    } as ConstructorParameters<typeof Worker>[2]);
    worker.on('error', (error: Error) =>
      this.logger.warn({ err: error, queue }, 'the queue is not reachable'),
    );
    worker.on('failed', (_job, error: Error) => this.logger.error({ err: error, queue }, 'a job failed'));
    this.workers.add(worker);
    worker.waitUntilReady().catch(async () => {
      this.workers.delete(worker);
      this.drop(worker);
      await pause(askAgainMs);
      if (!this.isEnding) this.work(queue, concurrency, run);
    });
  }

  /** Before the database's own connections go. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    await Promise.allSettled([...this.workers].map((worker) => worker.close()));
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    for (const connection of this.connections) connection.disconnect();
  }

  private queue(name: string): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue(name, this.backend(false) as ConstructorParameters<typeof Queue>[1]);
      queue.on('error', (error: Error) =>
        this.logger.warn({ err: error, queue: name }, 'the queue is not reachable'),
      );
      void queue.waitUntilReady().then(
        () => queue && this.ready.add(queue),
        () => undefined,
      );
      this.queues.set(name, queue);
    }
    return queue;
  }

  /** Drops what was never ready, so that it is made anew: BullMQ keeps a first connection that failed for ever. */
  private drop(unready: QueueBase): void {
    unready.close().catch(() => undefined);
    for (const connection of this.connections) {
      if (connection !== unready.opts.connection) continue;
      connection.disconnect();
      this.connections.delete(connection);
    }
  }

  private backend(forWorker: boolean): object {
    if (!this.options.redisUrl) {
      return { connection: { ...this.options.pool, max: 4, schema: 'bullmq' } };
    }
    const connection = connectRedis(this.options.redisUrl, { forWorker });
    // Without a listener an error event would end the process.
    connection.on('error', () => undefined);
    this.connections.add(connection);
    // One slot for one queue: a cluster refuses commands over several.
    return {
      connection,
      ...(connection instanceof Cluster ? { prefix: '{chorong}' } : { prefix: 'chorong' }),
    };
  }
}

/**
 * Makes BullMQ's own backend, whose workers pause after an error. BullMQ asks again at once unless it knows an error for one of
 * the connection, and it knows few of PostgreSQL's: a database that is away would leave nobody else in the process a turn.
 */
function createPausingBackend(...args: Parameters<typeof createPostgresBackend>): IQueueBackend {
  const backend = createPostgresBackend(...args);
  const take = backend.moveToActive.bind(backend);
  backend.moveToActive = (...asked) =>
    take(...asked).catch(async (error: unknown) => {
      await pause(askAgainMs);
      throw error;
    });
  return backend;
}

/**
 * Connects by an address: `redis://` and `rediss://` are one server; `redis+sentinel://h1:26379,h2:26379/mymaster` is Sentinel;
 * `redis+cluster://h1:6379,h2:6379` is Cluster.
 */
function connectRedis(url: string, { forWorker }: { forWorker: boolean }): Redis | Cluster {
  // Producers fail fast, so that the API does not wait for a queue it can do without; workers wait for ever.
  const options: RedisOptions = forWorker
    ? { maxRetriesPerRequest: null }
    : { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2000 };
  const scheme = url.slice(0, url.indexOf(':'));
  if (scheme === 'redis' || scheme === 'rediss') return new Redis(url, options);
  const { nodes, name, username, password } = partsOf(url);
  const credentials = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  if (scheme === 'redis+sentinel') {
    return new Redis({ ...options, ...credentials, sentinels: nodes, name: name || 'mymaster' });
  }
  return new Cluster(nodes, { redisOptions: { ...options, ...credentials } });
}

function partsOf(url: string) {
  const rest = url.slice(url.indexOf('://') + 3);
  const at = rest.lastIndexOf('@');
  const [username = '', password = ''] = at < 0 ? [] : rest.slice(0, at).split(':').map(decodeURIComponent);
  const [hosts = '', name = ''] = rest.slice(at + 1).split('/');
  const nodes = hosts.split(',').map((host) => {
    const [hostname = '', port = ''] = host.split(':');
    return { host: hostname, port: Number(port || 6379) };
  });
  return { nodes, name, username, password };
}

/** Returns why a Redis will not do, or null: one that may evict would drop jobs without a word. */
export async function whyRedisWillNotDo(url: string): Promise<string | null> {
  const connection = connectRedis(url, { forWorker: true });
  connection.on('error', () => undefined);
  try {
    const answer = (await withTimeout(connection.config('GET', 'maxmemory-policy'), 10_000)) as string[];
    const policy = answer[1] ?? 'unknown';
    return policy === 'noeviction'
      ? null
      : `REDIS_URL: the server's maxmemory-policy is ${policy}, and must be noeviction (CONFIG SET maxmemory-policy noeviction)`;
  } catch (error) {
    return `REDIS_URL: the server does not answer (${error instanceof Error ? error.message : 'unknown'}); for example redis://127.0.0.1:6379`;
  } finally {
    connection.disconnect();
  }
}

function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
