import { defineProblems } from '../../../platform/app-error.js';

export const gatewayProblems = defineProblems({
  'signature-refused.gateway': [
    'forbidden',
    '보고에 적기로 한 비밀값이나 서명이 없거나 맞지 않습니다.',
    'This report does not carry the secret or the signature that was agreed.',
  ],
});
