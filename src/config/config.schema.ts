import { z } from 'zod';

export const url = (example: string, ...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `is not an address such as ${example}`,
  });

const databaseUrl = (role: string) =>
  url(`postgres://${role}:secret@db.example:5432/chorong`, 'postgres:', 'postgresql:');

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
    CHORONG_INSTANCE: z
      .uuid({ error: 'is not an instance id such as those that GET /api/v1/instance shows' })
      .optional(),
    DATABASE_URL: databaseUrl('chorong_app').optional(),
    DATABASE_OWNER_URL: databaseUrl('chorong_owner').optional(),
    DATABASE_POOL: wholeNumber('20', 4, 200).default(20),
    REDIS_URL: url(
      'redis://redis.example:6379',
      'redis:',
      'rediss:',
      'redis+sentinel:',
      'redis+cluster:',
    ).optional(),
    PUBLIC_URL: url('https://alerts.example.go.kr', 'https:', 'http:').optional(),
    TRUSTED_PROXIES: z.string().optional(),
    REQUEST_STALL_SECONDS: wholeNumber('30', 1, 600).default(30),
    SMS_PROVIDER: z.enum(providers, { error: `is not one of ${providers.join(', ')}` }).default('sandbox'),
    SMS_RATE: wholeNumber('20', 1, 10_000).optional(),
    SMS_CONCURRENCY: wholeNumber('50', 1, 1000).default(50),
    SMS_TIMEOUT_MS: wholeNumber('10000', 50, 60_000).default(10_000),
    SEND_LEASE_SECONDS: wholeNumber('60', 1, 3600).default(60),
    RECONCILE_GRACE_SECONDS: wholeNumber('600', 1, 86_400).optional(),
    CHORONG_SEALING_KEYS: sealingKeys.optional(),
    CHORONG_INDEX_KEY: base64Key.optional(),
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
