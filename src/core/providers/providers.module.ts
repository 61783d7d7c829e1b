import { Global, Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import pg from 'pg';
import type { Config } from '../../config/config.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { CONFIG, DATABASE_URL } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { SandboxProvider } from './sandbox/sandbox.provider.js';
import type { SmsProvider } from './sms-provider.js';
import { TwilioProvider } from './twilio/twilio.provider.js';

/** The provider that texts go through. */
export const SMS_PROVIDER = Symbol('sms-provider');

@Global()
@Module({
  providers: [
    {
      provide: SMS_PROVIDER,
      inject: [CONFIG, DATABASE_URL, Sealer, ServiceClock],
      useFactory: (config: Config, databaseUrl: string, sealer: Sealer, clock: ServiceClock): SmsProvider => {
        if (config.twilio) {
          const { timeoutMs, concurrency } = config.sending;
          return new TwilioProvider({ ...config.twilio, timeoutMs, connections: concurrency });
        }
        // Its own pool: what the sandbox accepted must outlive the transaction of whoever sends.
        const pool = new pg.Pool({
          connectionString: databaseUrl,
          max: 4,
          application_name: 'chorong-sandbox',
        });
        pool.on('error', () => undefined);
        const provider = new SandboxProvider({ pool, sealer, now: () => clock.now() });
        provider.close = () => pool.end();
        return provider;
      },
    },
  ],
  exports: [SMS_PROVIDER],
})
export class ProvidersModule implements OnModuleDestroy {
  constructor(@Inject(SMS_PROVIDER) private readonly provider: SmsProvider) {}

  async onModuleDestroy(): Promise<void> {
    await this.provider.close();
  }
}
