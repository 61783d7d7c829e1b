import type { Section } from '../../../platform/words/words.js';

export const home = {
  title: ['오늘', 'Today'],
  greeting: ['{name} 님, 안녕하세요', 'Hello, {name}'],
  needs: ['조치할 일', 'What needs you'],
  nothing: ['지금 조치할 일이 없습니다.', 'Nothing needs you now.'],
  next: ['다음에 나갈 알림', 'Alerts to come'],
  nextNone: ['예정된 알림이 없습니다.', 'No alerts are planned.'],
  sent: ['최근에 나간 문자', 'Texts sent lately'],
  sentNone: ['아직 나간 문자가 없습니다.', 'No texts have been sent yet.'],
  paused: ['발송 중지 중', 'Sending is paused'],
  pausedWhy: ['{scope}: {reason}', '{scope}: {reason}'],
  seeAll: ['모두 보기', 'See all'],
  monitorLead: [
    '청렴 모니터는 부서별 알림 현황을 봅니다. 계약과 사람의 정보는 보이지 않습니다.',
    'As a monitor you read the figures of your department; contracts and people are not shown.',
  ],
} as const satisfies Section;

/** What a brake stops. */
export const brakeScopes = {
  agency: ['기관 전체', 'the whole agency'],
  department: ['부서', 'a department'],
  template: ['문안', 'a template'],
  sender: ['발신번호', 'a sender'],
  route: ['경로', 'a route'],
  instance: ['데이터베이스', 'this database'],
} as const satisfies Section;
