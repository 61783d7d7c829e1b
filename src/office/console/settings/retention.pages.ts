import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { SettingActs } from '../../../core/settings/setting-acts.js';
import { retentionBody } from '../../../core/settings/settings.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { ConsolePage } from '../console-page.js';
import { page, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './retention.words.js';

const path = '/console/settings/retention';

/** RetentionPages say how long personal data are kept; a change waits for a second person. */
@ConsolePage('console/settings/retention')
@Allow('admin', 'auditor')
export class RetentionPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly acts: SettingActs,
  ) {}

  @Get()
  async show(@Visiting() visit: Visit) {
    const { accessLogYears, contactYears, messageYears } = await this.settings.retention();
    visit.fill({
      accessLogYears: String(accessLogYears),
      contactYears: String(contactYears),
      messageYears: String(messageYears),
    });
    return page('settings/retention', 'settings.retention', {
      ...visit.shown,
      years: visit.choices('settings.accessLogYears-', ['1', '2']),
      mayChange: visit.caller.role === 'admin',
    });
  }

  @Post()
  @Allow('admin')
  @ShownAgainBy('show')
  async save(@Visiting() { caller, form }: Visit) {
    const yearsOf = (name: string) => Number(form.text(name) ?? NaN);
    const { reason, ...wanted } = form.read(retentionBody, {
      accessLogYears: yearsOf('accessLogYears'),
      contactYears: yearsOf('contactYears'),
      messageYears: yearsOf('messageYears'),
    });
    return redirectAfter(await this.acts.put(caller, 'retention', wanted, reason), path, 'settings-saved');
  }
}
