import { defineProblems } from '../../platform/app-error.js';

export const settingProblems = defineProblems({
  'setting-missing': [
    'not-found',
    '{name} 설정이 아직 없습니다.',
    'The setting {name} has not been made yet.',
  ],
  'setting-missing.version': [
    'not-found',
    '{name} 설정의 {version}판은 없습니다.',
    'There is no version {version} of {name}.',
  ],
  'setting-unreadable': [
    'unavailable',
    '저장된 {name} 설정의 {version}판을 읽을 수 없어 이 설정이 필요한 일은 하지 않습니다. 관리자가 새 판을 저장해야 합니다.',
    'Version {version} of {name} cannot be read, so that nothing is done that needs it: an admin has to put a new version.',
  ],
  'setting-unknown': ['invalid', '{name}이라는 설정은 없습니다.', 'There is no setting {name}.'],
  'setting-changed': [
    'conflict',
    '같은 순간에 {name} 설정이 바뀌었습니다. 다시 보고 하세요.',
    '{name} was changed at the same moment; look and try again.',
  ],
});
