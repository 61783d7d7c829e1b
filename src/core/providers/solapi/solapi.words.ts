import { defineProblems } from '../../../platform/app-error.js';

export const solapiProblems = defineProblems({
  'signature-refused.solapi': [
    'forbidden',
    '우리 웹훅의 비밀값이 없거나 맞지 않습니다.',
    'This report does not carry the secret of our webhook.',
  ],
});
