import { Injectable } from '@nestjs/common';
import { SettingsService } from '../../core/settings/settings.service.js';
import { defineWords, translate } from '../../platform/words/words.js';
import type { Addressee } from '../accounts/account-records.js';
import { Mails } from '../mail/mails.service.js';
import type { DaysOfRound, PartOfRounds } from '../rounds/rounds.service.js';
import { Ladder } from './ladder.service.js';

defineWords('mails', {
  'ladder-audit': [
    '정한 날까지 처리되지 않은 일이 {count}건 올라왔습니다.',
    'Work that was not dealt with in its days has come to you: {count}.',
  ],
  'ladder-head': [
    '감사 부서에서도 확인하지 않은 일이 {count}건 올라왔습니다.',
    'Work that no auditor took note of has come to you: {count}.',
  ],
});

/** LadderMail takes what waits up the ladder each business morning, and tells auditors and the head of audit what came to them. */
@Injectable()
export class LadderMail implements PartOfRounds {
  constructor(
    private readonly ladder: Ladder,
    private readonly settings: SettingsService,
    private readonly mails: Mails,
  ) {}

  prepare(today: string): Promise<void> {
    return this.ladder.climb(today);
  }

  async paragraphsFor({ caller, locale }: Addressee, { today }: DaysOfRound): Promise<string[]> {
    if (caller.role !== 'auditor') return [];
    const { headAccountId } = await this.settings.ladder();
    const paragraphs: string[] = [];
    for (const step of ['audit', 'head'] as const) {
      if (step === 'head' && headAccountId !== null && headAccountId !== caller.accountId) continue;
      const count = await this.ladder.countSince(step, today);
      const address = this.mails.addressOf(`/console/ladder?step=${step}`);
      if (count > 0) paragraphs.push(`${translate(locale, `mails.ladder-${step}`, { count })}\n${address}`);
    }
    return paragraphs;
  }
}
