import { Injectable } from '@nestjs/common';
import { type Beginning, standingOf } from '../../../core/settings/beginnings.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { actorText } from '../contracts/history.js';
import type { Visit } from '../visit.js';

interface Made extends Beginning {
  version: number;
  actor: string;
  createdAt: Date;
}

/** VersionsShown shows the versions of a text or a plan: who made and approved each, which is in force and which is to come. */
@Injectable()
export class VersionsShown {
  constructor(
    private readonly settings: SettingsService,
    private readonly names: AccountRecords,
  ) {}

  /** `all` is every version, the newest first, as it is returned. */
  async shown<T extends Made>({ locale }: Visit, all: T[]) {
    const standing = standingOf(all, await this.settings.today());
    const actors = await this.names.namesOfActors(
      all.flatMap(({ actor, approvedBy }) => (approvedBy === null ? [actor] : [actor, approvedBy])),
    );
    const shown = (one: T) => ({
      ...one,
      at: one.createdAt.toISOString(),
      who: actorText(one.actor, actors, locale),
      approver: one.approvedBy && actorText(one.approvedBy, actors, locale),
      isInForce: one === standing.inForce,
      isToCome: standing.toCome.includes(one),
    });
    return {
      all: all.map(shown),
      inForce: standing.inForce && shown(standing.inForce),
      toCome: standing.toCome.map(shown),
    };
  }
}
