import { resolve } from 'node:path';
import type { z } from 'zod';
import { type Environment, environmentSchema, withoutTrailingSlash } from './config.schema.js';

/** ProviderVariables is what the parser of the environment has to know of a provider of texts. */
export interface ProviderVariables {
  name: string;
  /** Issues about variables that are missing count only where `SMS_PROVIDER` names the provider. */
  environment: z.ZodType;
}

/** The Config is parsed once, at the start; everything else takes what it needs of it from here. */
export type Config = ReturnType<typeof configOf>;

/** A ConfigError names each variable that is wrong, with what is wrong and an example. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not right:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  }
}

/** Throws a ConfigError with all that is wrong, or else with all that is missing or contradictory. */
export function parseConfig(
  env: Record<string, string | undefined>,
  providers: readonly ProviderVariables[],
): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema(providers.map(({ name }) => name)).safeParse(given);
  const ofProviders = providers.map(({ name, environment }) => ({ name, ...environment.safeParse(given) }));
  const wrong = [parsed, ...ofProviders].flatMap(({ error }) => error?.issues ?? []).filter(isGiven(given));
  if (!parsed.success || wrong.length > 0) throw new ConfigError(wrong.map(sentenceOf));
  const e = parsed.data;
  const chosen = ofProviders.find(({ name }) => name === e.SMS_PROVIDER);
  const problems = [...(chosen?.error?.issues ?? []).map(sentenceOf), ...contradictions(e)];
  if (problems.length > 0) throw new ConfigError(problems);
  return configOf(
    e,
    new Map(ofProviders.flatMap(({ name, success, data }) => (success ? [[name, data]] : []))),
  );
}

function configOf(e: Environment, providers: ReadonlyMap<string, unknown>) {
  return {
    port: e.PORT,
    host: e.HOST,
    dataDir: resolve(e.CHORONG_DATA_DIR),
    role: e.CHORONG_ROLE,
    instance: e.CHORONG_INSTANCE ?? null,
    /** It is null where the embedded server is used. */
    database: e.DATABASE_URL ? { url: e.DATABASE_URL, ownerUrl: e.DATABASE_OWNER_URL ?? null } : null,
    databasePool: e.DATABASE_POOL,
    redisUrl: e.REDIS_URL ?? null,
    publicUrl: e.PUBLIC_URL ? withoutTrailingSlash(e.PUBLIC_URL) : null,
    trustedProxies: e.TRUSTED_PROXIES?.split(',').map((p) => p.trim()) ?? [],
    limits: {
      /** A request's header has to be whole within so many seconds, and its body has to move within each. */
      stallSeconds: e.REQUEST_STALL_SECONDS,
      /** A connection on which nothing moves is closed after so long, though an answer is being made. */
      idleMs: 600_000,
      /** A request whose caller went away may hold a connection to the database for so long, and then its turn is over. */
      abandonedMs: 10_000,
      /** A connection to the database is given up when it has been silent for so long: longer than any statement may take. */
      silentDatabaseMs: 70_000,
      /** A tick or a drain stands still when it has not ended for so long. What a drain calls ends with its lease. */
      standingMs: Math.max(120_000, 2000 * e.SEND_LEASE_SECONDS),
    },
    /** New messages go through this provider. */
    provider: e.SMS_PROVIDER,
    /** It holds by name the variables of each provider that has all it needs, as its own schema parsed them. */
    providers,
    /** It is null where they are made at the first start and kept in the data folder, which only the sandbox may use. */
    secrets:
      e.CHORONG_SEALING_KEYS && e.CHORONG_INDEX_KEY
        ? { sealingKeys: e.CHORONG_SEALING_KEYS, indexKey: e.CHORONG_INDEX_KEY }
        : null,
    bootstrapApiKey: e.BOOTSTRAP_API_KEY ?? null,
    allowFictionalNumbers: e.ALLOW_FICTIONAL_NUMBERS ?? e.SMS_PROVIDER === 'sandbox',
    sending: {
      /** Messages a second for a sender; it is null where the provider's own rate counts. */
      rate: e.SMS_RATE ?? null,
      /** A process has this many calls under way at once. */
      concurrency: e.SMS_CONCURRENCY,
      timeoutMs: e.SMS_TIMEOUT_MS,
      leaseSeconds: e.SEND_LEASE_SECONDS,
      /** It is longer than the provider's worst latency: what is absent past it is sent again. Null: the provider's own. */
      graceSeconds: e.RECONCILE_GRACE_SECONDS ?? null,
    },
    // A newcomer's terminal shows what they can do, not how modules were wired.
    logLevel: e.LOG_LEVEL ?? (e.DATABASE_URL ? 'info' : 'warn'),
    /** A fault test names here the place in the sending path that kills the process; it counts only under NODE_ENV=test. */
    failpoint: e.NODE_ENV === 'test' ? (e.CHORONG_FAILPOINT ?? null) : null,
  };
}

/** Tells issues with a variable's value from those about a variable that is missing. */
function isGiven(given: Record<string, unknown>): (issue: z.core.$ZodIssue) => boolean {
  return (issue) => issue.path.some((name) => Object.hasOwn(given, name));
}

function sentenceOf({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')} ${message}`;
}

function contradictions(e: Environment): string[] {
  const problems: string[] = [];
  const need = (name: keyof Environment, why: string) => {
    if (!e[name]) problems.push(`${name} is missing: ${why}`);
  };
  if (e.SMS_PROVIDER !== 'sandbox') {
    need(
      'CHORONG_SEALING_KEYS',
      'a real provider needs keys of your own, for example 2026a:$(openssl rand -base64 32)',
    );
    need('CHORONG_INDEX_KEY', 'a real provider needs a key of your own: openssl rand -base64 32');
  }
  if (!e.CHORONG_SEALING_KEYS !== !e.CHORONG_INDEX_KEY) {
    problems.push('CHORONG_SEALING_KEYS and CHORONG_INDEX_KEY go together: give both or neither');
  }
  if (e.DATABASE_URL && e.DATABASE_OWNER_URL && userOf(e.DATABASE_URL) === userOf(e.DATABASE_OWNER_URL)) {
    problems.push(
      'DATABASE_URL and DATABASE_OWNER_URL name the same role: the service may not own its tables; for example chorong_app and chorong_owner',
    );
  }
  if (e.DATABASE_OWNER_URL && !e.DATABASE_URL) {
    problems.push(
      'DATABASE_URL is missing beside DATABASE_OWNER_URL: for example postgres://chorong_app:…@db/chorong',
    );
  }
  if (e.SMS_TIMEOUT_MS * 2 > e.SEND_LEASE_SECONDS * 1000) {
    problems.push('SMS_TIMEOUT_MS must be at most half of SEND_LEASE_SECONDS: for example 10000 and 60');
  }
  return problems;
}

function userOf(databaseUrl: string): string {
  return new URL(databaseUrl).username;
}
