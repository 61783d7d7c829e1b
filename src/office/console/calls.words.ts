import { defineWords } from '../../platform/words/words.js';

defineWords('calls', {
  lead: [
    '지난달에 문자를 보낸 번호 가운데 추첨된 번호입니다. 한 번에 하나씩 보이며, 번호를 보면 누가 왜 보았는지 기록에 남습니다. 담당 부서에는 어느 번호인지 알리지 않습니다.',
    'These numbers were drawn by lot from those that were texted last month. One is shown at a time, and whoever sees a number is recorded with the reason. Departments do not learn which they are.',
  ],
  figures: ['잘못된 번호 비율', 'Rates of wrong numbers'],
  months: ['추첨', 'Draws'],
  month: ['월', 'Month'],
  candidates: ['문자를 보낸 번호', 'Numbers texted'],
  drawn: ['추첨된 번호', 'Drawn'],
  called: ['전화한 번호', 'Called'],
  published: ['공개 자료', 'Published'],
  waits: ['서명된 로그 상태를 기다립니다', 'Waits for a checkpoint of the log'],
  next: ['{month} {place}번째 번호', 'Number {place} of {month}'],
  company: ['계약상 업체', 'Company of the contract'],
  person: ['담당자', 'Contact'],
  number: ['번호', 'Number'],
  text: ['보낸 문자', 'Text sent'],
  reveal: ['번호 보기', 'Show the number'],
  usualReason: ['{month} 표본 확인 전화', 'Call of the sample of {month}'],
  skip: ['받지 않음 — 다음 번호', 'Nobody answers: next number'],
  script: ['이렇게 말합니다', 'What to say'],
  outcome: ['통화 결과', 'What the call came to'],
  'outcome-reached': ['업체와 통화, 문자 받음', 'Company reached, text received'],
  'outcome-not-received': ['업체와 통화, 문자 못 받음', 'Company reached, text not received'],
  'outcome-another-person': ['다른 사람', 'Another person'],
  'outcome-no-such-number': ['없는 번호', 'No such number'],
  results: ['최근 결과', 'Latest results'],
  again: ['결과 고치기', 'Record it again'],
  empty: ['전화할 번호가 없습니다.', 'There is no number to call.'],
  teach: [
    '매달 첫 영업일에 지난달 번호를 추첨합니다.',
    'On the first business day of a month, numbers of the month before are drawn.',
  ],
  from: ['시작 월', 'From month'],
  to: ['종료 월', 'To month'],
  figuresLead: [
    '추첨해서 전화한 번호 가운데 업체의 번호가 아니었던 비율입니다. 새 번호는 더 잘 뽑히므로 그만큼 낮추어 셉니다. 구간은 95% 신뢰구간이며, 전화가 적으면 넓습니다. 넓은 구간만으로 판단하지 마세요.',
    'The share of numbers that did not belong to the company, among those drawn and called. New numbers are drawn more often, and count for less accordingly. The interval holds the true share in 95 of 100 cases; with few calls it is wide, and proves little.',
  ],
  byDepartment: ['부서별', 'By department'],
  byOfficer: ['담당 공무원별', 'By officer'],
  name: ['이름', 'Name'],
  wrong: ['업체의 번호가 아님', 'Not the company’s'],
  share: ['비율(추정)', 'Share, estimated'],
  interval: ['95% 구간', '95 % interval'],
  figuresEmpty: ['이 기간에 전화한 번호가 없습니다.', 'No number was called in these months.'],
});

defineWords('done', {
  'call-recorded': ['통화 결과를 기록했습니다.', 'The result is recorded.'],
});
