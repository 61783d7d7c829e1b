import { defineWords } from '../../../platform/words/words.js';

/** The table of what each provider carries of the new texts, on the page of brakes. */
defineWords('carriers', {
  title: ['발송 업체', 'Providers'],
  lead: [
    '새 문자를 어느 업체로 보내는지입니다. 이미 만든 문자는 정해진 업체로만 나갑니다.',
    'Which provider carries new texts. A text that was made already stays with its own.',
  ],
  country: ['받는 번호의 나라', 'Numbers of'],
  elsewhere: ['그 밖의 나라', 'other countries'],
  provider: ['업체', 'Provider'],
  sender: ['발신번호', 'Sender'],
  part: ['새 문자의 몫', 'Part of new texts'],
  usually: ['{part}% (설정 {configured}%)', '{part}% (set to {configured}%)'],
  'why-errors': [
    '{minutes}분 전, 1분 안에 오류가 많이 나서 몫을 다른 업체로 옮겼습니다. 1분에 10%씩 돌려받습니다.',
    'Too many of its calls erred within a minute, {minutes} minute(s) ago: others have its share. It wins back a tenth a minute.',
  ],
  'why-slow': [
    '최근 15분 동안 도착에 5분이 넘게 걸린 문자가 많아 몫을 줄였습니다.',
    'Too many of its texts of the last 15 minutes took more than five: it has less.',
  ],
  'why-braked': ['발신번호나 경로의 발송이 중지되어 있습니다.', 'Its sender or route is paused.'],
});
