import { defineWords } from '../../platform/words/words.js';

defineWords('register', {
  title: ['받아야 할 안내 확인', 'Notices that a contract calls for'],
  lead: [
    '{agency}와 계약한 업체의 담당자는 계약의 단계마다 청렴 안내 문자를 받습니다. 계약번호로 어떤 안내가 언제 나가는지 확인할 수 있습니다.',
    'People at the companies that {agency} contracts with get an integrity text at each step of their contract. A contract’s reference shows which, and on which days.',
  ],
  reference: ['계약번호', 'Contract reference'],
  number: ['업체의 사업자등록번호', 'The company’s registration number'],
  numberHint: [
    '넣으면 문자를 받은 번호의 끝 두 자리도 볼 수 있습니다.',
    'With it, you also see the last two digits of the numbers that were texted.',
  ],
  numberNeeded: [
    '이 기관은 계약을 공개하지 않으므로 두 가지가 모두 맞아야 볼 수 있습니다.',
    'This agency does not publish its contracts: nothing is shown unless both are right.',
  ],
  look: ['확인', 'Look'],
  nothing: [
    '이 정보로 볼 수 있는 계약이 없습니다. 계약서에 적힌 계약번호와 사업자등록번호를 확인하세요. 계약이 있는데도 나오지 않으면 아래로 연락하세요.',
    'Nothing can be shown for this. Check the reference and the registration number against your contract. If you have a contract and it is not here, call one of those below.',
  ],
  day: ['날짜', 'Day'],
  notice: ['안내', 'Notice'],
  state: ['상태', 'State'],
  people: ['받은 번호 수', 'Numbers texted'],
  endings: ['번호 끝 두 자리', 'Last two digits'],
  none: ['이 계약에는 아직 안내할 단계가 없습니다.', 'This contract calls for no notices yet.'],
  'state-told': ['안내함', 'told'],
  'state-partly': ['일부만 안내함', 'only some were told'],
  'state-untold': ['미발송', 'nobody was told'],
  'state-to-come': ['예정', 'to come'],
  'state-no-day': ['날짜 미정', 'no day yet'],
  notRight: ['받은 문자와 다릅니까?', 'Does this not fit what you received?'],
  notRightText: [
    '안내했다고 나오는데 받지 못했거나, 번호 끝자리가 업체 담당자의 것이 아니면 아래로 알려 주세요. 누가 확인했는지는 기록하지 않습니다.',
    'If it says told and nobody at your company was, or the digits are nobody’s of yours, call one of these. Who looks here is not recorded.',
  ],
});
