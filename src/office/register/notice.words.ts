import { defineWords } from '../../platform/words/words.js';

defineWords('notice', {
  title: ['계약 상대자에게 드리는 안내', 'A notice to our contractors'],
  text: [
    '{agency}은(는) 계약의 단계마다 귀사의 담당자에게 청렴 안내 문자를 보냅니다. 계약번호 {reference}에 대하여 어떤 안내가 언제 나가는지, 실제로 나갔는지 아래 주소에서 사업자등록번호와 함께 확인할 수 있습니다. 담당자가 받지 못한 안내가 있으면 그 화면에 적힌 곳으로 알려 주십시오.',
    '{agency} sends your people an integrity text at each step of this contract. At the address below, with your registration number, you can see which notices contract {reference} calls for, on which days, and whether they were given. If one of yours was not, please call one of the places named there.',
  ],
});
