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
  'setting-unknown': ['invalid', '{name}이라는 설정은 없습니다.', 'There is no setting {name}.'],
  'setting-changed': [
    'conflict',
    '같은 순간에 {name} 설정이 바뀌었습니다. 다시 보고 하세요.',
    '{name} was changed at the same moment; look and try again.',
  ],
});
