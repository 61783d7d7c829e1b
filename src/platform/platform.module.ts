import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import type { DestinationStream } from 'pino';
import type { Config } from '../config/config.js';
import { ServiceClock } from './clock/service-clock.js';
import { CONFIG, DATABASE_URL } from './platform.tokens.js';
import { Queues } from './queue/queues.js';
import { Sealer } from './sealing/sealer.js';
import type { SealingKeys } from './sealing/sealing-keys.js';
import { Database, SnakeNames } from './database/database.js';

// A calendar day stays the text it is: the driver would turn it into a moment of this machine's zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (value) => value);

export interface PlatformOptions {
  config: Config;
  databaseUrl: string;
  keys: SealingKeys;
  /** The stream that takes log lines; without one they go to standard output. */
  logTo?: DestinationStream;
}

@Global()
@Module({})
export class PlatformModule {
  static with({ config, databaseUrl, keys }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          autoLoadEntities: true,
          namingStrategy: new SnakeNames(),
          synchronize: false,
          applicationName: 'chorong',
          retryAttempts: 5,
          retryDelay: 1000,
          extra: {
            max: config.databasePool,
            connectionTimeoutMillis: 5000,
            statement_timeout: 60_000,
            // A process frozen inside a transaction would keep its rows locked for as long as it stands still.
            idle_in_transaction_session_timeout: config.sending.leaseSeconds * 1000,
          },
        }),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: DATABASE_URL, useValue: databaseUrl },
        { provide: Sealer, useValue: new Sealer(keys) },
        {
          provide: Queues,
          useFactory: () => new Queues({ redisUrl: config.redisUrl, databaseUrl }),
        },
        ServiceClock,
        Database,
      ],
      exports: [CONFIG, DATABASE_URL, Sealer, Queues, ServiceClock, Database],
    };
  }
}
