import { defineWords } from '../../../platform/words/words.js';

defineWords('figures', {
  lead: [
    '기관 전체의 발송과 알림 현황을 한눈에 봅니다. 그림마다 같은 수의 표가 있습니다.',
    'What was sent and who was told, for the whole agency. Each picture has a table of the same figures.',
  ],
  now: ['지금 멈추어 있는 것', 'Held and paused now'],
  brakes: ['발송 중지', 'Brakes on'],
  heldMessages: ['보류된 문자', 'Held messages'],
  heldAlerts: ['보류된 알림', 'Held alerts'],
  byDay: ['최근 {days}일 발송', 'Sent in the last {days} days'],
  byDayNote: [
    '알림을 셉니다. 한 문자에 묶여 나간 알림은 각각 셉니다.',
    'Alerts are counted: those that went out together in one text count one by one.',
  ],
  byDayNone: ['이 기간에 나간 알림이 없습니다.', 'No alert went out in this period.'],
  delivered: ['수신', 'Delivered'],
  underway: ['발송, 수신 미확인', 'Sent, not confirmed'],
  failed: ['실패', 'Failed'],
  sent: ['발송', 'Sent'],
  day: ['날짜', 'Day'],
  total: ['합계', 'Total'],
  dayTitle: [
    '{day}: 발송 {sent}건, 그 가운데 수신 {delivered}건, 실패 {failed}건',
    '{day}: {sent} sent, {delivered} of them delivered, {failed} failed',
  ],
  byMonth: ['달마다 알린 비율', 'Share told by month'],
  byMonthNote: [
    '알려야 할 단계 가운데 모든 업체에 알린 것의 비율입니다.',
    'Of the milestones that called for an alert, those of which every counterparty was told.',
  ],
  monthTitle: ['{month}: {share} ({told}/{called})', '{month}: {share} ({told} of {called})'],
  monthNone: ['{month}: 알려야 할 것이 없음', '{month}: nothing called for'],
  told: ['알린 단계', 'Told'],
  asTable: ['표로 보기', 'As a table'],
  because: ['미발송 사유, 최근 12개월', 'Why they were not told, last 12 months'],
  reason: ['사유', 'Reason'],
  count: ['단계', 'Milestones'],
  ranked: ['알린 비율이 낮은 부서부터, 최근 12개월', 'Departments, the lowest share first, last 12 months'],
  department: ['부서', 'Department'],
  share: ['알린 비율', 'Share told'],
  counting: [
    '현황을 다시 세고 있어 알림 현황은 잠시 뒤에 나옵니다.',
    'The figures of coverage are being counted again; look again shortly.',
  ],
});
