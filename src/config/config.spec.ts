import { z } from 'zod';
import { ConfigError, parseConfig } from './config.js';

const pigeon = {
  name: 'pigeon',
  environment: z.object({
    PIGEON_LOFT: z.string('is missing: for example PIGEON_LOFT=roof').regex(/^[a-z]+$/, 'is no loft'),
    PIGEON_RING: z.coerce.number('is no number').optional(),
  }),
};
const sandbox = { name: 'sandbox', environment: z.object({}) };
const parse = (env: Record<string, string | undefined>) => parseConfig(env, [sandbox, pigeon]);
const secrets = { CHORONG_SEALING_KEYS: `a:${'A'.repeat(43)}=`, CHORONG_INDEX_KEY: `${'A'.repeat(43)}=` };

function problemsOf(env: Record<string, string>): string[] {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

it('starts with an empty environment, through the sandbox', () => {
  const config = parse({ PORT: '', SMS_RATE: undefined });
  expect(config).toMatchObject({ port: 3000, provider: 'sandbox', allowFictionalNumbers: true });
  expect([...config.providers]).toEqual([['sandbox', {}]]);
  expect(config.sending).toMatchObject({ rate: null, graceSeconds: null });
});

it.each([
  ['redis://:secret@redis.example:6379/0', true],
  ['rediss://redis.example', true],
  ['redis+sentinel://:secret@h1.example:26379,h2.example:26379/mymaster', true],
  ['redis+sentinel://h1.example,h2.example/chorong', true],
  ['redis+cluster://h1.example:7000,h2.example:7001,h3.example:7002', true],
  ['redis+cluster://h1.example:7000,,h2.example', false],
  ['redis+cluster://', false],
  ['http://redis.example', false],
])('takes %s for a Redis: %s', (address, isOne) => {
  const wrong = problemsOf({ REDIS_URL: address }).filter((problem) =>
    problem.startsWith('REDIS_URL is not'),
  );
  expect(wrong.length).toBe(isOne ? 0 : 1);
});

it('leads past a pooler by the same role, or not at all', () => {
  const pooled = { DATABASE_URL: 'postgres://chorong_app:a@pooler:6432/chorong' };
  const directOf = (env: Record<string, string>) => parse({ ...pooled, ...env }).database?.directUrl;
  expect(directOf({})).toBe(pooled.DATABASE_URL);
  const direct = 'postgres://chorong_app:a@db/chorong';
  expect(directOf({ DATABASE_DIRECT_URL: direct })).toBe(direct);
  const owner = { DATABASE_DIRECT_URL: 'postgres://chorong_owner:a@db/chorong' };
  for (const env of [{ ...pooled, ...owner }, { DATABASE_DIRECT_URL: direct }])
    expect(problemsOf(env)).toEqual([expect.stringMatching(/^DATABASE_DIRECT_URL names another role/)]);
});

it('names the log by the public address, unless it has a name of its own', () => {
  const originOf = (env: Record<string, string>) => parse(env).log.origin;
  expect(originOf({})).toBe('localhost/log');
  expect(originOf({ PUBLIC_URL: 'https://alerts.hanbit.example/behind/' })).toBe(
    'alerts.hanbit.example/behind/log',
  );
  expect(originOf({ PUBLIC_URL: 'https://a.example', CHORONG_LOG_ORIGIN: 'hanbit.example/2026' })).toBe(
    'hanbit.example/2026',
  );
  expect(problemsOf({ CHORONG_LOG_ORIGIN: 'two words', CHORONG_LOG_KEY: 'short' })).toEqual([
    expect.stringMatching(/^CHORONG_LOG_KEY is not 32 random bytes/),
    expect.stringMatching(/^CHORONG_LOG_ORIGIN is not a name/),
  ]);
});

it('gives each provider that has all it needs its variables, whichever SMS_PROVIDER names', () => {
  for (const provider of ['sandbox', 'pigeon']) {
    const config = parse({ SMS_PROVIDER: provider, PIGEON_LOFT: 'roof', PIGEON_RING: '7', ...secrets });
    expect(config.provider).toBe(provider);
    expect(config.providers.get('pigeon')).toEqual({ PIGEON_LOFT: 'roof', PIGEON_RING: 7 });
  }
});

it('does without a provider that lacks a variable, unless SMS_PROVIDER names it', () => {
  expect(parse({ PIGEON_RING: '7' }).providers.has('pigeon')).toBe(false);
  expect(problemsOf({ SMS_PROVIDER: 'pigeon', ...secrets })).toEqual([
    'PIGEON_LOFT is missing: for example PIGEON_LOFT=roof',
  ]);
});

it('wants the variables of each provider that a route names, and no routes beside the sandbox', () => {
  const owl = {
    name: 'owl',
    environment: z.object({ OWL_TREE: z.string('is missing: for example OWL_TREE=oak') }),
  };
  const problems = (env: Record<string, string>) => {
    try {
      return parseConfig({ PIGEON_LOFT: 'roof', ...secrets, ...env }, [sandbox, pigeon, owl]).routes.get(
        'KR',
      );
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };
  const routed = { SMS_PROVIDER: 'pigeon', SMS_ROUTES: 'KR=owl' };
  expect(problems(routed)).toEqual(['OWL_TREE is missing: for example OWL_TREE=oak']);
  expect(problems({ ...routed, OWL_TREE: 'oak' })).toEqual([{ provider: 'owl', weight: 1 }]);
  expect(problems({ ...routed, OWL_TREE: 'oak', SMS_ROUTES: 'KR=gull' })).toEqual([
    expect.stringMatching(/^SMS_ROUTES has the provider "gull"/),
  ]);
  expect(problems({ SMS_ROUTES: 'KR=pigeon' })).toEqual([
    expect.stringMatching(/^SMS_ROUTES stands beside the sandbox/),
  ]);
});

it('reports together everything that is wrong, a provider’s variables among it', () => {
  expect(problemsOf({ PORT: 'eighty', SMS_PROVIDER: 'owl', PIGEON_LOFT: 'R2', PIGEON_RING: 'x' })).toEqual([
    'PORT is not a number such as 3000',
    'SMS_PROVIDER is not one of sandbox, pigeon',
    'PIGEON_LOFT is no loft',
    'PIGEON_RING is no number',
  ]);
});

it('reports together what a real provider lacks', () => {
  expect(problemsOf({ SMS_PROVIDER: 'pigeon' })).toEqual([
    'PIGEON_LOFT is missing: for example PIGEON_LOFT=roof',
    expect.stringMatching(/^CHORONG_SEALING_KEYS is missing: .*openssl/),
    expect.stringMatching(/^CHORONG_INDEX_KEY is missing: .*openssl/),
  ]);
});

it.each([
  [{ CHORONG_INDEX_KEY: secrets.CHORONG_INDEX_KEY }, /go together/],
  [{ DATABASE_OWNER_URL: 'postgres://owner@db/chorong' }, /^DATABASE_URL is missing/],
  [{ DATABASE_URL: 'postgres://a@db/x', DATABASE_OWNER_URL: 'postgres://a@db/x' }, /name the same role/],
  [{ SMS_TIMEOUT_MS: '40000' }, /at most half of SEND_LEASE_SECONDS/],
])('refuses %j, which contradicts itself', (env, problem) => {
  expect(problemsOf(env)).toEqual([expect.stringMatching(problem)]);
});
