import { Inject, Injectable } from '@nestjs/common';
import { ApiKeysService } from '../access/api-keys.service.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { OfficersService } from '../departments/officers.service.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { SettingName } from '../settings/settings.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { DefaultsService } from './defaults.service.js';
import * as city from './fictional-city.js';
import { Database } from '../../platform/database/database.js';

/** SandboxCity makes the departments and officers of the fictional city. */
@Injectable()
export class SandboxCity {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
  ) {}

  async makeDepartments(): Promise<void> {
    const ids = new Map<string, string>();
    for (const { officers, parentCode, ...department } of city.departments) {
      const made = await this.departments.create('set-up', {
        ...department,
        parentId: parentCode ? (ids.get(parentCode) ?? null) : null,
      });
      ids.set(department.code, made.id);
      for (const officer of officers) {
        await this.officers.addOfficer('set-up', { ...officer, departmentId: made.id });
      }
    }
  }
}

/**
 * SetupService gives a new database once what it needs: settings, plans and templates as version 1; in the sandbox, a
 * small fictional city.
 */
@Injectable()
export class SetupService {
  constructor(
    @Inject(CONFIG) private readonly config: { provider: string; bootstrapApiKey: string | null },
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly defaults: DefaultsService,
    private readonly city: SandboxCity,
    private readonly apiKeys: ApiKeysService,
  ) {}

  /** Sets a new database up, once also when two services start at once. `key` is the embedded default's own, for when the environment names none. */
  async setUp(key: string | null): Promise<void> {
    await this.database.inTurn('set-up', async () => {
      const [done] = await this.database.rows(`SELECT 1 FROM setting WHERE name = 'agency'`);
      if (!done) await this.makeSettings();
      const bootstrap = this.config.bootstrapApiKey ?? key;
      if (bootstrap) {
        const everywhere = { departmentId: null, officerId: null, expiresAt: null };
        await this.apiKeys.ensure(bootstrap, { name: 'bootstrap', role: 'admin', ...everywhere });
      }
    });
  }

  private async makeSettings(): Promise<void> {
    const put = (name: SettingName, value: unknown) => this.settings.put('set-up', name, value, null);
    await put('agency', city.agency);
    await put('calendar', city.calendar);
    await put('reporting-channels', city.reportingChannels);
    for (const one of await this.defaults.defaults()) await this.defaults.putInForce('set-up', one, null);
    if (this.config.provider === 'sandbox') await this.city.makeDepartments();
  }
}
