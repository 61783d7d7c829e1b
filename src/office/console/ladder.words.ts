import { defineWords } from '../../platform/words/words.js';

defineWords('ladder', {
  lead: [
    '담당 공무원과 부서장에게 바로 알린 일이 정한 날까지 처리되지 않으면 감사 부서에, 그 뒤에는 감사 책임자에게 올라옵니다.',
    'Officers and managers learn at once of what waits. What still waits after its days comes to the auditors, and then to the head of audit.',
  ],
  howFar: ['어디까지 올라왔는지', 'How far it came'],
  'step-audit': ['감사 부서', 'auditors'],
  'step-head': ['감사 책임자', 'head of audit'],
  state: ['상태', 'State'],
  'state-open': ['확인 전', 'open'],
  'state-acknowledged': ['확인함', 'noted'],
  'state-resolved': ['처리됨', 'resolved'],
  handled: ['확인과 조치', 'Noted, and what is done'],
  work: ['일', 'Work'],
  contract: ['계약', 'Contract'],
  waitingSince: ['대기 시작일', 'Waits since'],
  came: ['{day} 올라옴: {step}', 'came to the {step} on {day}'],
  acknowledge: ['확인했음을 기록', 'Take note'],
  note: ['어떻게 할지', 'What is done about it'],
  acknowledged: ['{by}: {note}', '{by}: {note}'],
  empty: ['올라온 일이 없습니다.', 'Nothing has come up.'],
  settingShow: ['일의 종류마다 보기', 'For each kind of work'],
  setting: ['며칠 뒤에 올라오는지', 'After how many days'],
  settingLead: [
    '업무일 수입니다. 비워 두면 올라오지 않습니다.',
    'In business days; left blank, it does not come up.',
  ],
  auditAfter: ['감사 부서까지', 'To the auditors'],
  headAfter: ['그 뒤 감사 책임자까지', 'Then to the head of audit'],
  head: ['감사 책임자', 'Head of audit'],
  everyAuditor: ['모든 감사 담당자', 'Every auditor'],
});

defineWords('done', {
  'ladder-acknowledged': ['확인했음을 기록했습니다.', 'Noted.'],
});
