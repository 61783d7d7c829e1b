import { Get, Req } from '@nestjs/common';
import type { Caller, Role } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { kinds } from '../../../core/settings/plan.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { TemplatesService } from '../../../core/texts/templates.service.js';
import { ConsolePage } from '../console-page.js';
import { ExampleTexts } from '../genuine/example-texts.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { planLines } from '../plan-words.js';

/** Below `/console/settings/`; what a role may only read, it finds here too. */
const places: { key: string; roles: Role[] }[] = [
  { key: 'people', roles: ['admin'] },
  { key: 'departments', roles: ['admin'] },
  { key: 'hand-over', roles: ['manager', 'admin'] },
  { key: 'agency', roles: ['admin', 'auditor'] },
  { key: 'calendar', roles: ['admin', 'auditor'] },
  { key: 'channels', roles: ['admin', 'auditor'] },
  { key: 'plans', roles: ['manager', 'admin', 'auditor'] },
  { key: 'templates', roles: ['manager', 'admin', 'auditor'] },
  { key: 'brakes', roles: ['admin', 'auditor'] },
  { key: 'keys', roles: ['admin'] },
];

/** Where settings are found, and those that are only read here: plans and texts. */
@ConsolePage('console/settings')
@Allow('manager', 'admin', 'auditor')
export class SettingsPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
    private readonly examples: ExampleTexts,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  places(@CurrentCaller() caller: Caller): PageAnswer {
    const own = places
      .filter(({ roles }) => roles.includes(caller.role))
      .map(({ key }) => ({ key, lead: `settings.${key}Lead`, title: `settings.${key}` }));
    return page('settings/places', 'settings.title', { places: own });
  }

  @Get('plans')
  async plans(@Req() request: PageRequest): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const { value: agency } = await this.settings.agency();
    const shown = [];
    for (const kind of kinds) {
      const { plain, dense } = await this.settings.plansFor(kind);
      for (const plan of dense ? [plain, dense] : [plain]) {
        const from = plan.value.fromAmount;
        shown.push({
          kind,
          version: plan.version,
          from: from === null ? null : { amount: from, currency: agency.currency },
          lines: planLines(plan.value, locale),
        });
      }
    }
    return page('settings/plans', 'settings.plans', { plans: shown });
  }

  @Get('templates')
  async texts(): Promise<PageAnswer> {
    const versions = await this.templates.versions();
    // Ordered by key and version, so that the first of a key is the one in force.
    const inForce = versions.filter((version, i) => versions[i - 1]?.key !== version.key);
    const ko = await this.examples.of('ko');
    const en = await this.examples.of('en');
    const kindsShown = ko.map(({ kind, texts }, i) => ({
      kind,
      texts: texts.map((text, n) => ({ ...text, other: en[i]?.texts[n] })),
    }));
    return page('settings/templates', 'settings.templates', { kinds: kindsShown, inForce });
  }
}
