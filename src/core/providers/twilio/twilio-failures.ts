import { ProviderFailures } from '../provider-failures.js';

/**
 * This table has each code of Twilio's that we know. The source of each is the page of that number in Twilio's "Error and Warning Dictionary".
 */
export const twilioFailures = new ProviderFailures('Twilio', {
  retry: {
    '20429': [
      'Too many requests at once for this account.',
      '이 계정에서 한꺼번에 보낸 요청이 너무 많습니다.',
    ],
  },
  'stop-line': {
    '20003': ['Twilio does not accept our credentials.', 'Twilio가 인증 정보를 받아들이지 않습니다.'],
    '30002': ['Twilio has suspended the account.', 'Twilio가 계정을 정지했습니다.'],
  },
  'hold-route': {
    '21408': [
      'The account may not text this country: it has to be allowed in its geographic permissions.',
      '이 계정은 해당 국가로 문자를 보낼 수 없습니다. Twilio의 지역 허용 설정이 필요합니다.',
    ],
    '21612': ['This sender cannot reach this number.', '이 발신번호로는 해당 번호에 보낼 수 없습니다.'],
    '30024': [
      'The sender is not registered with the carriers of this country.',
      '발신번호가 해당 국가의 통신사에 등록되어 있지 않습니다.',
    ],
    '30034': [
      'The sender is not registered for business texts to the United States (A2P 10DLC).',
      '발신번호가 미국 업무용 문자(A2P 10DLC)에 등록되어 있지 않습니다.',
    ],
  },
  permanent: {
    '21211': ['Not a valid phone number.', '올바른 전화번호가 아닙니다.'],
    '21610': ['The recipient has asked this sender to stop.', '수신자가 이 발신번호의 문자를 거부했습니다.'],
    '21614': ['Not a mobile number.', '휴대전화 번호가 아닙니다.'],
    '21635': ['A landline.', '유선전화 번호입니다.'],
    // Introduced by the changelog entry "Updates to the error code dictionary to clarify number validation errors".
    '21268': ['A premium or information-service number.', '유료 또는 정보 서비스 번호입니다.'],
    '30004': ['The recipient, or the carrier for them, blocks it.', '수신자나 통신사가 문자를 차단했습니다.'],
    '30005': ['The number is unknown, or no longer in use.', '없는 번호이거나 더는 쓰지 않는 번호입니다.'],
    '30006': [
      'A landline, or a carrier that cannot be reached.',
      '유선전화이거나 연결할 수 없는 통신사의 번호입니다.',
    ],
    '30007': ['The carrier or Twilio filtered the text.', '통신사나 Twilio가 문자를 걸러냈습니다.'],
  },
  'retry-bounded': {
    '30001': ["The sender's queue at Twilio overflowed.", 'Twilio의 발송 대기열이 넘쳤습니다.'],
    '30003': ['The phone is off, or out of reach.', '전화기가 꺼져 있거나 연결되지 않습니다.'],
    '30008': [
      'The carrier gives no reason; this does not prove that it was not delivered.',
      '통신사가 이유를 알리지 않았습니다. 전달되지 않았다는 증거는 아닙니다.',
    ],
    '30036': ['It waited at Twilio longer than it was valid.', 'Twilio에서 유효 시간을 넘겨 대기했습니다.'],
    '30500': ['An internal error at Twilio.', 'Twilio 내부 오류입니다.'],
  },
});
