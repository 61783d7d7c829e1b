import type { Type } from '@nestjs/common';
import type { z } from 'zod';
import type { ServiceClock } from '../../platform/clock/service-clock.js';
import type { Sealer } from '../../platform/sealing/sealer.js';
import type { Words } from '../../platform/words/words.js';
import type { Delivery, SmsProvider } from './sms-provider.js';

/** What the service gives to each provider that it makes. */
export interface ProviderNeeds {
  databaseUrl: string;
  sealer: Sealer;
  clock: ServiceClock;
  /** Milliseconds that one call may take, the wait for a connection included. */
  timeoutMs: number;
  /** Calls under way at once. */
  concurrency: number;
}

/** ProviderDefinition is all that the service knows of a provider before it is made. See docs/sending.md. */
export interface ProviderDefinition {
  /** What `SMS_PROVIDER` and the column `provider` call it. It stays the same for ever. */
  readonly name: string;
  /**
   * The environment variables that it reads, each with the sentence for what is wrong with it. A required variable may be
   * missing while `SMS_PROVIDER` names another provider: this one is then not made.
   */
  readonly environment: z.ZodType;
  /** Its webhooks. */
  readonly controllers: Type[];
  /** What a code of its means, in both languages; holds no number and no credential. */
  explain(code: string): Words;
  make(variables: unknown, needs: ProviderNeeds): SmsProvider;
}

/** Types `make` by the variables that the provider reads. */
export function defineProvider<Environment extends z.ZodType>(
  definition: Omit<ProviderDefinition, 'environment' | 'make'> & {
    environment: Environment;
    make(variables: z.infer<Environment>, needs: ProviderNeeds): SmsProvider;
  },
): ProviderDefinition {
  return definition;
}

/** A report of a provider's on a text that it accepted. */
export interface ReceivedReceipt extends Delivery {
  /** From the signed callback address; null when the provider does not give it. */
  attemptId: string | null;
  origin: 'webhook' | 'poll' | 'list';
}

/** ReceiptDesk is where a provider's webhook hands over a receipt that it has verified. */
export abstract class ReceiptDesk {
  /** Keeps it and moves its message on. A receipt for an unknown reference is kept, too; the same again changes nothing. */
  abstract receive(provider: SmsProvider, receipt: ReceivedReceipt): Promise<void>;
}
