import { Injectable } from '@nestjs/common';
import { defineWords, translate } from '../../platform/words/words.js';
import type { Addressee } from '../accounts/account-records.js';
import { Mails } from '../mail/mails.service.js';
import type { PartOfRounds } from '../rounds/rounds.service.js';
import { AccessReviews } from './access-reviews.service.js';

defineWords('mails', {
  accesses: [
    '개인정보 접속기록을 점검하지 않은 달이 있습니다: {months}',
    'Months of the access log that nobody has looked through: {months}',
  ],
});

/** AccessReminder reminds auditors, each business morning, of the months that nobody has looked through. */
@Injectable()
export class AccessReminder implements PartOfRounds {
  constructor(
    private readonly reviews: AccessReviews,
    private readonly mails: Mails,
  ) {}

  async paragraphsFor({ caller, locale }: Addressee): Promise<string[]> {
    if (caller.role !== 'auditor') return [];
    const months = await this.reviews.unreviewed();
    if (months.length === 0) return [];
    const address = this.mails.addressOf(`/console/accesses?month=${months[0]}`);
    return [`${translate(locale, 'mails.accesses', { months: months.join(', ') })}\n${address}`];
  }
}
