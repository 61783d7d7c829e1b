import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { getMetadataArgsStorage } from 'typeorm';
import type { DestinationStream } from 'pino';
import type { Config } from '../config/config.js';
import { ServiceClock } from './clock/service-clock.js';
import { CONFIG, POOL } from './platform.tokens.js';
import { Queues } from './queue/queues.js';
import { KeyRegister } from './sealing/key-register.js';
import { NoteSigner, signerOf } from './sealing/signed-note.js';
import { Sealer } from './sealing/sealer.js';
import type { SealingKeys } from './sealing/sealing-keys.js';
import { poolOptions } from './database/connections.js';
import { Database, SnakeNames } from './database/database.js';
import { Timers } from './timers.js';

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
    const pool = poolOptions(databaseUrl, config.limits);
    const direct = poolOptions(config.database?.directUrl ?? databaseUrl, config.limits);
    return {
      module: PlatformModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          // Every entity of the modules that were loaded.
          entities: getMetadataArgsStorage().tables.map(({ target }) => target),
          namingStrategy: new SnakeNames(),
          synchronize: false,
          applicationName: 'chorong',
          retryAttempts: 5,
          retryDelay: 1000,
          extra: {
            ...pool,
            max: config.databasePool,
            // A process frozen inside a transaction would keep its rows locked for as long as it stands still.
            idle_in_transaction_session_timeout: config.sending.leaseSeconds * 1000,
          },
        }),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: POOL, useValue: direct },
        {
          provide: KeyRegister,
          inject: [Database],
          useFactory: (database: Database) =>
            new KeyRegister(
              database,
              keys.sealing.map(({ id }) => id),
            ),
        },
        {
          provide: Sealer,
          inject: [KeyRegister],
          // Nothing is sealed before the others know with what.
          useFactory: async (register: KeyRegister) => {
            const sealer = new Sealer(keys);
            await register.join();
            return sealer;
          },
        },
        { provide: NoteSigner, useFactory: () => signerOf(config.log, keys) },
        {
          provide: Queues,
          useFactory: () => new Queues({ redisUrl: config.redisUrl, pool: direct }),
        },
        ServiceClock,
        Database,
        Timers,
      ],
      exports: [CONFIG, POOL, Sealer, NoteSigner, Queues, ServiceClock, Database, Timers],
    };
  }
}
