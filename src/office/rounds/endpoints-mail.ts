import { Injectable } from '@nestjs/common';
import { FeedEndpoints } from '../../core/feed/endpoints/endpoints.service.js';
import { defineWords, translate } from '../../platform/words/words.js';
import type { Addressee } from '../accounts/account-records.js';
import type { PartOfRounds } from './rounds.service.js';

defineWords('mails', {
  endpoints: [
    '피드를 받던 주소가 하루 동안 응답하지 않아 전송을 멈추었습니다({hosts}). 받는 쪽을 고친 뒤 POST /api/v1/feed/endpoints/…/resume 으로 다시 시작하세요. 멈춘 곳부터 이어집니다.',
    'The feed is no longer pushed to these, which took nothing for a day: {hosts}. Once they work again, go on by POST /api/v1/feed/endpoints/…/resume; nothing was skipped.',
  ],
});

/** EndpointsMail tells admins which endpoints of the feed are paused, each morning until they go on or are removed. */
@Injectable()
export class EndpointsMail implements PartOfRounds {
  constructor(private readonly endpoints: FeedEndpoints) {}

  async paragraphsFor({ caller, locale }: Pick<Addressee, 'caller' | 'locale'>): Promise<string[]> {
    if (caller.role !== 'admin') return [];
    const paused = (await this.endpoints.list()).filter(({ status }) => status === 'paused');
    const hosts = paused.map(({ url }) => new URL(url).host).join(', ');
    return paused.length > 0 ? [translate(locale, 'mails.endpoints', { hosts })] : [];
  }
}
