import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import {
  createPostgresBackend,
  Queue,
  setDefaultBackendFactory,
  Worker,
  type Job,
  type JobsOptions,
} from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { connectRedis } from './redis.js';

type Connection = Redis | Cluster;

/**
 * Queues wake workers and carry ids only; losing every job loses nothing. On Redis when there is one, else on
 * PostgreSQL.
 */
@Injectable()
export class Queues implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Queues.name);
  private readonly queues = new Map<string, Queue>();
  private readonly workers: Worker[] = [];
  private readonly connections: Connection[] = [];

  constructor(private readonly options: { redisUrl: string | null; databaseUrl: string }) {
    if (!options.redisUrl) setDefaultBackendFactory(createPostgresBackend as never);
    else setDefaultBackendFactory();
  }

  async add(queue: string, data: Record<string, string | number>, options: JobsOptions = {}): Promise<void> {
    await this.queue(queue).add(queue, data, { removeOnComplete: true, removeOnFail: 100, ...options });
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
    this.workers.push(worker);
  }

  /** Before the database's own connections go. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.workers.map((worker) => worker.close()));
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
      this.queues.set(name, queue);
    }
    return queue;
  }

  private backend(forWorker: boolean): object {
    if (!this.options.redisUrl) {
      return { connection: { connectionString: this.options.databaseUrl, max: 4, schema: 'bullmq' } };
    }
    const connection = connectRedis(this.options.redisUrl, { forWorker });
    // Without a listener an error event would end the process.
    connection.on('error', () => undefined);
    this.connections.push(connection);
    // One slot for one queue: a cluster refuses commands over several.
    return {
      connection,
      ...(connection instanceof Cluster ? { prefix: '{chorong}' } : { prefix: 'chorong' }),
    };
  }
}
