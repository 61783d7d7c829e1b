import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Providers } from '../providers/providers.module.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { SettingsService } from '../settings/settings.service.js';
import { type BrakesOn, BrakesService } from './brakes.service.js';
import { InstanceService, type Suspicion } from './instance.service.js';

/** What a drain goes by: read when it claims, and again for its next claim. */
export interface Situation {
  /** By the service clock. */
  now: Date;
  /** The one that new messages are frozen for. */
  provider: SmsProvider;
  brakes: BrakesOn;
  suspicion: Suspicion | null;
}

/** Situations decides whether anything may be sent now. */
@Injectable()
export class Situations {
  constructor(
    private readonly providers: Providers,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly brakes: BrakesService,
    private readonly instance: InstanceService,
  ) {}

  /** Returns null while nothing may be sent: braked, or outside the sending window. */
  async readSituation(): Promise<Situation | null> {
    const brakes = await this.brakes.brakesOn();
    const suspicion = await this.instance.suspicion();
    if (brakes.everything || (brakes.instance && !suspicion)) return null;
    const now = await this.clock.now();
    const isOpen = (await this.settings.calendar()).nextOpening(now) <= now;
    // Asking the provider what it holds disturbs nobody, so a restored database settles at night too.
    return isOpen || brakes.instance ? { now, provider: this.providers.forSending, brakes, suspicion } : null;
  }
}
