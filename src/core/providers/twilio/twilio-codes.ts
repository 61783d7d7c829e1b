import { words, type Words } from '../../../platform/words/words.js';
import type { Failure, FailureAction } from '../sms-provider.js';

interface TwilioCode {
  action: FailureAction;
  detail: string;
  /** The same in Korean. */
  ko: string;
  /** The page that says so. */
  source: string;
}

/** Pages under "Error and Warning Dictionary" in Twilio's documentation, by their title. */
const dictionary = (title: string) => `Twilio Error and Warning Dictionary, "${title}"`;

const entry = (action: FailureAction, detail: string, ko: string, title: string): TwilioCode => ({
  action,
  detail,
  ko,
  source: dictionary(title),
});

/** Every Twilio code that we know what to do about; any other is held for a person. */
export const twilioCodes: ReadonlyMap<string, TwilioCode> = new Map([
  [
    '20429',
    entry(
      'retry',
      'Too many requests at once for this account.',
      '이 계정에서 한꺼번에 보낸 요청이 너무 많습니다.',
      '20429: Too many requests',
    ),
  ],

  [
    '20003',
    entry(
      'stop-line',
      'Twilio does not accept our credentials.',
      'Twilio가 인증 정보를 받아들이지 않습니다.',
      '20003: Permission Denied',
    ),
  ],
  [
    '30002',
    entry(
      'stop-line',
      'Twilio has suspended the account.',
      'Twilio가 계정을 정지했습니다.',
      '30002: Account suspended',
    ),
  ],

  [
    '21408',
    entry(
      'hold-route',
      'The account may not text this country: it has to be allowed in its geographic permissions.',
      '이 계정은 해당 국가로 문자를 보낼 수 없습니다. Twilio의 지역 허용 설정이 필요합니다.',
      "21408: Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
  ],
  [
    '21612',
    entry(
      'hold-route',
      'This sender cannot reach this number.',
      '이 발신번호로는 해당 번호에 보낼 수 없습니다.',
      "21612: Message cannot be sent with the current combination of 'To' and/or 'From' parameters",
    ),
  ],
  [
    '30024',
    entry(
      'hold-route',
      'The sender is not registered with the carriers of this country.',
      '발신번호가 해당 국가의 통신사에 등록되어 있지 않습니다.',
      '30024: Numeric Sender ID Not Provisioned on Carrier',
    ),
  ],
  [
    '30034',
    entry(
      'hold-route',
      'The sender is not registered for business texts to the United States (A2P 10DLC).',
      '발신번호가 미국 업무용 문자(A2P 10DLC)에 등록되어 있지 않습니다.',
      '30034: US A2P 10DLC - Message from an Unregistered Number',
    ),
  ],

  [
    '21211',
    entry(
      'permanent',
      'Not a valid phone number.',
      '올바른 전화번호가 아닙니다.',
      "21211: Invalid 'To' Phone Number",
    ),
  ],
  [
    '21610',
    entry(
      'permanent',
      'The recipient has asked this sender to stop.',
      '수신자가 이 발신번호의 문자를 거부했습니다.',
      '21610: Attempt to send to unsubscribed recipient',
    ),
  ],
  [
    '21614',
    entry(
      'permanent',
      'Not a mobile number.',
      '휴대전화 번호가 아닙니다.',
      "21614: 'To' number is not a valid mobile number",
    ),
  ],
  [
    '21635',
    entry('permanent', 'A landline.', '유선전화 번호입니다.', "21635: 'To' number cannot be a landline"),
  ],
  [
    '21268',
    entry(
      'permanent',
      'A premium or information-service number.',
      '유료 또는 정보 서비스 번호입니다.',
      '21268, introduced by the changelog entry "Updates to the error code dictionary to clarify number validation errors"',
    ),
  ],
  [
    '30004',
    entry(
      'permanent',
      'The recipient, or the carrier for them, blocks it.',
      '수신자나 통신사가 문자를 차단했습니다.',
      '30004: Message blocked',
    ),
  ],
  [
    '30005',
    entry(
      'permanent',
      'The number is unknown, or no longer in use.',
      '없는 번호이거나 더는 쓰지 않는 번호입니다.',
      '30005: Unknown destination handset',
    ),
  ],
  [
    '30006',
    entry(
      'permanent',
      'A landline, or a carrier that cannot be reached.',
      '유선전화이거나 연결할 수 없는 통신사의 번호입니다.',
      '30006: Landline or unreachable carrier',
    ),
  ],
  [
    '30007',
    entry(
      'permanent',
      'The carrier or Twilio filtered the text.',
      '통신사나 Twilio가 문자를 걸러냈습니다.',
      '30007: Message filtered',
    ),
  ],

  [
    '30001',
    entry(
      'retry-bounded',
      "The sender's queue at Twilio overflowed.",
      'Twilio의 발송 대기열이 넘쳤습니다.',
      '30001: Queue overflow',
    ),
  ],
  [
    '30003',
    entry(
      'retry-bounded',
      'The phone is off, or out of reach.',
      '전화기가 꺼져 있거나 연결되지 않습니다.',
      '30003: Unreachable destination handset',
    ),
  ],
  [
    '30008',
    entry(
      'retry-bounded',
      'The carrier gives no reason; this does not prove that it was not delivered.',
      '통신사가 이유를 알리지 않았습니다. 전달되지 않았다는 증거는 아닙니다.',
      '30008: Unknown error',
    ),
  ],
  [
    '30036',
    entry(
      'retry-bounded',
      'It waited at Twilio longer than it was valid.',
      'Twilio에서 유효 시간을 넘겨 대기했습니다.',
      '30036: Validity Period Expired',
    ),
  ],
  [
    '30500',
    entry(
      'retry-bounded',
      'An internal error at Twilio.',
      'Twilio 내부 오류입니다.',
      '30500: Twilio Internal Error',
    ),
  ],
]);

/** What a code of Twilio's asks of us. */
export function twilioFailure(code: string): Failure {
  const known = twilioCodes.get(code);
  if (known) return { code, action: known.action, detail: known.detail };
  return { code, action: 'hold', detail: `Twilio's code ${code} is not one that we know.` };
}

/** What a code of Twilio's means, in both languages. */
export function twilioWords(code: string): Words {
  const known = twilioCodes.get(code);
  return words(
    known?.ko ?? `알려지지 않은 Twilio 코드 ${code}입니다.`,
    known?.detail ?? twilioFailure(code).detail,
  );
}
