import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Public } from '../../core/access/rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { lineOf } from '../../platform/http/text.schema.js';
import { SignInSlowed } from '../accounts/sign-in-throttle.js';
import { type NoticesAsked, type NoticesOfContract, PublicRegister } from '../register/register.service.js';
import { ConsolePage } from './console-page.js';
import { addressOf } from './form.js';
import { page, Visit, Visiting } from './visit.js';
import './register.words.js';

const askedSchema = z.object({ reference: lineOf(100), registrationNumber: lineOf(40).optional() });
const inAddress = z.object({ reference: lineOf(100).optional() });

/** RegisterPages tell anybody which notices a contract calls for; a company's number is sent in a form and stands in no address. */
@ConsolePage('register')
@Public()
export class RegisterPages {
  constructor(
    private readonly register: PublicRegister,
    private readonly settings: SettingsService,
  ) {}

  @Get()
  async show(@Visiting() visit: Visit) {
    const { reference } = visit.query(inAddress);
    return reference === undefined ? this.shown(visit, {}) : this.answer(visit, { reference });
  }

  @Post()
  ask(@Visiting() visit: Visit) {
    return visit.submit(
      () => this.answer(visit, visit.form.read(askedSchema)),
      () => this.shown(visit, {}),
    );
  }

  private answer(visit: Visit, asked: NoticesAsked) {
    return visit.submit(
      async () => this.shown(visit, asked, await this.register.find(asked, visit.request.ip)),
      (_shown, error) => {
        if (error instanceof SignInSlowed) void visit.reply.header('retry-after', error.seconds);
        return this.shown(visit, asked);
      },
    );
  }

  private async shown(visit: Visit, asked: Partial<NoticesAsked>, contracts?: NoticesOfContract[]) {
    const { value: reporting } = await this.settings.reportingChannels();
    const { value: agency } = await this.settings.agency();
    return page('register', 'register.title', {
      agencyName: agency.name[visit.locale],
      isPublished: agency.publishesContracts,
      channels: reporting.channels,
      values: { ...asked, ...visit.form.values() },
      problem: visit.shown.problem,
      found: contracts?.map((contract) => ({
        ...contract,
        notices: contract.notices.map((notice) => ({ ...notice, tone: tones[notice.state] })),
        withEndings: contract.notices.some(({ endings }) => endings !== null),
      })),
      nothing: contracts?.length === 0,
      here: addressOf('/register', { reference: asked.reference }),
    });
  }
}

const tones = { told: 'good', partly: 'wait', untold: 'bad', 'to-come': 'now', 'no-day': '' };
