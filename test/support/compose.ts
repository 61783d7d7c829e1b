import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface ComposeService {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas: number };
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
}

/** Reads compose.yaml as Docker does: `${NAME}` is replaced from the variables, and `$$` is a dollar. */
export function readCompose(variables: Record<string, string>): Record<string, ComposeService> {
  const text = readFileSync(join(process.cwd(), 'compose.yaml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  return JSON.parse(JSON.stringify(services), (_key, value: unknown) =>
    typeof value === 'string' ? substitute(value, variables) : value,
  ) as Record<string, ComposeService>;
}

function substitute(text: string, variables: Record<string, string>): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?::([?-])([^}]*))?\}/g,
    (all, name: string, kind: string, rest: string) => {
      if (all === '$$') return '$';
      const value = variables[name] ?? '';
      if (value !== '' || kind === undefined) return value;
      if (kind === '-') return rest;
      throw new Error(`compose.yaml needs ${name}`);
    },
  );
}

/** Reads what `new-environment.mjs` prints. */
export function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
