import { defineWords } from '../../../platform/words/words.js';

defineWords('settings', {
  retention: ['개인정보 보관 기간', 'How long personal data are kept'],
  retentionLead: [
    '개인정보를 언제까지 보관하고 언제 파기하는지',
    'How long personal data are kept, and when they are destroyed',
  ],
  'personal-data': ['한 사람의 개인정보', 'What is kept of a person'],
  'personal-dataLead': [
    '번호로 찾아 내려받거나, 당사자의 요청에 따라 파기',
    'Find it by the number, download it, or have it erased when they ask',
  ],
  contactYears: ['계약 상대방 담당자의 이름과 번호', 'Names and numbers of contacts'],
  contactYearsHint: [
    '계약의 마지막 의무(완료·해지, 기간, 하자보수, 마지막으로 보낸 알림)가 끝난 뒤 몇 년 동안 보관할지 3~30 사이로 정합니다. 지난 것은 매일 밤 파기하고, 로그의 증명은 남습니다.',
    'Years after the contract’s last obligation (completion or termination, its end, liability, the last alert that was sent), 3 to 30. What is over is erased every night; the proof in the log stays.',
  ],
  messageYears: ['문자의 번호와 문안', 'Number and text of messages'],
  messageYearsHint: ['위와 같이 셉니다.', 'Counted in the same way.'],
  accessLogYears: ['개인정보 접속기록', 'Access log'],
  accessLogYearsHint: [
    '1년 이상 보관해야 하고, 5만 명 이상의 개인정보를 처리하면 2년 이상 보관해야 합니다. 기간이 지난 기록은 매시간 지워집니다.',
    'The law asks for one year, and for two where the data of 50,000 people or more are handled. What is older is deleted every hour.',
  ],
  'accessLogYears-1': ['1년', '1 year'],
  'accessLogYears-2': ['2년', '2 years'],
});

defineWords('personalData', {
  find: ['찾기', 'Find'],
  numberHint: ['찾은 사실은 개인정보 접속기록에 남습니다.', 'The search is kept in the access log.'],
  reasonHint: [
    '당사자가 언제 어떻게 요청했는지 적습니다. 이름이나 번호는 적지 마세요.',
    'When and how the person asked. Leave names and numbers out.',
  ],
  export: ['모두 내려받기', 'Download all of it'],
  erase: ['파기 요청', 'Ask to erase it'],
  eraseLead: [
    '파기는 다른 사람이 결정하며, 둘 중 한 사람은 감사 담당자입니다. 파기한 것은 되돌릴 수 없고, 보낸 사실의 증명은 로그에 남습니다.',
    'Another person decides, and one of the two is an auditor. What is erased does not come back; the proof that it was sent stays in the log.',
  ],
  where: ['번호가 있는 계약', 'Contracts with this number'],
  counts: [
    '계약 {contracts}건, 문자 {messages}건, 알림 {alerts}건',
    'Contracts: {contracts}, messages: {messages}, alerts: {alerts}',
  ],
  staff: [
    '직원의 번호이기도 합니다. 직원 정보는 부서 설정에서 고칩니다.',
    'It is also the number of an officer, which is changed under Departments.',
  ],
  kept: ['지금은 파기할 수 없습니다.', 'It cannot be erased now.'],
});
