import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import pino, { type DestinationStream } from 'pino';
import type { Options } from 'pino-http';

/**
 * LoggingModule writes structured logs with request ids. It logs no bodies, no queries and no addresses of people,
 * and of a path only its ids.
 */
@Module({})
export class LoggingModule {
  /** Log lines go to `stream`, or to standard output when it is not given. */
  static with(level: string, stream: DestinationStream = standardOutput()): DynamicModule {
    return {
      module: LoggingModule,
      imports: [LoggerModule.forRoot({ pinoHttp: [optionsOf(level), stream] })],
    };
  }
}

/** A log that cannot be written, as on a full disk, must not fail what was to be logged. */
function standardOutput(): DestinationStream {
  return pino.destination(1).on('error', () => undefined);
}

function optionsOf(level: string): Options {
  return {
    level,
    // Nest mounts what is outside of the prefix by its exclusion and by its route: the second time there is nothing to log.
    autoLogging: { ignore: (req) => req.allLogs.length > 1 },
    redact: { paths: ['req.headers', 'res.headers'], remove: true },
    serializers: {
      err: ({ raw }: { raw?: unknown }) => loggedError(raw),
      req: (req: { id: unknown; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        path: loggedPath(req.url),
      }),
    },
    customLogLevel: (_req, res, error) =>
      error || res.statusCode >= 500 ? 'error' : res.statusCode >= 400 ? 'info' : 'debug',
  };
}

/**
 * These members of an error are logged beside its message. The rest may hold names and numbers, as a statement's parameters do.
 */
const membersOfErrors = ['code', 'status', 'constraint', 'table', 'column', 'syscall'];

/**
 * Returns what is logged of an error. PostgreSQL quotes a value that it cannot read in the error's message (class 22 of
 * its codes, "Data Exception"), so that such a message is left out, also where another error has it for its cause.
 */
export function loggedError(error: unknown): object | null {
  if (!isError(error)) return null;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const members = Object.entries(error).filter(([name]) => membersOfErrors.includes(name));
  return {
    type,
    message: withoutValues(message, error),
    stack: withoutValues(stack, error),
    ...Object.fromEntries(members),
    ...(error.errors ? { errors: error.errors.map(loggedError) } : {}),
  };
}

function withoutValues(text: string, { cause, code, message }: LoggedError): string {
  const rest = isError(cause) ? withoutValues(text, cause) : text;
  return /^22/.test(String(code)) ? rest.replaceAll(message, 'a value cannot be read') : rest;
}

/** What is thrown into a log is an Error of whichever realm, or nearly one; an AggregateError has several. */
type LoggedError = Error & { code?: unknown; errors?: unknown[] };

function isError(value: unknown): value is LoggedError {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  );
}

/** A link that lets somebody choose a password is worth the password; a token is redacted wherever it was mistyped to. */
const secrets = [/(\bwelcome\/+)[^/]+/gi, /(\/)[\w-]{40,}/g];

/**
 * Drops the query of an address, and every secret in its path. The router decodes a path before it looks for its route,
 * so secrets are looked for in the decoded path, which then is what is logged.
 */
export function loggedPath(url: string): string {
  const path = url.split(/[?#]/)[0] ?? '';
  const plain = decoded(decoded(path));
  const redacted = secrets.reduce((rest, secret) => rest.replace(secret, '$1…'), plain);
  return redacted === plain ? path : redacted;
}

/** Decodes what can be decoded; a broken escape stays as it is. */
function decoded(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
