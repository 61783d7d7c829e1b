import { defineWords } from '../../../platform/words/words.js';

/**
 * Errors by their code, for people: what happened and how to put it right. English is the error's own sentence, which may say
 * more; a code that is not here is shown in it.
 */
defineWords('problems', {
  'text-failed': ['문안을 만들 수 없습니다.', ''],
  'figures-by-officer': ['청렴 모니터는 부서별 수치만 볼 수 있습니다.', ''],
  'format-not-read': ['읽을 수 없는 형식입니다. 엑셀에서 .xlsx나 CSV(UTF-8)로 저장해 올리세요.', ''],
  'export-quota': ['한 시간에 내려받을 수 있는 횟수를 넘었습니다. 잠시 뒤 다시 하세요.', ''],
  'search-too-wide': ['찾는 범위가 너무 넓습니다. 더 긴 낱말이나 부서, 기간을 적으세요.', ''],
});
