import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../core/access/rules.js';
import type { LadderSetting } from '../../core/settings/ladder.schema.js';
import { SettingActs } from '../../core/settings/setting-acts.js';
import { ladderBody } from '../../core/settings/settings.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Id } from '../../platform/http/query.schema.js';
import { AccountRecords } from '../accounts/account-records.js';
import { acknowledgeBody, ladderQuery, ladderStates } from '../ladder/ladder.schema.js';
import { Ladder } from '../ladder/ladder.service.js';
import { everydayLists } from '../work/work-lists.js';
import { FormChoices } from './choices.js';
import { ConsolePage } from './console-page.js';
import type { Form } from './form.js';
import { waysOn } from './form.js';
import { page, redirect, redirectAfter, ShownAgainBy, Visit, Visiting } from './visit.js';
import './ladder.words.js';

const path = '/console/ladder';

/** LadderPages show what waited so long that those who oversee it learned of it, and how long that takes. */
@ConsolePage('console/ladder')
@Allow('admin', 'auditor')
export class LadderPages {
  constructor(
    private readonly ladder: Ladder,
    private readonly settings: SettingsService,
    private readonly acts: SettingActs,
    private readonly records: AccountRecords,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const query = visit.query(ladderQuery);
    const { items, nextCursor } = await this.ladder.stepsPage(visit.caller, query);
    const setting = await this.settings.ladder();
    return page('settings/ladder', 'navigation.ladder', {
      query,
      ...waysOn(path, query, nextCursor),
      steps: visit.choices('ladder.step-', ['audit', 'head']),
      states: visit.choices('ladder.state-', ladderStates),
      departments: await this.choices.departmentsFor(visit),
      items,
      mayAcknowledge: visit.caller.role === 'auditor',
      mayChange: visit.caller.role === 'admin',
      kinds: kindsOf(setting, visit),
      headAccountId: visit.shown.values['headAccountId'] ?? setting.headAccountId,
      auditors: (await this.records.auditors()).map(({ id, name }) => ({ value: id, text: name })),
      problem: visit.shown.problem,
    });
  }

  @Post('setting')
  @Allow('admin')
  @ShownAgainBy('list')
  async save(@Visiting() { caller, form }: Visit) {
    const { reason, ...wanted } = form.read(ladderBody, {
      days: Object.fromEntries(everydayLists.map(({ code }) => [code, daysOf(form, code)])),
      headAccountId: form.text('headAccountId') ?? null,
    });
    return redirectAfter(await this.acts.put(caller, 'ladder', wanted, reason), path, 'settings-saved');
  }

  @Post(':id/acknowledge')
  @Allow('auditor')
  @ShownAgainBy('list')
  async acknowledge(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.ladder.acknowledge(caller, id, form.read(acknowledgeBody).note);
    return redirect(path, 'ladder-acknowledged');
  }
}

const whole = z.coerce.number().int();

function daysOf(form: Form, code: string) {
  const days = (step: 'audit' | 'head') => {
    const text = form.text(`${code}-${step}`);
    return text === undefined ? null : (whole.safeParse(text).data ?? Number.NaN);
  };
  return { audit: days('audit'), head: days('head') };
}

/** Returns each kind of work with its days, as typed when the form is shown again. */
function kindsOf({ days }: LadderSetting, { shown }: Visit) {
  return everydayLists.map(({ code }) => ({
    code,
    name: `workLists.${code}.name`,
    audit: shown.values[`${code}-audit`] ?? days[code]?.audit ?? '',
    head: shown.values[`${code}-head`] ?? days[code]?.head ?? '',
  }));
}
