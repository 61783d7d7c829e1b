import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { Options } from 'pino-http';

/**
 * LoggingModule writes structured logs with request ids. It logs no bodies, no queries and no addresses of people,
 * and of a path only its ids.
 */
@Module({})
export class LoggingModule {
  /** Log lines go to `stream`, or to standard output when it is not given. */
  static with(level: string, stream?: DestinationStream): DynamicModule {
    const options = optionsOf(level);
    return {
      module: LoggingModule,
      imports: [LoggerModule.forRoot({ pinoHttp: stream ? [options, stream] : options })],
    };
  }
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

/** Drops the query, and the token of a link that lets somebody choose a password, as it is worth the password. */
export function loggedPath(url: string): string {
  return (url.split('?')[0] ?? '').replace(/^(\/+console\/+welcome\/+)[^/]+/i, '$1…');
}
