import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type JsonTemplate, jsonTemplate, secretsIn, template } from './templates.js';

const path = z.string().regex(/^[\w-]+(\.[\w-]+)*$/, 'is not a path such as result.id');
const codes = z.array(z.string().min(1)).min(1);

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** An address whose host is fixed. It is https, but for a program on this machine. */
function address(...names: string[]) {
  return template(...names).refine(isTrusted, {
    abort: true,
    error:
      'is not an https address with a fixed host, such as https://sms.example/v1/send?ref={reference}; http is for 127.0.0.1 alone',
  });
}

function isTrusted(text: string): boolean {
  const fixed = text.replace(/\{[^{}]*\}/g, 'x');
  if (!/^https?:\/\/[^/?#{}@]+(\/|$)/.test(text) || !URL.canParse(fixed)) return false;
  const { protocol, hostname } = new URL(fixed);
  return protocol === 'https:' || loopback.includes(hostname);
}

function headers(...names: string[]) {
  return z
    .record(z.string().regex(/^[\w-]+$/, 'is not the name of a header'), template(...names))
    .default({})
    .superRefine((given, context) => {
      for (const [name, value] of Object.entries(given))
        if (/authorization|key|secret|token/i.test(name) && !value.includes('{env:'))
          context.addIssue({
            code: 'custom',
            path: [name],
            message: 'holds a secret: put it into the environment and write {env:GATEWAY_TOKEN} here',
          });
    });
}

function call(...names: string[]) {
  return {
    method: z.enum(['GET', 'POST', 'PUT'], { error: 'is not GET, POST or PUT' }),
    address: address(...names),
    // A line break in the words would break a header.
    headers: headers(...names.filter((name) => name !== 'text')),
    json: jsonTemplate(...names).optional(),
    form: z.record(z.string(), template(...names)).optional(),
  };
}

/** These paths say where the facts of a text stand: in each entry of `list`, or in the whole answer or report. */
const record = {
  list: path.optional(),
  id: path,
  status: path,
  code: path.optional(),
};

const meaning = z.strictObject({ ko: z.string().min(1), en: z.string().min(1) });
const meanings = z.record(z.string().min(1), meaning).default({});

/** A Description is the file that says how a gateway is spoken to. docs/providers.md explains each of its fields. */
const descriptionSchema = z
  .strictObject({
    name: z.string().min(1).max(40),
    sender: z.string().regex(/^\+?[0-9A-Za-z]{3,20}$/, 'is not a sender such as 0200000000'),
    rate: z.int().min(1).max(1000),
    longestText: z.strictObject({ characters: z.int().min(70).max(2000) }),
    deduplication: z
      .strictObject({
        by: z.enum(['key', 'content'], { error: 'is neither key nor content' }),
        windowSeconds: z
          .int()
          .min(1200, 'is below 1200: leave deduplication out where the window is shorter'),
      })
      .optional(),
    send: z.strictObject({
      ...call('from', 'to', 'nationalTo', 'text', 'reference', 'attempt'),
      answer: z.strictObject({ id: path, code: path.optional(), accepted: codes.optional() }),
    }),
    find: z.strictObject({
      ...call('from', 'to', 'nationalTo', 'reference'),
      absentStatus: z.literal(404, { error: 'is not 404' }).optional(),
      answer: z.strictObject({ ...record, reference: path, createdAt: path.optional() }),
    }),
    status: z.strictObject({ ...call('id'), answer: z.strictObject(record) }),
    statuses: z.strictObject({ accepted: codes, sent: codes, delivered: codes, failed: codes }),
    report: z
      .strictObject({
        ...record,
        attempt: path.optional(),
        header: z.string().regex(/^[\w-]+$/, 'is not the name of a header'),
        /** The header holds the secret itself, or the HMAC-SHA256 of the body by it, in hexadecimal. */
        proof: z.enum(['secret', 'hmac-sha256'], { error: 'is neither secret nor hmac-sha256' }),
        secret: template().refine((text) => /^\{env:\w+\}$/.test(text), {
          error: 'is not a name of the environment such as {env:GATEWAY_REPORT_SECRET}',
        }),
      })
      .optional(),
    codes: z.strictObject({
      retry: meanings,
      permanent: meanings,
      'hold-route': meanings,
      'stop-line': meanings,
      hold: meanings,
      /** The gateway has the text already: what became of it is looked for. */
      duplicate: codes.optional(),
    }),
  })
  .superRefine(({ send, find, status }, context) => {
    const origin = originOf(send.address);
    for (const [name, { address: other }] of Object.entries({ find, status }))
      if (originOf(other) !== origin)
        context.addIssue({
          code: 'custom',
          path: [name, 'address'],
          message: `is not at ${origin}, where texts are sent`,
        });
    if (!JSON.stringify(send).includes('{reference}'))
      context.addIssue({
        code: 'custom',
        path: ['send'],
        message: 'does not hold {reference}: a text whose answer is lost could never be looked for',
      });
    if (!JSON.stringify(find).includes('{reference}'))
      context.addIssue({
        code: 'custom',
        path: ['find'],
        message: 'does not ask for {reference}, by which a text is looked for',
      });
    if (send.answer.code !== undefined && send.answer.accepted === undefined)
      context.addIssue({
        code: 'custom',
        path: ['send', 'answer', 'accepted'],
        message: 'is missing: the codes that say that a text was taken, such as ["0000"]',
      });
  });
export type Description = z.infer<typeof descriptionSchema>;

export type Call = Pick<Description['send'], 'method' | 'address' | 'headers'> & {
  json?: JsonTemplate | undefined;
  form?: Readonly<Record<string, string>> | undefined;
};

/** The description as the variables of the environment give it, with the secrets that it names. */
export const gatewayEnvironment = z
  .looseObject({
    GATEWAY_FILE: z.string(
      'is missing: the file that describes the gateway, for example /etc/chorong/gateway.json',
    ),
  })
  .transform((given, context) => {
    const problem = (message: string, name = 'GATEWAY_FILE') => {
      context.addIssue({ code: 'custom', path: [name], message });
      return z.NEVER;
    };
    const json = readJson(given.GATEWAY_FILE);
    if (typeof json === 'string') return problem(json);
    const read = descriptionSchema.safeParse(json.value, { error: plainly });
    if (!read.success) {
      for (const issue of read.error.issues)
        problem(`${given.GATEWAY_FILE}: ${issue.path.join('.') || 'the whole'} ${issue.message}`);
      return z.NEVER;
    }
    const secrets: Record<string, string> = {};
    for (const name of secretsIn(read.data)) {
      const value = given[name];
      if (typeof value === 'string' && value !== '') secrets[`env:${name}`] = value;
      else problem(`is missing: ${given.GATEWAY_FILE} names it`, name);
    }
    return { description: read.data, secrets };
  });

/** Returns what is wrong with the file as a sentence. */
function readJson(file: string): { value: unknown } | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return `cannot be read: ${file}; name a file that this service may read`;
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return `is no JSON: ${file}; docs/gateway.example.json is one to begin with`;
  }
}

const plainly: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') return `holds ${issue.keys.join(', ')}, which it may not`;
  if (issue.input === undefined) return 'is missing';
  return 'has another form than docs/providers.md says';
};

export function originOf(text: string): string {
  return new URL(text.replace(/\{[^{}]*\}/g, 'x')).origin;
}
