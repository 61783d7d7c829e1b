import { resolve } from 'node:path';
import { z } from 'zod';
import { carriersIn, type Routes, routesOf } from './routes.js';

/** ProviderVariables is what the parser of the environment has to know of a provider of texts. */
export interface ProviderVariables {
  name: string;
  /** Issues about variables that are missing count only where `SMS_PROVIDER` or `SMS_ROUTES` names the provider. */
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
  const names = providers.map(({ name }) => name);
  const { routes, problems: ofRoutes } = routesOf(e.SMS_ROUTES, { names, forSending: e.SMS_PROVIDER });
  const used = new Set([e.SMS_PROVIDER, ...carriersIn(routes)]);
  const lacking = ofProviders
    .filter(({ name }) => used.has(name))
    .flatMap(({ error }) => error?.issues ?? []);
  const problems = [
    ...new Set(lacking.map(sentenceOf)),
    ...ofRoutes.map((problem) => `SMS_ROUTES ${problem}`),
    ...contradictions(e),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return configOf(
    e,
    routes,
    new Map(ofProviders.flatMap(({ name, success, data }) => (success ? [[name, data]] : []))),
  );
}

function configOf(e: Environment, routes: Routes, providers: ReadonlyMap<string, unknown>) {
  return {
    port: e.PORT,
    host: e.HOST,
    dataDir: resolve(e.CHORONG_DATA_DIR),
    role: e.CHORONG_ROLE,
    instance: e.CHORONG_INSTANCE ?? null,
    /** It is null where the embedded server is used. */
    database: e.DATABASE_URL
      ? {
          url: e.DATABASE_URL,
          ownerUrl: e.DATABASE_OWNER_URL ?? null,
          /** It leads past a pooler, for what keeps a connection: the queue in PostgreSQL, and exports. */
          directUrl: e.DATABASE_DIRECT_URL ?? e.DATABASE_URL,
        }
      : null,
    databasePool: e.DATABASE_POOL,
    redisUrl: e.REDIS_URL ?? null,
    publicUrl: e.PUBLIC_URL ? withoutTrailingSlash(e.PUBLIC_URL) : null,
    /** The server that takes mail; null where nobody is written to. */
    mail: e.SMTP_URL && e.MAIL_FROM ? { url: e.SMTP_URL, from: e.MAIL_FROM } : null,
    /** The contract service of e-procurement; null where no list is filled from it. */
    procurement:
      e.PROCUREMENT_URL && e.PROCUREMENT_KEY ? { url: e.PROCUREMENT_URL, key: e.PROCUREMENT_KEY } : null,
    /** The OpenID Connect issuer that people may sign in by, or have to; null where there is none. */
    oidc:
      e.CHORONG_OIDC_ISSUER && e.CHORONG_OIDC_CLIENT_ID && e.CHORONG_OIDC_CLIENT_SECRET
        ? {
            issuer: e.CHORONG_OIDC_ISSUER,
            clientId: e.CHORONG_OIDC_CLIENT_ID,
            clientSecret: e.CHORONG_OIDC_CLIENT_SECRET,
            only: e.CHORONG_OIDC_ONLY ?? false,
            /** The value of `amr` by which the issuer says that it asked for a second factor. */
            secondFactor: e.CHORONG_OIDC_SECOND_FACTOR ?? null,
          }
        : null,
    /** The collector that takes spans; null where nothing is traced. */
    tracing: e.OTEL_EXPORTER_OTLP_ENDPOINT
      ? { endpoint: withoutTrailingSlash(e.OTEL_EXPORTER_OTLP_ENDPOINT), role: e.CHORONG_ROLE }
      : null,
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
      /** A page of a search reads so many texts for words of one or two letters, which takes about a tenth of a second. */
      textsOfOnePage: 10_000,
    },
    /** New messages go through this provider where no route says otherwise, and examples name its sender. */
    provider: e.SMS_PROVIDER,
    /** Which providers new messages go through, by the country of the number; all of them to `provider` unless `SMS_ROUTES` says more. */
    routes,
    /** What a fresh embedded sandbox is filled with. */
    sandbox: e.CHORONG_SANDBOX,
    /** It holds by name the variables of each provider that has all it needs, as its own schema parsed them. */
    providers,
    /** It is null where they are made at the first start and kept in the data folder, which only the sandbox may use. */
    secrets:
      e.CHORONG_SEALING_KEYS && e.CHORONG_INDEX_KEY
        ? { sealingKeys: e.CHORONG_SEALING_KEYS, indexKey: e.CHORONG_INDEX_KEY }
        : null,
    /** By what name and key the public log is signed; a key is derived where none is given. */
    log: {
      origin:
        e.CHORONG_LOG_ORIGIN ?? `${e.PUBLIC_URL ? addressWithoutScheme(e.PUBLIC_URL) : 'localhost'}/log`,
      key: e.CHORONG_LOG_KEY ?? null,
      witnesses: witnessesOf(e.CHORONG_LOG_WITNESSES ?? ''),
      store: e.CHORONG_LOG_STORE
        ? { url: withoutTrailingSlash(e.CHORONG_LOG_STORE), access: accessOf(e.CHORONG_LOG_STORE_KEY) }
        : null,
    },
    /** Origins inside the network, or without TLS, that the feed may be pushed to. */
    feedInside: e.CHORONG_FEED_INSIDE?.split(',').map((origin) => new URL(origin.trim()).origin) ?? [],
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
  if (e.SMS_ROUTES && e.SMS_PROVIDER === 'sandbox') {
    problems.push(
      'SMS_ROUTES stands beside the sandbox, which sends nothing: name a provider in SMS_PROVIDER',
    );
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
  if (
    e.DATABASE_DIRECT_URL &&
    (!e.DATABASE_URL || userOf(e.DATABASE_URL) !== userOf(e.DATABASE_DIRECT_URL))
  ) {
    problems.push(
      'DATABASE_DIRECT_URL names another role than DATABASE_URL: give the same one, past the pooler; for example postgres://chorong_app:…@db/chorong',
    );
  }
  if (e.CHORONG_LOG_STORE?.startsWith('http')) {
    need('CHORONG_LOG_STORE_KEY', 'the bucket opens to a key, for example AKID:secret');
  }
  if (e.SMTP_URL) {
    need('MAIL_FROM', 'mail has to come from somebody, for example chorong@example.go.kr');
    need('PUBLIC_URL', 'links in mail lead to it, for example https://alerts.example.go.kr');
  }
  if (!e.PROCUREMENT_URL !== !e.PROCUREMENT_KEY) {
    problems.push('PROCUREMENT_URL and PROCUREMENT_KEY go together: give both or neither');
  }
  if (e.CHORONG_OIDC_ISSUER) {
    need('CHORONG_OIDC_CLIENT_ID', 'the issuer knows this service by it');
    need('CHORONG_OIDC_CLIENT_SECRET', 'the issuer gives it with the client’s id');
    need('PUBLIC_URL', 'the issuer leads people back to it, for example https://alerts.example.go.kr');
  } else if (e.CHORONG_OIDC_ONLY) {
    need('CHORONG_OIDC_ISSUER', 'nobody could sign in without it, for example https://login.example.go.kr');
  }
  if (e.SMS_TIMEOUT_MS * 2 > e.SEND_LEASE_SECONDS * 1000) {
    problems.push('SMS_TIMEOUT_MS must be at most half of SEND_LEASE_SECONDS: for example 10000 and 60');
  }
  return problems;
}

function userOf(databaseUrl: string): string {
  return new URL(databaseUrl).username;
}

export const url = (example: string, ...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `is not an address such as ${example}`,
  });

const databaseUrl = (role: string) =>
  url(`postgres://${role}:secret@db.example:5432/chorong`, 'postgres:', 'postgresql:');

/** Several hosts, each with its port, are no URL to `URL`. */
const severalRedis =
  /^redis\+(sentinel|cluster):\/\/([^\s@]*@)?[^\s,/@:]+(:\d{1,5})?(,[^\s,/@:]+(:\d{1,5})?)*(\/[^\s/]*)?$/;

const redisUrl = z.union(
  [url('redis://redis.example:6379', 'redis:', 'rediss:'), z.string().regex(severalRedis)],
  {
    error:
      'is not an address such as redis://redis.example:6379, redis+sentinel://h1:26379,h2:26379/mymaster or redis+cluster://h1:6379,h2:6379',
  },
);

const wholeNumber = (example: string, min: number, max: number) =>
  z.coerce
    .number({ error: `is not a number such as ${example}` })
    .int(`is not a whole number such as ${example}`)
    .min(min, `is below ${min}; for example ${example}`)
    .max(max, `is above ${max}; for example ${example}`);

const sealingKeys = z.string().regex(/^[\w-]+:[A-Za-z0-9+/=_-]+(,[\w-]+:[A-Za-z0-9+/=_-]+)*$/, {
  error:
    'is not a list of keys such as 2026a:BASE64 (32 random bytes: openssl rand -base64 32); the first seals, all open',
});

const base64Key = z.string().regex(/^[A-Za-z0-9+/_-]{43,}=*$/, {
  error: 'is not 32 random bytes in base64, as printed by: openssl rand -base64 32',
});

const flag = z.enum(['true', 'false'], { error: 'is neither true nor false' }).transform((v) => v === 'true');

/** `PUBLIC_URL` of a provider that reports to us: without a trailing slash. Its form is checked with the other variables. */
export const publicUrl = z
  .string('is missing: receipts come back to it, for example https://alerts.example.go.kr')
  .transform(withoutTrailingSlash);

function witnessesOf(list: string): { key: string; url: string }[] {
  return list
    .split(',')
    .map((entry) => entry.trim().split(/\s+/))
    .flatMap(([key, address]) => (key && address ? [{ key, url: withoutTrailingSlash(address) }] : []));
}

function accessOf(key: string | undefined) {
  if (!key) return null;
  const [accessKeyId = '', ...secret] = key.split(':');
  return { accessKeyId, secretAccessKey: secret.join(':') };
}

function addressWithoutScheme(address: string): string {
  return withoutTrailingSlash(address).replace(/^https?:\/\//, '');
}

export function withoutTrailingSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

/** Every variable that the service reads, beside those of its providers. An empty value counts as missing. */
export const environmentSchema = (providers: string[]) =>
  z.object({
    NODE_ENV: z.string().optional(),
    PORT: wholeNumber('3000', 0, 65535).default(3000),
    HOST: z.string().default('127.0.0.1'),
    CHORONG_DATA_DIR: z.string().default('.chorong'),
    CHORONG_ROLE: z
      .enum(['all', 'api', 'worker'], { error: 'is not one of all, api, worker' })
      .default('all'),
    CHORONG_SANDBOX: z.enum(['city', 'empty'], { error: 'is neither city nor empty' }).default('city'),
    CHORONG_INSTANCE: z
      .uuidv7({
        error: 'is not an instance id (a UUID of version 7) such as those that GET /api/v1/instance shows',
      })
      .optional(),
    DATABASE_URL: databaseUrl('chorong_app').optional(),
    DATABASE_OWNER_URL: databaseUrl('chorong_owner').optional(),
    DATABASE_DIRECT_URL: databaseUrl('chorong_app').optional(),
    DATABASE_POOL: wholeNumber('20', 4, 200).default(20),
    REDIS_URL: redisUrl.optional(),
    PUBLIC_URL: url('https://alerts.example.go.kr', 'https:', 'http:').optional(),
    SMTP_URL: url('smtps://chorong:secret@mail.example.go.kr', 'smtp:', 'smtps:').optional(),
    MAIL_FROM: z
      .string()
      .regex(/^[^\s@<>]+@[^\s@<>]+$/, { error: 'is not an address such as chorong@example.go.kr' })
      .optional(),
    PROCUREMENT_URL: url(
      'https://apis.data.go.kr/1230000/ao/CntrctInfoService?insttDivCd=1&insttCd=6110000',
      'https:',
      'http:',
    ).optional(),
    PROCUREMENT_KEY: z.string().optional(),
    CHORONG_OIDC_ISSUER: url('https://login.example.go.kr', 'https:', 'http:').optional(),
    CHORONG_OIDC_CLIENT_ID: z.string().optional(),
    CHORONG_OIDC_CLIENT_SECRET: z.string().optional(),
    CHORONG_OIDC_ONLY: flag.optional(),
    CHORONG_OIDC_SECOND_FACTOR: z.string().optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: url('http://collector.example:4318', 'http:', 'https:').optional(),
    /** The exporter itself reads the headers of its requests, such as a key. */
    OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
    TRUSTED_PROXIES: z.string().optional(),
    REQUEST_STALL_SECONDS: wholeNumber('30', 1, 600).default(30),
    SMS_PROVIDER: z.enum(providers, { error: `is not one of ${providers.join(', ')}` }).default('sandbox'),
    SMS_ROUTES: z.string().optional(),
    SMS_RATE: wholeNumber('20', 1, 10_000).optional(),
    SMS_CONCURRENCY: wholeNumber('50', 1, 1000).default(50),
    SMS_TIMEOUT_MS: wholeNumber('10000', 50, 60_000).default(10_000),
    SEND_LEASE_SECONDS: wholeNumber('60', 1, 3600).default(60),
    RECONCILE_GRACE_SECONDS: wholeNumber('600', 1, 86_400).optional(),
    CHORONG_SEALING_KEYS: sealingKeys.optional(),
    CHORONG_INDEX_KEY: base64Key.optional(),
    CHORONG_LOG_KEY: base64Key.optional(),
    CHORONG_LOG_ORIGIN: z
      .string()
      .regex(/^[^\s+]{1,200}$/, {
        error: 'is not a name without spaces and plus signs such as alerts.example.go.kr/log',
      })
      .optional(),
    CHORONG_LOG_WITNESSES: z
      .string()
      .regex(
        /^\s*[^\s+,]+\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}\s+https?:\/\/[^\s,]+(\s*,\s*[^\s+,]+\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}\s+https?:\/\/[^\s,]+)*\s*$/,
        {
          error:
            'is not a list of verifier keys of witnesses with their addresses, such as audit.example/w+0123abcd+BW… https://witness.audit.example, separated by commas',
        },
      )
      .optional(),
    CHORONG_LOG_STORE: z
      .string()
      .regex(/^(file:\/\/\/\S+|https?:\/\/[^\s/@]+\/[^\s?#]+)$/, {
        error:
          'is neither a folder such as file:///srv/checkpoints nor a bucket such as https://s3.example.go.kr/bucket/chorong',
      })
      .optional(),
    CHORONG_LOG_STORE_KEY: z
      .string()
      .regex(/^[^\s:]+:\S+$/, { error: 'is not an access key and its secret, as ID:SECRET' })
      .optional(),
    CHORONG_FEED_INSIDE: z
      .string()
      .regex(/^\s*https?:\/\/[^\s/@,?#]+\/?(\s*,\s*https?:\/\/[^\s/@,?#]+\/?)*\s*$/, {
        error: 'is not a list of origins such as http://projects.internal:8080, separated by commas',
      })
      .optional(),
    BOOTSTRAP_API_KEY: z
      .string()
      .regex(/^chr_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{32,}$/, {
        error: 'is not a key such as chr_ABCD1234_ and 32 or more letters, digits, - or _',
      })
      .optional(),
    ALLOW_FICTIONAL_NUMBERS: flag.optional(),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
        error: 'is not one of fatal, error, warn, info, debug, trace, silent',
      })
      .optional(),
    CHORONG_FAILPOINT: z.string().optional(),
  });
export type Environment = z.infer<ReturnType<typeof environmentSchema>>;
