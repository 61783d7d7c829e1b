import { Cluster, Redis, type RedisOptions } from 'ioredis';

/**
 * `redis://` and `rediss://` are one server; `redis+sentinel://h1:26379,h2:26379/mymaster` is Sentinel;
 * `redis+cluster://h1:6379,h2:6379` is Cluster.
 */
export function connectRedis(url: string, { forWorker }: { forWorker: boolean }): Redis | Cluster {
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

/** Redis that may evict would drop jobs without a word. Null when all is well, else the reason. */
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
