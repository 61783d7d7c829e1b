import { type Both, defineWords } from '../../platform/words/words.js';

/**
 * These are our own codes for what became of a call, where no code of the provider's says it. A key with a place stands for
 * codes such as `http-503`.
 */
const callProblems = {
  'connection-refused': ['발송 업체가 연결을 거절했습니다.', 'The provider refused the connection.'],
  'connection-failed': ['발송 업체에 연결할 수 없었습니다.', 'No connection to the provider could be made.'],
  'connection-lost': [
    '발송 업체가 답하기 전에 연결이 끊겼습니다.',
    'The connection to the provider broke before its answer.',
  ],
  'connect-timed-out': [
    '제때 발송 업체에 연결하지 못했습니다.',
    'The provider could not be connected to in time.',
  ],
  'name-not-resolved': [
    '발송 업체의 주소를 찾을 수 없었습니다.',
    'The name of the provider could not be resolved.',
  ],
  'tls-failed': [
    '발송 업체와 믿을 수 있는 연결(TLS)을 맺지 못했습니다.',
    'No trusted connection to the provider could be made (TLS).',
  ],
  'not-sent-in-time': [
    '제때 빈 연결이 나지 않아 보내지 않았습니다.',
    'No connection came free in time; nothing was sent.',
  ],
  closing: ['서비스가 멈추는 중이어서 보내지 않았습니다.', 'The service was stopping; nothing was sent.'],
  'text-too-long': [
    '발송 업체가 받는 길이를 넘는 문자입니다.',
    'The text is longer than the provider takes.',
  ],
  'country-not-served': [
    '이 발송 업체로는 이 나라의 번호에 보내지 않습니다.',
    'Numbers of this country are not texted through this provider.',
  ],
  'taken-before': [
    '발송 업체가 이미 받은 문자라고 답했습니다.',
    'The provider answered that it has this text already.',
  ],
  'not-released': [
    '발송 업체가 맡겨 둔 문자를 내보내지 않았다고 답했습니다.',
    'The provider answered that it does not send what it had been given.',
  ],
  'too-many-requests': [
    '발송 업체가 더 천천히 보내 달라고 합니다.',
    'The provider asks us to send more slowly.',
  ],
  'not-allowed': [
    '발송 업체가 이 계정의 발송을 허용하지 않습니다.',
    'The provider does not let this account send.',
  ],
  'timed-out': ['발송 업체가 제때 답하지 않았습니다.', 'The provider did not answer in time.'],
  'answer-unreadable': [
    '발송 업체의 답을 읽을 수 없었습니다.',
    'The answer of the provider could not be read.',
  ],
  paused: [
    '그 사이 발송이 중지되어 보내지 않았습니다.',
    'Sending was paused meanwhile: the provider was not called.',
  ],
  'deadline-passed': [
    '차례가 너무 늦게 와서 보내지 않았습니다.',
    'Its turn came too late: the provider was not called.',
  ],
  'http-{value}': ['발송 업체가 HTTP {value}(으)로 답했습니다.', 'The provider answered HTTP {value}.'],
} satisfies Record<string, Both>;

defineWords('reasons', callProblems);

/** A CallProblem is one of these codes. */
export type CallProblem = Exclude<keyof typeof callProblems, `http-{value}`> | `http-${number}`;
