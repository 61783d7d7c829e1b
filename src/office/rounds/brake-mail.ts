import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { seesAll } from '../../core/access/roles.js';
import { BrakesService, type ListedBrake } from '../../core/sending/brakes.service.js';
import { Timers } from '../../platform/timers.js';
import { translate } from '../../platform/words/words.js';
import { AccountRecords } from '../accounts/account-records.js';
import { Mails } from '../mail/mails.service.js';

const everyMs = 10_000;

/** BrakeMail writes to admins and auditors when the service itself has paused sending: the next morning may be too late for them. */
@Injectable()
export class BrakeMail implements OnApplicationBootstrap {
  constructor(
    private readonly brakes: BrakesService,
    private readonly records: AccountRecords,
    private readonly mails: Mails,
    private readonly timers: Timers,
  ) {}

  onApplicationBootstrap(): void {
    if (this.mails.isOn) this.timers.every(everyMs, 'the mail of brakes', () => this.writeAll());
  }

  /** Writes of each brake that the service pulled and that is on; whoever has been written to of it gets no second mail. */
  async writeAll(): Promise<void> {
    for (const brake of await this.brakes.listBrakes())
      if (brake.actor === 'system' && brake.releasedAt === null) await this.write(brake);
  }

  private async write({ id, scope, reasonText }: ListedBrake): Promise<void> {
    for (const addressee of await this.records.addressees()) {
      const { caller, locale } = addressee;
      if (!seesAll(caller)) continue;
      const what = `${translate(locale, `brakeScopes.${scope}`)}: ${reasonText[locale]}`;
      const paragraphs = [what, this.mails.addressOf('/console/settings/brakes')];
      await this.records.mailTo(addressee, { kind: 'brake', key: `brake:${id}`, params: {}, paragraphs });
    }
  }
}
