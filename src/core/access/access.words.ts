import { defineProblems } from '../../platform/app-error.js';
import { defineWords } from '../../platform/words/words.js';

export const accessProblems = defineProblems({
  'no-rule': ['forbidden', '이 주소에는 접근 규칙이 없습니다.', 'This route has no access rule.'],
  unauthenticated: [
    'unauthenticated',
    '올바른 API 키가 필요합니다. "Authorization: Bearer chr_…"로 보내세요.',
    'Send a valid API key as "Authorization: Bearer chr_…"; this one is missing, unknown, expired or revoked.',
  ],
  forbidden: [
    'forbidden',
    '{role} 역할로는 할 수 없는 일입니다. 할 수 있는 역할: {allowed}.',
    'The role {role} may not do this; {allowed} may.',
  ],
  'key-name-taken': [
    'conflict',
    '{name}은(는) 키의 이름으로 쓸 수 없습니다. 이력에는 키의 이름이 남으므로, 폐기한 키와도 다른 이름을 쓰세요. 이름은 @로 시작할 수 없습니다.',
    'A key cannot be named {name}: the history names keys, so that each needs a name that no other had, without an @ in front.',
  ],
  'own-key': [
    'conflict',
    '자신을 폐기할 수는 없습니다. 다른 관리자 키로 하세요.',
    'A key cannot revoke itself: call with another admin key.',
  ],
  'idempotency-key-malformed': [
    'invalid',
    'Idempotency-Key는 보이는 글자 1자에서 200자까지입니다.',
    'Idempotency-Key is 1 to 200 printable characters.',
  ],
  'idempotency-key-on-upload': [
    'malformed',
    '파일에는 Idempotency-Key를 쓸 수 없습니다. 빼고 보내고, 다시 보내기 전에 GET /api/v1/imports를 확인하세요.',
    'Idempotency-Key does not go with a file: leave it out, and look through GET /api/v1/imports before sending a file again.',
  ],
  'idempotency-key-in-flight': [
    'conflict',
    '같은 요청이 아직 처리되고 있습니다.',
    'The first call with this key is still running.',
  ],
  'idempotency-key-reused': [
    'invalid',
    '다른 요청에 쓴 Idempotency-Key입니다. 새 요청에는 새것을 쓰세요.',
    'This Idempotency-Key was used for another request: take a new key for a new request.',
  ],
});

/** On a page a role is not named by its code. */
defineWords('problems', {
  'forbidden.page': ['이 역할로는 할 수 없는 일입니다.', 'Your role may not do this.'],
});
