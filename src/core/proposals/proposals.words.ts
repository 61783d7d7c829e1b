import { defineProblems } from '../../platform/app-error.js';

export const proposalProblems = defineProblems({
  'proposal-decided': [
    'conflict',
    '이미 결정되었거나 철회된 변경입니다.',
    'It is decided already: it was approved, refused or withdrawn.',
  ],
  'proposal-not-yours': [
    'forbidden',
    '이 변경은 다른 사람이 결정합니다. 제안한 사람이 초대하거나 관리한 사람, 제안한 사람과 같은 부서 계통의 관리자는 결정할 수 없습니다.',
    'Somebody else decides this: not who proposed it, nobody whose account they made or changed, and no manager of their department line.',
  ],
  'proposal-not-withdrawn': [
    'forbidden',
    '요청한 사람만 철회할 수 있습니다.',
    'Only whoever asked for it takes it back.',
  ],
  'proposal-grown': [
    'conflict',
    '그 사이 사정이 바뀌어 알림을 잃는 사람이 달라졌습니다. 다시 보고 결정하세요.',
    'What it keeps from whom is another than what you saw: look at it again, then decide.',
  ],
});
