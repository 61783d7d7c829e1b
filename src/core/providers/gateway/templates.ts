import { z } from 'zod';

/** Values are what the braces of a description stand for. Secrets are among them as `env:NAME`. */
export type Values = Readonly<Record<string, string>>;

/** A JsonTemplate is JSON whose strings may hold names in braces. */
export type JsonTemplate =
  string | number | boolean | null | JsonTemplate[] | { [name: string]: JsonTemplate };

const named = /\{([^{}]*)\}/g;

/** Only these variables may be named by a description, so that none of the service's other secrets can be sent away. */
const secretName = /^env:GATEWAY_[A-Z0-9_]+$/;

/** Text that may hold these names in braces, and secrets as {env:GATEWAY_…}. */
export function template(...names: string[]) {
  return z.string().superRefine((text, context) => {
    for (const name of namesIn(text))
      if (!names.includes(name) && !secretName.test(name))
        context.addIssue({
          code: 'custom',
          message: `names {${name}}, which is none of ${names.map((one) => `{${one}}`).join(', ')} and no secret such as {env:GATEWAY_TOKEN}`,
        });
  });
}

export function jsonTemplate(...names: string[]): z.ZodType<JsonTemplate> {
  const text = template(...names);
  const json: z.ZodType<JsonTemplate> = z.lazy(() =>
    z.union([text, z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
  );
  return json;
}

/** Returns the variables of the environment that are named anywhere in a description. */
export function secretsIn(description: unknown): string[] {
  const names = namesIn(JSON.stringify(description)).filter((name) => secretName.test(name));
  return [...new Set(names.map((name) => name.slice('env:'.length)))];
}

/** Puts values for the names. It is done once: a value that holds braces stays as it is. */
export function fill(text: string, values: Values, encode = (value: string) => value): string {
  return text.replace(named, (_, name: string) => encode(values[name] ?? ''));
}

export function fillJson(json: JsonTemplate, values: Values): JsonTemplate {
  if (typeof json === 'string') return fill(json, values);
  if (Array.isArray(json)) return json.map((one) => fillJson(one, values));
  if (json === null || typeof json !== 'object') return json;
  return Object.fromEntries(Object.entries(json).map(([name, one]) => [name, fillJson(one, values)]));
}

/** Returns what stands at a path such as result.0.id in parsed JSON; undefined where there is nothing. */
export function at(path: string, json: unknown): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
          ? (inner as Record<string, unknown>)[name]
          : undefined,
      json,
    );
}

function namesIn(text: string): string[] {
  return [...text.matchAll(named)].map(([, name = '']) => name);
}
