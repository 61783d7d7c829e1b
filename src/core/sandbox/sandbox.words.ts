import { defineProblems } from '../../platform/app-error.js';

export const sandboxProblems = defineProblems({
  'clock-started': [
    'conflict',
    '시계는 알림이 계획되기 전에 한 번만 시작할 수 있습니다. advanceTo를 쓰거나 빈 데이터베이스에서 시작하세요.',
    'The clock can be started once, before anything is planned: use advanceTo, or begin with an empty database.',
  ],
  'clock-goes-forward': [
    'invalid',
    '시계는 지금 {now}이고, 앞으로만 갑니다.',
    'The clock stands at {now}: it only goes forward.',
  ],
});
