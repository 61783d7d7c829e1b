import { resolve } from 'node:path';
import { environmentSchema, type Environment } from './config.schema.js';

export interface TwilioConfig {
  accountSid: string;
  authToken: string;
  messagingServiceSid: string | null;
  from: string | null;
  baseUrl: string;
  publicUrl: string;
}

/** Parsed once, at the start; everything else takes what it needs of it from here. */
export interface Config {
  port: number;
  host: string;
  dataDir: string;
  role: 'all' | 'api' | 'worker';
  instance: string | null;
  /** Null: the embedded server. */
  database: { url: string; ownerUrl: string | null } | null;
  databasePool: number;
  redisUrl: string | null;
  publicUrl: string | null;
  trustedProxies: string[];
  provider: 'sandbox' | 'twilio';
  twilio: TwilioConfig | null;
  /** Null: made at the first start and kept in the data folder, which only the sandbox may use. */
  secrets: { sealingKeys: string; indexKey: string } | null;
  bootstrapApiKey: string | null;
  allowFictionalNumbers: boolean;
  sending: {
    /** Messages a second for the sender. */
    rate: number;
    /** Calls under way at once in a process. */
    concurrency: number;
    timeoutMs: number;
    leaseSeconds: number;
    /** Longer than the provider's worst latency; what is absent past it is sent again. */
    graceSeconds: number;
  };
  logLevel: NonNullable<Environment['LOG_LEVEL']>;
  /** A place in the sending path where a fault test kills the process; only under NODE_ENV=test. */
  failpoint: string | null;
}

/** A wrong environment: names each variable, what is wrong and an example. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not right:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  }
}

export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const e = parsed.data;
  const problems = contradictions(e);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    port: e.PORT,
    host: e.HOST,
    dataDir: resolve(e.CHORONG_DATA_DIR),
    role: e.CHORONG_ROLE,
    instance: e.CHORONG_INSTANCE ?? null,
    database: e.DATABASE_URL ? { url: e.DATABASE_URL, ownerUrl: e.DATABASE_OWNER_URL ?? null } : null,
    databasePool: e.DATABASE_POOL,
    redisUrl: e.REDIS_URL ?? null,
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    trustedProxies: e.TRUSTED_PROXIES?.split(',').map((p) => p.trim()) ?? [],
    provider: e.SMS_PROVIDER,
    twilio: e.SMS_PROVIDER === 'twilio' ? twilioOf(e) : null,
    secrets:
      e.CHORONG_SEALING_KEYS && e.CHORONG_INDEX_KEY
        ? { sealingKeys: e.CHORONG_SEALING_KEYS, indexKey: e.CHORONG_INDEX_KEY }
        : null,
    bootstrapApiKey: e.BOOTSTRAP_API_KEY ?? null,
    allowFictionalNumbers: e.ALLOW_FICTIONAL_NUMBERS ?? e.SMS_PROVIDER === 'sandbox',
    sending: {
      // No carrier paces the sandbox, and a year passes in a moment there.
      rate: e.SMS_RATE ?? (e.SMS_PROVIDER === 'sandbox' ? 1000 : 20),
      concurrency: e.SMS_CONCURRENCY,
      timeoutMs: e.SMS_TIMEOUT_MS,
      leaseSeconds: e.SEND_LEASE_SECONDS,
      graceSeconds: e.RECONCILE_GRACE_SECONDS ?? (e.SMS_PROVIDER === 'sandbox' ? 5 : 600),
    },
    // A newcomer's terminal shows what he can do, not how modules were wired.
    logLevel: e.LOG_LEVEL ?? (e.DATABASE_URL ? 'info' : 'warn'),
    failpoint: e.NODE_ENV === 'test' ? (e.CHORONG_FAILPOINT ?? null) : null,
  };
}

function contradictions(e: Environment): string[] {
  const problems: string[] = [];
  const need = (name: keyof Environment, why: string) => {
    if (!e[name]) problems.push(`${name} is missing: ${why}`);
  };
  if (e.SMS_PROVIDER === 'twilio') {
    need(
      'TWILIO_ACCOUNT_SID',
      'SMS_PROVIDER=twilio needs the account id, such as AC and 32 hexadecimal digits',
    );
    need('TWILIO_AUTH_TOKEN', 'SMS_PROVIDER=twilio needs the auth token of the account');
    need('PUBLIC_URL', 'receipts come back to it, for example https://alerts.example.go.kr');
    need(
      'CHORONG_SEALING_KEYS',
      'a real provider needs keys of your own, for example 2026a:$(openssl rand -base64 32)',
    );
    need('CHORONG_INDEX_KEY', 'a real provider needs a key of your own: openssl rand -base64 32');
    if (!e.TWILIO_MESSAGING_SERVICE_SID && !e.TWILIO_FROM) {
      problems.push(
        'TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM is missing: for example TWILIO_FROM=+12125550100',
      );
    }
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

function twilioOf(e: Environment): TwilioConfig {
  return {
    accountSid: e.TWILIO_ACCOUNT_SID ?? '',
    authToken: e.TWILIO_AUTH_TOKEN ?? '',
    messagingServiceSid: e.TWILIO_MESSAGING_SERVICE_SID ?? null,
    from: e.TWILIO_FROM ?? null,
    baseUrl: e.TWILIO_BASE_URL,
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, '') ?? '',
  };
}

function userOf(databaseUrl: string): string {
  return new URL(databaseUrl).username;
}
