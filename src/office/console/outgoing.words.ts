import { defineWords } from '../../platform/words/words.js';

defineWords('outgoing', {
  lead: [
    '날마다 몇 건의 알림이 나가고 나갔는지 보여 줍니다. 날짜를 누르면 그날의 목록이 나옵니다.',
    'How many alerts go out, and went out, on each day. Choose a day to list them.',
  ],
  before: ['이전 달', 'The month before'],
  after: ['다음 달', 'The month after'],
  today: ['오늘', 'Today'],
  calendarOf: ['{month} 달력', 'Calendar of {month}'],
  listOf: ['{day}에 나가는 알림', 'Alerts of {day}'],
  time: ['시각', 'Time'],
  contract: ['계약', 'Contract'],
  milestone: ['단계', 'Milestone'],
  toWhom: ['받는 사람', 'To'],
  standing: ['상태', 'State'],
  empty: ['이날에는 나가는 알림이 없습니다.', 'No alert goes out on this day.'],
  'standing-planned': ['예정', 'planned'],
  'standing-held': ['보류', 'held'],
  'standing-missed': ['미발송', 'not sent'],
  'standing-sent': ['발송', 'sent'],
  'standing-failed': ['실패', 'failed'],
  count: ['{standing} {count}', '{count} {standing}'],
  whose: ['담당', 'Whose'],
  forecast: [
    '오늘부터 {days}일 동안 {total}건이 나갑니다.',
    'In the {days} days from today on, {total} texts go out.',
  ],
  forecastMost: [
    '가장 많은 날은 {day}, {count}건입니다. 신고 창구에 문의가 늘 수 있습니다.',
    'Most of them on {day}: {count}. The hotline may get more calls then.',
  ],
});
