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
    redact: {
      paths: [
        'req.headers',
        'res.headers',
        'err.config',
        'err.parameters',
        'err.query',
        'err.driverError',
        'err.detail',
      ],
      remove: true,
    },
    serializers: {
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
