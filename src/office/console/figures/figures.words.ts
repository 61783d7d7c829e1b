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
  byDayPicture: ['최근 {days}일 발송, 그림', 'Sent in the last {days} days, drawn'],
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
  byMonthPicture: ['달마다 알린 비율, 그림', 'Share told by month, drawn'],
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

defineWords('reports', {
  lead: [
    '달이 끝나면 다음 달 첫 업무일 아침에 그 달의 수를 집계하여 보관합니다. 보관한 보고는 뒤에 바뀌지 않습니다.',
    'Once a month is over, its figures are counted and kept on the first business morning of the next. What is kept does not change afterwards.',
  ],
  agency: ['기관 전체', 'The whole agency'],
  month: ['달', 'Month'],
  made: ['집계 일시', 'Made'],
  running: ['진행 중', 'not over yet'],
  none: ['아직 보관된 보고가 없습니다.', 'No report is kept yet.'],
  show: ['보기', 'Show'],
  title: ['{month} 청렴 알림 보고', 'Integrity alerts, report of {month}'],
  kept: [
    '{moment}에 초롱이 집계하여 보관한 보고입니다. 그 뒤의 변경은 반영되지 않습니다.',
    'Counted and kept by Chorong, {moment}. What was changed afterwards is not in it.',
  ],
  live: [
    '아직 끝나지 않은 달의 보고입니다. {moment} 현재의 수이며, {name} 님이 열었습니다.',
    'This month is not over: figures as of {moment}, opened by {name}.',
  ],
  notKept: [
    '보관된 보고가 없는 달입니다. {moment} 현재 다시 센 수이며, {name} 님이 열었습니다.',
    'No report of this month is kept: figures counted anew as of {moment}, opened by {name}.',
  ],
  coverage: ['알려야 할 단계와 결과', 'What called for an alert, and what became of it'],
  texts: ['문자로 나간 알림', 'Alerts that were texted'],
  flags: ['확인할 표시', 'Flags'],
  opened: ['새로 생김', 'Opened'],
  closed: ['종결', 'Closed'],
  departments: ['부서별', 'By department'],
  departmentsNote: [
    '부서마다 하위 부서를 뺀 수입니다. 알려야 할 단계는 알렸어야 할 달에, 발송은 문자가 나간 달에 셉니다.',
    'Each department without those below it. A milestone counts in the month in which it should have been told, an alert in the month in which its text went out.',
  ],
  empty: [
    '이 달에는 알려야 할 단계도 나간 알림도 없었습니다.',
    'In this month nothing called for an alert, and none went out.',
  ],
  print: ['인쇄하면 A4 한 쪽에 나옵니다.', 'It prints on one page of A4.'],
});

defineWords('costs', {
  title: ['문자 비용', 'What the texts cost'],
  cost: ['비용', 'Cost'],
  what: ['종류', 'Class'],
  provider: ['발송 업체', 'Provider'],
  texts: ['문자', 'Texts'],
  parts: ['분할 수', 'Parts'],
  price: ['단가', 'Price of one'],
  'class-SMS': ['국내 단문 (SMS)', 'In Korea, SMS'],
  'class-LMS': ['국내 장문 (LMS)', 'In Korea, LMS'],
  'class-elsewhere': ['해외, 분할 수대로', 'Elsewhere, by its parts'],
  'class-unknown': ['국내, 종류 기록 없음', 'In Korea, class not kept'],
  note: [
    '발송 업체가 받은 문자를, 집계할 때 설정에 있던 단가로 셉니다. 청구서와는 다를 수 있습니다.',
    'Texts that a provider took, at the prices that were set when they were counted. Its bill may differ.',
  ],
  unpriced: ['단가가 없어 빠진 문자: {count}건', 'Texts left out because no price is set: {count}'],
  setPrices: ['단가 정하기', 'Set the prices'],
});
