import { Get, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { newKeySchema } from '../../../core/access/api-keys.controller.js';
import { ApiKeyActs } from '../../../core/access/api-key-acts.js';
import { ApiKeysService } from '../../../core/access/api-keys.service.js';
import { roles } from '../../../core/access/roles.js';
import { isWaiting, type Waiting } from '../../../core/access/second-look.js';
import { Allow } from '../../../core/access/rules.js';
import { daySchema } from '../../../core/calendar/calendar.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { CONFIG } from '../../../platform/platform.tokens.js';
import { Id } from '../../../platform/http/query.schema.js';
import { accountPatchSchema, newAccountSchema, resetSchema } from '../../accounts/account.schema.js';
import { AccountActs } from '../../accounts/account-acts.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { AccountsService, type AccountWithLink } from '../../accounts/accounts.service.js';
import { welcomeLink } from '../../accounts/session-cookie.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { type Choice, page, redirect, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './people.words.js';

const peoplePath = '/console/settings/people';
const keysPath = '/console/settings/keys';
const lastDay = z.object({ expiresOn: daySchema.optional() });

/** PeoplePages invite people by a link that is shown once, and change and disable their accounts. */
@ConsolePage('console/settings/people')
@Allow('admin')
export class PeoplePages {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly accounts: AccountsService,
    private readonly records: AccountRecords,
    private readonly acts: AccountActs,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    visit.fill({ role: 'officer', locale: 'ko' });
    const choices = await this.choicesFor(visit);
    const linkEnds = await this.records.linkEnds();
    const items = (await this.accounts.listFor(visit.caller)).map((account) => ({
      ...account,
      linkEndsAt: linkEnds.get(account.id) ?? null,
      department: textOf(choices.departments, account.departmentId),
    }));
    return page('settings/people', 'settings.people', { items, ...visit.shown, ...choices });
  }

  @Post()
  @ShownAgainBy('list')
  async invite(@Visiting() visit: Visit) {
    const invited = await this.acts.invite(visit.caller, visit.form.read(newAccountSchema));
    return this.linkPage(visit, 'people.invited1', invited);
  }

  @Get(':id')
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const account = await this.accounts.get(id);
    const { name, role, departmentId, officerId } = account;
    visit.fill({ name, role, departmentId: departmentId ?? '', officerId: officerId ?? '' });
    const choices = await this.choicesFor(visit);
    return page('settings/person', 'people.change', {
      account,
      linkEndsAt: (await this.records.linkEnds()).get(id) ?? null,
      acts: account.invited
        ? { link: 'sendAgain', end: 'cancelInvitation' }
        : { link: 'reset', end: 'disable' },
      ...visit.shown,
      ...choices,
    });
  }

  /** `step` disables and enables; without it, the fields are saved. */
  @Post(':id')
  @ShownAgainBy('show')
  async change(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const step = form.text('step');
    const active = step === 'enable' || (step === 'disable' ? false : undefined);
    const patch =
      active === undefined
        ? form.read(accountPatchSchema)
        : form.read(accountPatchSchema.pick({ active: true, reason: true }), { active });
    const made = await this.acts.amend(caller, id, patch);
    return redirectAfter(made, `${peoplePath}/${id}`, 'account-changed');
  }

  @Post(':id/reset')
  @ShownAgainBy('show')
  async reset(@Visiting() visit: Visit, @Id() id: string) {
    const wanted = visit.form.read(resetSchema, { secondFactor: visit.form.has('secondFactor') });
    const { invited } = await this.accounts.get(id);
    const title = invited ? 'people.invited1' : 'people.resetDone';
    return this.linkPage(visit, title, await this.acts.reset(visit.caller, id, wanted));
  }

  private linkPage({ request }: Visit, title: string, made: AccountWithLink | Waiting) {
    if (isWaiting(made)) return redirectAfter(made, peoplePath, title);
    const { account, token } = made;
    return page('settings/link', title, {
      titleWords: { name: account.name },
      heading: title,
      account,
      link: token && welcomeLink(request, this.config.publicUrl, token),
      isMailed: this.records.writesMail,
    });
  }

  private async choicesFor(visit: Visit) {
    return { roles: visit.choices('roles.', roles), ...(await this.choices.forContract(visit)) };
  }
}

/** KeysPages make and revoke the keys of other systems; a key is shown once, when it is made. */
@ConsolePage('console/settings/keys')
@Allow('admin')
export class KeysPages {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly acts: ApiKeyActs,
    private readonly settings: SettingsService,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    visit.fill({ role: 'officer' });
    const departments = await this.choices.departmentsFor(visit);
    const now = new Date();
    const items = (await this.keys.list()).map((key) => ({
      ...key,
      department: textOf(departments, key.departmentId),
      over: key.revokedAt ? 'revoked' : key.expiresAt && key.expiresAt < now ? 'expired' : null,
    }));
    return page('settings/keys', 'settings.keys', {
      items,
      ...visit.shown,
      departments,
      roles: visit.choices('roles.', roles),
    });
  }

  /** Makes a key, which expires at the end of a day in the agency's zone. */
  @Post()
  @ShownAgainBy('list')
  async make(@Visiting() { caller, form }: Visit) {
    const { expiresOn } = form.read(lastDay);
    const { name, role, departmentId = null } = form.read(newKeySchema);
    const calendar = await this.settings.calendar();
    const expiresAt = expiresOn === undefined ? null : calendar.instantOf(expiresOn, '23:59');
    const wanted = { name, role, departmentId, officerId: null, expiresAt };
    const { key, proposal } = await this.acts.create(caller, wanted);
    return page('settings/key', 'keys.made', { key, proposal });
  }

  @Post(':id/revoke')
  async revoke(@Visiting() { caller }: Visit, @Id() id: string) {
    await this.keys.revoke(caller, id);
    return redirect(keysPath, 'key-revoked');
  }
}

function textOf(choices: Choice[], value: string | null): string | undefined {
  return choices.find((choice) => choice.value === value)?.text;
}
