import { Injectable } from '@nestjs/common';
import { SecondLook, type Waiting } from '../access/second-look.js';
import type { Caller } from '../access/roles.js';
import { mayKeepFrom } from './setting-losses.js';
import type { SettingName } from './settings.schema.js';
import { SettingsService, type Versioned } from './settings.service.js';
import { settingProblems } from './settings.words.js';

type Put = SettingsService['put'];

/** SettingActs puts settings in force for people; what could keep somebody from being told waits for a second person. */
@Injectable()
export class SettingActs {
  private readonly putters = new Map<SettingName, Put>();

  constructor(
    private readonly settings: SettingsService,
    private readonly look: SecondLook,
  ) {
    look.performs('putSetting', (caller, args) =>
      this.putStill(caller, ...(args as [SettingName, unknown, string | null, number | null])),
    );
  }

  /** Lets a module say how a setting is put of which more follows than its version. */
  putBy(name: SettingName, put: Put): void {
    this.putters.set(name, put);
  }

  async put(
    caller: Caller,
    name: SettingName,
    value: unknown,
    reason: string | null = null,
  ): Promise<Versioned<unknown> | Waiting> {
    const wanted = await this.settings.requirePuttable(name, value);
    const before = await this.settings.standing(name);
    const work = () => this.putNow(caller, name, wanted, reason);
    if (!mayKeepFrom(name, before ? before.value : null, wanted)) return work();
    const change = {
      what: 'setting-version-added',
      before: before && { name, value: before.value },
      after: { name, value: wanted },
    };
    const args = [name, wanted, reason, before?.version ?? null];
    return this.look.askOrDo(caller, { name: 'putSetting', args, reason, change }, work);
  }

  /** Puts what was approved, as long as what it was to replace is still in force. */
  private async putStill(
    caller: Caller,
    name: SettingName,
    value: unknown,
    reason: string | null,
    version: number | null,
  ): Promise<unknown> {
    const before = await this.settings.standing(name);
    if ((before?.version ?? null) !== version)
      throw settingProblems.error('setting-changed.since-asked', { name });
    return this.putNow(caller, name, value, reason);
  }

  private putNow(...[caller, name, ...rest]: Parameters<Put>): ReturnType<Put> {
    const put = this.putters.get(name) ?? this.settings.put.bind(this.settings);
    return put(caller, name, ...rest);
  }
}
