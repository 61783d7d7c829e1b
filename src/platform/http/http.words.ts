import { defineProblems } from '../app-error.js';
import { defineWords } from '../words/words.js';

/** These problems arise before or below a feature. */
export const httpProblems = defineProblems({
  'validation-failed': [
    'malformed',
    '빠졌거나 잘못 적은 칸이 있습니다. fields를 보세요.',
    'Some fields are missing, unknown or of the wrong form: see fields.',
  ],
  'made-meanwhile': [
    'conflict',
    '같은 순간에 다른 사람이 같은 것을 만들었습니다. 아무것도 바뀌지 않았으니 다시 확인하세요.',
    'Somebody else made the same at the same moment; nothing was changed here. Look again.',
  ],
  'reference-unknown': [
    'invalid',
    '없는 자료를 가리키고 있습니다. 아무것도 바뀌지 않았습니다.',
    'One of the ids names something that does not exist; nothing was changed.',
  ],
  'value-unusable': [
    'malformed',
    '저장하거나 찾을 수 없는 값이 있습니다(NUL 바이트, 없는 날 등). 아무것도 바뀌지 않았습니다.',
    'A value that was sent cannot be stored or looked for, such as a NUL byte or an impossible day; nothing was changed.',
  ],
  'characters-unusable': [
    'invalid',
    '저장할 수 없는 글자(제어 문자, 깨진 글자)가 있습니다. 지우고 다시 적으세요. 이름처럼 한 줄로 적는 칸에는 줄바꿈도 쓸 수 없습니다.',
    'It holds control characters or broken ones: write it without them. A name and the like stands on one line.',
  ],
  'characters-invisible': [
    'invalid',
    '보이지 않거나 글자의 순서를 바꾸는 문자가 들어 있습니다. 지우고 다시 적으세요.',
    'It holds a character that nobody sees, or that turns others round: write it without that.',
  ],
  'too-deep': [
    'malformed',
    '배열과 객체가 20단계보다 깊이 들어 있습니다.',
    'Arrays and objects stand in each other more than 20 levels deep.',
  ],
  'field-repeated': [
    'malformed',
    '같은 칸이 두 번 이상 왔습니다. 한 번만 보내세요.',
    'It was sent more than once: send it once.',
  ],
  'database-unavailable': [
    'unavailable',
    '지금은 자료를 읽거나 쓸 수 없습니다. 아무것도 바뀌지 않았습니다. 잠시 뒤 다시 하세요.',
    'The database cannot be reached or written to just now; nothing was changed. Try again shortly.',
  ],
  'database-read-only': [
    'unavailable',
    '지금은 쓰기가 되지 않습니다. 잠시 뒤 다시 하세요.',
    'The database is read-only just now.',
  ],
  busy: [
    'unavailable',
    '지금은 요청이 너무 많습니다. 아무것도 바뀌지 않았습니다. 잠시 뒤 다시 하세요.',
    'There are too many requests just now; nothing was changed. Try again shortly.',
  ],
  malformed: [
    'malformed',
    '요청을 읽을 수 없습니다. 주소나 헤더, 본문의 형식이 잘못되었습니다.',
    'The request cannot be read: its address, a header or its body is not of the form that it claims.',
  ],
  'not-found.route': [
    'not-found',
    '이런 주소는 없습니다. 주소와 메서드를 확인하세요.',
    'There is nothing at this address: check the address and the method.',
  ],
  'method-not-allowed': [
    'malformed',
    '이 주소에서 쓸 수 없는 메서드입니다.',
    'This address does not take this method.',
  ],
  'request-too-slow': [
    'malformed',
    '요청이 제때 다 오지 않아 연결을 끊었습니다. 아무것도 바뀌지 않았습니다. 다시 보내세요.',
    'The request did not arrive in time, and nothing was changed. Send it again.',
  ],
  'body-too-large': [
    'too-large',
    '본문이 너무 큽니다. JSON과 양식은 1MB, 파일은 200MB까지입니다.',
    'The body is too large: JSON and forms may have 1 MB, a file 200 MB.',
  ],
  'address-too-long': ['malformed', '주소가 너무 깁니다.', 'The address is too long.'],
  'unsupported-media-type': [
    'malformed',
    '이 Content-Type은 받지 않습니다. API는 application/json을 받습니다.',
    'This Content-Type is not taken here: the API takes application/json.',
  ],
  'expectation-failed': [
    'malformed',
    'Expect 헤더의 요구를 들어줄 수 없습니다. 헤더를 빼고 보내세요.',
    'What the header Expect asks for is not done here: send the request without it.',
  ],
  'headers-too-large': [
    'malformed',
    '헤더가 너무 큽니다. 16KB까지입니다.',
    'The headers are too large: they may have 16 kB together.',
  ],
  refused: ['malformed', '이 요청은 받을 수 없습니다.', 'This request cannot be taken.'],
});

/** Said of a field for which a page has no words of its own. */
defineWords('issues', {
  'invalid-type': ['빠졌거나 종류가 다른 값입니다.', 'It is missing, or of another kind than it has to be.'],
  'too-big': ['{maximum} 이하여야 합니다.', 'It may be {maximum} at the most.'],
  'too-big.string': ['{maximum}자까지 쓸 수 있습니다.', 'It may have {maximum} characters at the most.'],
  'too-big.array': ['{maximum}개까지 넣을 수 있습니다.', 'There may be {maximum} of them at the most.'],
  'too-small': ['{minimum} 이상이어야 합니다.', 'It has to be {minimum} at the least.'],
  'too-small.string': ['{minimum}자 이상 적어야 합니다.', 'It needs {minimum} characters at the least.'],
  'too-small.array': ['{minimum}개 이상 있어야 합니다.', 'There have to be {minimum} of them at the least.'],
  'invalid-value': ['다음 가운데 하나여야 합니다: {values}', 'It has to be one of these: {values}'],
  'invalid-format': ['형식이 다릅니다.', 'It is not written as it has to be.'],
  'unrecognized-keys': ['여기에 없는 칸입니다: {keys}', 'These fields do not exist here: {keys}'],
  custom: ['여기에 쓸 수 없는 값입니다.', 'This value does not do here.'],
});

defineWords('problems', {
  'validation-failed.page': [
    '빠졌거나 잘못 적은 칸이 있습니다. 표시된 칸을 고쳐 주세요.',
    'Some fields are missing or of the wrong form: mend the marked ones.',
  ],
  'not-found.route.page': [
    '이런 페이지는 없습니다. 주소를 확인하거나 메뉴에서 찾으세요.',
    'There is no such page: check the address, or go on from the menu.',
  ],
  internal: [
    '시스템 오류가 발생했습니다. 아무것도 바뀌지 않았습니다.',
    'Something went wrong here; nothing was changed.',
  ],
});
