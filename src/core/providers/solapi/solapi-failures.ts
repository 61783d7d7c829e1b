import { ProviderAnswer } from '../http-calls.js';
import { ProviderFailures } from '../provider-failures.js';
import type { SendOutcome } from '../sms-provider.js';

/**
 * This table has each code of SOLAPI's that we know. Those of four digits are of its page "Message Status Codes" (1xxx: not taken,
 * 2xxx: while SOLAPI had it, 3xxx: while the carrier had it), and the names are of its page "API Key".
 */
export const solapiFailures = new ProviderFailures('SOLAPI', {
  retry: {
    '1024': [
      'SOLAPI had a fault of its own and did not take the text.',
      '솔라피 서버 오류로 접수되지 않았습니다.',
    ],
  },
  'stop-line': {
    '1020': ['SOLAPI does not know the account.', '솔라피에 등록된 계정이 아니거나 인증 정보가 틀립니다.'],
    '1030': ['The balance of the account is used up.', '솔라피 계정의 잔액이 부족합니다.'],
    '1062': ['The sender’s number is not registered with SOLAPI.', '솔라피에 등록되지 않은 발신번호입니다.'],
    '2063': ['SOLAPI has blocked the account.', '솔라피가 계정을 차단했습니다.'],
    '3013': [
      'The sender’s number does not have the form that the rules ask for.',
      '발신번호 형식이 세칙에 맞지 않습니다.',
    ],
    '3059': [
      'The carrier takes the sender’s number for a forged one.',
      '통신사가 변작된 발신번호로 보았습니다.',
    ],
    NotEnoughBalance: [
      'The balance of the account does not suffice for what was to be released.',
      '맡겨 둔 문자를 내보내기에 솔라피 계정의 잔액이 모자랍니다.',
    ],
    InvalidAPIKey: ['SOLAPI does not know the API key.', '솔라피가 모르는 API 키입니다.'],
    SignatureDoesNotMatch: [
      'The secret of the API key is not the one that SOLAPI has.',
      'API 키의 비밀값이 솔라피의 것과 다릅니다.',
    ],
    RequestTimeTooSkewed: [
      'The clock of this machine is more than 15 minutes off.',
      '이 서버의 시계가 15분 넘게 어긋나 있습니다.',
    ],
  },
  'hold-route': {
    '1058': ['SOLAPI has no way to this number.', '솔라피에 이 번호로 가는 전송 경로가 없습니다.'],
  },
  permanent: {
    '1060': ['The number is blocked at SOLAPI.', '솔라피에서 차단된 수신번호입니다.'],
    '1061': ['The recipient has opted out by the free 080 number.', '수신자가 080 무료 수신거부를 했습니다.'],
    '2060': [
      'SOLAPI did not pass it on: the number is blocked there.',
      '솔라피가 차단된 수신번호로 처리했습니다.',
    ],
    '2061': [
      'SOLAPI did not pass it on: the recipient has opted out by 080.',
      '080 수신거부 번호여서 솔라피가 보내지 않았습니다.',
    ],
    '2062': [
      'SOLAPI did not pass it on: the sender’s number is not registered.',
      '발신번호가 등록되지 않아 솔라피가 보내지 않았습니다.',
    ],
    '2254': ['SOLAPI filtered the text as spam.', '솔라피가 스팸으로 처리했습니다.'],
    '3010': ['Not a valid phone number.', '수신번호 형식이 올바르지 않습니다.'],
    '3031': ['The carrier cannot send to this number.', '통신사가 전송할 수 없는 번호입니다.'],
    '3032': ['The number belongs to nobody.', '가입자가 없는 번호입니다.'],
    '3047': ['The phone refuses texts of this sender.', '착신이 거절되었습니다.'],
    '3050': ['The phone cannot receive texts.', '문자를 받을 수 없는 단말기입니다.'],
    '3054': ['The carrier filtered the text as spam.', '통신사가 스팸으로 처리했습니다.'],
    '3055': ['The number is on the list of nospam.or.kr.', 'nospam.or.kr에 등록된 번호입니다.'],
    '3058': ['The carrier has no way to this number.', '통신사에 이 번호로 가는 전송 경로가 없습니다.'],
  },
  'retry-bounded': {
    '2024': ['A fault at SOLAPI after it had taken the text.', '접수 뒤 솔라피 서버에 오류가 났습니다.'],
    '2230': ['The balance was used up before the text went on.', '보내기 전에 잔액이 부족해졌습니다.'],
    '3012': ['A fault between SOLAPI and the carrier.', '연동처 서버 오류입니다.'],
    '3014': ['The carrier does not know what became of it.', '통신사가 메시지의 상태를 알지 못합니다.'],
    '3024': ['A fault at the carrier.', '통신사 서버 오류입니다.'],
    '3040': ['The carrier could not deliver it in time.', '전송 시간이 초과되었습니다.'],
    '3041': ['The phone was busy.', '단말기가 통화 중이었습니다.'],
    '3042': ['The phone had no signal.', '단말기가 음영 지역에 있습니다.'],
    '3043': ['The phone is off.', '단말기 전원이 꺼져 있습니다.'],
    '3044': ['The phone has no room for another text.', '단말기에 저장할 자리가 없습니다.'],
    '3045': ['The service of the phone is suspended for now.', '단말기가 일시 정지되어 있습니다.'],
    '3046': ['Another problem of the phone.', '단말기의 다른 문제입니다.'],
    '3048': [
      'The carrier gives a code that SOLAPI does not know.',
      '통신사가 솔라피가 모르는 코드를 알려 왔습니다.',
    ],
    '3051': ['The recipient’s line cannot be called for now.', '착신 측에 연결할 수 없는 상태입니다.'],
    '3053': ['The queue at the carrier is full.', '통신사의 대기열이 가득 찼습니다.'],
    '3056': ['The radio network did not deliver it.', '무선망에서 전송하지 못했습니다.'],
    '3057': ['The radio network did not reach the phone.', '무선망에서 단말기까지 전송하지 못했습니다.'],
  },
});

/** Judges a call that threw. A signature is taken once: the first request that bore it may have been taken. */
export function solapiOutcomeOf(error: unknown): SendOutcome {
  if (error instanceof ProviderAnswer && error.code === 'DuplicatedSignature')
    return { kind: 'ambiguous', detail: 'taken-before' };
  return solapiFailures.outcomeOf(error);
}
