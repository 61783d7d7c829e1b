import { Injectable } from '@nestjs/common';
import { SecondLook, type Waiting } from '../access/second-look.js';
import type { Caller } from '../access/roles.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { mayKeepFrom } from './setting-losses.js';
import type { SettingName } from './settings.schema.js';
import { SettingsService, type Versioned } from './settings.service.js';
import { settingProblems } from './settings.words.js';

type Put = SettingsService['put'];

type Args = [
  name: SettingName,
  value: unknown,
  reason: string | null,
  /** Null where there was none, as in what was asked for before versions had days. */
  newest: number | null,
  fromOn?: LocalDate | null,
];

/** SettingActs puts settings in force for people; what could keep somebody from being told waits for a second person. */
@Injectable()
export class SettingActs {
  private readonly putters = new Map<SettingName, Put>();

  constructor(
    private readonly settings: SettingsService,
    private readonly look: SecondLook,
  ) {
    look.performs('putSetting', (caller, args, approvedBy) =>
      this.putStill(caller, args as Args, approvedBy),
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
    day: LocalDate | null = null,
  ): Promise<Versioned<unknown> | Waiting> {
    const wanted = await this.settings.requirePuttable(name, value);
    const fromOn = await this.settings.requireBeginning(day);
    const replaced = await this.settings.replaced(name);
    const newest = replaced.at(-1) ?? replaced[0];
    const work = () => this.putNow(caller, name, wanted, reason, { fromOn });
    const isUnreadable = replaced[0].value === undefined;
    if (isUnreadable || !replaced.some((one) => mayKeepFrom(name, one.value, wanted))) return work();
    const change = {
      what: 'setting-version-added',
      before: newest.version === 0 ? null : { name, value: newest.value, ...dayOf(newest) },
      after: { name, value: wanted, ...dayOf({ fromOn }) },
    };
    const args: Args = [name, wanted, reason, newest.version, fromOn];
    return this.look.askOrDo(caller, { name: 'putSetting', args, reason, change }, work);
  }

  /** Puts what was approved, as long as what it was to replace is still in force. */
  private async putStill(caller: Caller, args: Args, approvedBy: string): Promise<unknown> {
    const [name, value, reason, newest, fromOn = null] = args;
    const replaced = await this.settings.replaced(name);
    if (replaced.at(-1)?.version !== (newest ?? 0))
      throw settingProblems.error('setting-changed.since-asked', { name });
    return this.putNow(caller, name, value, reason, { fromOn, approvedBy });
  }

  private putNow(...[caller, name, ...rest]: Parameters<Put>): ReturnType<Put> {
    const put = this.putters.get(name) ?? this.settings.put.bind(this.settings);
    return put(caller, name, ...rest);
  }
}

/** A day is shown where a version has one. */
function dayOf({ fromOn }: { fromOn: LocalDate | null }) {
  return fromOn === null ? {} : { fromOn };
}
