import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../../platform/clock/service-clock.js';
import { SettingsService } from '../../../core/settings/settings.service.js';

/** Today in the agency's zone by the service clock, and what a plan lets people record. */
@Injectable()
export class Today {
  constructor(
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
  ) {}

  async today(): Promise<string> {
    return (await this.settings.calendar()).localDateOf(await this.clock.now());
  }

  async recordable(planName: string, planVersion: number) {
    const { value: plan } = await this.settings.plan(planName, planVersion);
    return plan.milestones
      .filter(({ anchor }) => anchor.type === 'occurrence')
      .map(({ code, name }) => ({ code, name }));
  }
}
