import { type DynamicModule, Global, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import type pg from 'pg';
import { Histogram } from 'prom-client';
import type { Config } from '../../config/config.js';
import { carriersIn } from '../../config/routes.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { CONFIG, POOL } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Words } from '../../platform/words/words.js';
import {
  askedAtOnce,
  type ProviderDefinition,
  type ProviderNeeds,
  type SmsProvider,
} from './sms-provider.js';

/**
 * Providers holds every provider whose variables are in the environment, so that what one of them sent is reconciled and
 * reported on after `SMS_PROVIDER` has been changed to another.
 */
export class Providers implements OnModuleDestroy {
  /** Seconds of the calls that send, by provider and by what they answered. */
  readonly callSeconds = new Histogram({
    name: 'chorong_call_seconds',
    help: 'Seconds of the calls by which this process gave texts to a provider, by what came of them',
    labelNames: ['provider', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [],
  });
  /** New messages may be frozen for these. */
  readonly carriers: readonly SmsProvider[];
  private readonly logger = new Logger(Providers.name);
  private readonly made: ReadonlyMap<string, SmsProvider>;
  private readonly reported = new Set<string>();

  constructor(
    private readonly definitions: readonly ProviderDefinition[],
    private readonly config: Pick<Config, 'provider' | 'providers' | 'routes'>,
    needs: ProviderNeeds,
  ) {
    this.made = new Map(
      definitions
        .filter(({ name }) => config.providers.has(name))
        .map((definition) => [
          definition.name,
          this.timed(definition.make(config.providers.get(definition.name), needs)),
        ]),
    );
    const carrying = carriersIn(config.routes);
    this.carriers = this.all.filter(({ name }) => carrying.has(name));
  }

  /** Lets the calls of a provider be timed by which it is given texts, whoever makes them. */
  private timed(provider: SmsProvider): SmsProvider {
    const { name, twoPhase } = provider;
    const timed =
      <A extends unknown[], O extends { kind: string }>(call: (...args: A) => Promise<O>) =>
      async (...args: A) => {
        const end = this.callSeconds.startTimer({ provider: name });
        const answer = await call(...args);
        end({ outcome: answer.kind });
        return answer;
      };
    provider.send = timed(provider.send.bind(provider));
    if (twoPhase) {
      twoPhase.prepare = timed(twoPhase.prepare.bind(twoPhase));
      twoPhase.release = timed(twoPhase.release.bind(twoPhase));
    }
    return provider;
  }

  get all(): SmsProvider[] {
    return [...this.made.values()];
  }

  get senders(): string[] {
    return this.all.map(({ sender }) => sender);
  }

  /** The provider that `SMS_PROVIDER` names: new messages are frozen for it where no route says otherwise. */
  get forSending(): SmsProvider {
    const provider = this.made.get(this.config.provider);
    if (!provider) throw new Error(`the provider ${this.config.provider} is not configured`);
    return provider;
  }

  /**
   * The provider that a message or an attempt was made with. It is null, and once logged, when its variables are no longer
   * in the environment: what belongs to it waits until they are back.
   */
  for(name: string): SmsProvider | null {
    const provider = this.made.get(name);
    if (!provider && !this.reported.has(name)) {
      this.reported.add(name);
      this.logger.warn(
        { provider: name },
        'a provider is not configured: what belongs to it waits until its variables are there again',
      );
    }
    return provider ?? null;
  }

  /** What a code of this provider's means, configured or not; null for a provider that this version does not have. */
  explain(name: string, code: string): Words | null {
    const definition = this.definitions.find((one) => one.name === name);
    return definition?.explain(code, this.config.providers.get(name)) ?? null;
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.all.map((provider) => provider.close()));
  }
}

@Global()
@Module({})
export class ProvidersModule {
  static with(definitions: readonly ProviderDefinition[]): DynamicModule {
    return {
      module: ProvidersModule,
      providers: [
        {
          provide: Providers,
          inject: [CONFIG, POOL, Sealer, ServiceClock],
          useFactory: (config: Config, pool: pg.PoolConfig, sealer: Sealer, clock: ServiceClock) => {
            const { timeoutMs } = config.sending;
            const concurrency = config.sending.concurrency + 2 * askedAtOnce;
            return new Providers(definitions, config, { pool, sealer, clock, timeoutMs, concurrency });
          },
        },
      ],
      exports: [Providers],
    };
  }
}
