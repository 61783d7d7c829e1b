import { defineProblems } from '../../platform/app-error.js';

export const tallyProblems = defineProblems({
  'figures-being-counted': [
    'unavailable',
    '많은 것이 바뀌어 현황을 다시 세고 있습니다. 잠시 뒤 다시 보세요.',
    'So much has changed that the figures are being counted again. Try again shortly.',
  ],
});
