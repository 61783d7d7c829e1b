import { defineWords } from '../../../platform/words/words.js';

defineWords('settings', {
  defaults: ['새 기본값', 'New defaults'],
  defaultsLead: [
    '새 버전에 들어 있는 알림 계획과 문안을 쓸지 정합니다',
    'Plans and texts of this release, to accept or decline',
  ],
});

defineWords('defaults', {
  lead: [
    '저절로 바뀌는 것은 없습니다. 받아들이면 새 판이 되어 아직 보내지 않은 문자와 새 계약에 쓰이고, 등록된 계약은 제 계획을 그대로 지닙니다. 지금 것을 계속 쓰면 기본값이 다시 바뀔 때까지 묻지 않습니다.',
    'Nothing changes by itself. What you accept becomes the next version, for texts not yet sent and for new contracts; contracts keep their plan. What you decline is not offered again until it changes.',
  ],
  none: ['정할 것이 없습니다.', 'There is nothing to decide.'],
  inForce: ['지금 쓰는 것', 'In force now'],
  notYet: ['아직 없습니다.', 'There is none yet.'],
  offered: ['새 기본값', 'New default'],
  plan: ['알림 계획: {kind}', 'Plan: {kind}'],
  template: ['문안: {key}', 'Text: {key}'],
  accept: ['받아들이기', 'Accept'],
  decline: ['지금 것 계속 쓰기', 'Decline'],
});

defineWords('done', {
  'default-accepted': ['새 기본값을 받아들였습니다.', 'The default is in force.'],
  'default-declined': ['지금 것을 계속 씁니다.', 'What is in force stays.'],
});
