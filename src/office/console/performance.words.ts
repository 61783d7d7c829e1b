import { defineWords } from '../../platform/words/words.js';

defineWords('performance', {
  title: ['약속과 이행', 'What was promised, and what was kept'],
  lead: [
    '{agency}의 계약에서 단계마다 업체에 안내하기로 한 것과 실제로 안내한 것입니다. 달이 끝나면 한 번 집계하고 나중에 고치지 않습니다.',
    'At each step of a contract of {agency}, the companies are to be told. This is what was called for and what was done, counted once when a month is over and not changed afterwards.',
  ],
  month: ['월', 'Month'],
  called: ['안내해야 할 단계', 'Steps that called for it'],
  told: ['안내함', 'Told'],
  untold: ['일부 또는 전부 미발송', 'Not told, or not all'],
  because: ['미발송 사유', 'Why not'],
  texts: ['문자가 나간 때', 'When the texts went out'],
  'texts-withinTenSeconds': ['예정 시각에서 10초 안', 'within 10 seconds of their time'],
  'texts-withinDay': ['예정한 날 안', 'later on their day'],
  'texts-later': ['예정한 날이 지나서', 'after their day'],
  'texts-notTaken': ['나가지 못함', 'not taken by the carrier'],
  'texts-other': ['그 밖', 'others'],
  few: ['{least}건 미만', 'fewer than {least}'],
  joined: [
    '{least}건 미만인 항목은 ‘그 밖’에 더합니다. 합계는 항상 맞습니다.',
    'What is fewer than {least} is added to “others”; the sums are always right.',
  ],
  download: ['수치 내려받기(CSV)', 'Download the figures (CSV)'],
  none: ['아직 끝난 달이 없습니다.', 'No month is over yet.'],
});
