import { defineProblems } from '../../platform/app-error.js';
import { defineFindings } from '../../platform/findings.js';

export const listProblems = defineProblems({
  'list-name-taken': [
    'conflict',
    '같은 이름의 대조 목록이 이미 있습니다.',
    'There is a reference list of that name already.',
  ],
  'list-polled-already': [
    'conflict',
    '나라장터에서 자동으로 채우는 목록은 하나만 둘 수 있습니다.',
    'Another list is filled from e-procurement: one at most is.',
  ],
  'match-unknown': [
    'invalid',
    '그 번호의 계약이 하나로 정해지지 않습니다. 계약번호를 확인하세요.',
    'No single contract has that reference: check how it is written.',
  ],
  'payment-puts-off': [
    'invalid',
    '{reference}: 이 날짜로 기록하면 예정된 안내가 미뤄집니다.',
    '{reference}: recorded for this day, it would put off a text that is planned.',
  ],
});

const bringAgain = '계약번호와 등록 여부를 확인하고 다시 올려 주십시오.';

/** Makes what is wrong with a row of payments and inspections. */
export const listFinding = defineFindings({
  'payment-undated': [
    '지급일과 검사일이 모두 비어 있습니다.',
    'The row has neither a day of payment nor one of inspection.',
    '둘 가운데 하나를 적고 다시 올려 주십시오.',
    'Give one of them and bring the row again.',
  ],
  'payment-contract-unknown': [
    '{reference}: 그 번호의 계약이 하나로 정해지지 않습니다.',
    'No single contract here is {reference}.',
    bringAgain,
    'Check the number and whether the contract is registered, and bring the row again.',
  ],
  'payment-kind-unknown': [
    '{reference}의 계획에 "{kind}"에 해당하는 단계가 없거나 그 날짜가 비어 있습니다.',
    'The plan of {reference} has no milestone for "{kind}", or its day is missing.',
    '지급구분에 선금, 기성, 준공금이나 단계의 이름을 쓰고 그 날짜를 적어 다시 올려 주십시오.',
    'Write an advance, a progress or a final payment, or the name of a milestone, with its day, and bring the row again.',
  ],
  'payment-moved': [
    '{reference}: 이 목록이 전에 {known}로 알려 준 것으로 봅니다. 기록은 그대로 두었습니다.',
    '{reference}: it is taken for what this list gave as {known} before. The record stays as it is.',
    '다른 지급이나 검사이면 직접 기록해 주십시오.',
    'Record it by hand if it is another payment or inspection.',
  ],
});
