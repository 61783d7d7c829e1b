import { defineProblems } from '../../platform/app-error.js';

export const oidcProblems = defineProblems({
  'issuer-away': [
    'unauthenticated',
    '기관 통합 로그인에 지금 연결할 수 없습니다. 잠시 뒤에 다시 하세요.',
    'The agency’s sign-in service cannot be reached: try again in a while.',
  ],
  'issuer-over': [
    'unauthenticated',
    '로그인을 시작한 화면이 아니거나 시간이 지났습니다. 처음부터 다시 로그인하세요.',
    'This browser did not begin the sign-in, or it took too long: sign in again from the beginning.',
  ],
  'issuer-refused': [
    'unauthenticated',
    '기관 통합 로그인의 응답을 확인할 수 없어 로그인하지 않았습니다. 처음부터 다시 로그인하세요.',
    'The answer of the agency’s sign-in service does not fit, so nobody was signed in: begin again.',
  ],
  'issuer-unverified': [
    'unauthenticated',
    '기관 통합 로그인에서 전자우편이 확인되지 않았습니다. 그쪽 관리자에게 문의하세요.',
    'The agency’s sign-in service has not verified your e-mail address: ask those who run it.',
  ],
  'issuer-unknown': [
    'unauthenticated',
    '이 사람의 계정이 없습니다. 초대를 아직 수락하지 않았으면 받은 주소로 먼저 수락하고, 계정이 없으면 기관의 관리자에게 요청하세요.',
    'There is no account that you can enter. Accept your invitation first if you have one; else ask an administrator of your agency.',
  ],
  'issuer-only': [
    'unauthenticated',
    '이 기관은 기관 통합 로그인으로만 로그인합니다.',
    'This agency signs in by its own sign-in service alone.',
  ],
});
