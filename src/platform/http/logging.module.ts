import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';

/** Structured logs with request ids. No bodies, no queries, no addresses of people: a path holds ids only. */
@Module({})
export class LoggingModule {
  static with(level: string): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: {
            level,
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
                path: req.url.split('?')[0],
              }),
            },
            customLogLevel: (_req, res, error) =>
              error || res.statusCode >= 500 ? 'error' : res.statusCode >= 400 ? 'info' : 'debug',
          },
        }),
      ],
    };
  }
}
