import { Injectable } from '@nestjs/common';
import { SettingsService } from '../../../core/settings/settings.service.js';

/** Today in the agency's zone by the service clock, and what a plan lets people record. */
@Injectable()
export class Today {
  constructor(private readonly settings: SettingsService) {}

  today(): Promise<string> {
    return this.settings.today();
  }

  async recordable(planName: string, planVersion: number) {
    const { value: plan } = await this.settings.plan(planName, planVersion);
    return plan.milestones
      .filter(({ anchor }) => anchor.type === 'occurrence')
      .map(({ code, name }) => ({ code, name }));
  }
}
