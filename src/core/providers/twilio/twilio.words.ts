import { defineProblems } from '../../../platform/app-error.js';

export const twilioProblems = defineProblems({
  'signature-refused.twilio': [
    'forbidden',
    '서명이 맞지 않습니다.',
    'This is not a receipt signed by our Twilio account.',
  ],
});
