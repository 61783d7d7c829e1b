import type { Failure, FailureAction } from '../sms-provider.js';

interface TwilioCode {
  action: FailureAction;
  detail: string;
  /** The page that says so. */
  source: string;
}

/** Pages under "Error and Warning Dictionary" in Twilio's documentation, by their title. */
const dictionary = (title: string) => `Twilio Error and Warning Dictionary, "${title}"`;

const entry = (action: FailureAction, detail: string, title: string): TwilioCode => ({
  action,
  detail,
  source: dictionary(title),
});

/** Every Twilio code that we know what to do about; any other is held for a person. */
export const twilioCodes: ReadonlyMap<string, TwilioCode> = new Map([
  ['20429', entry('retry', 'Too many requests at once for this account.', '20429: Too many requests')],

  ['20003', entry('stop-line', 'Twilio does not accept our credentials.', '20003: Permission Denied')],
  ['30002', entry('stop-line', 'Twilio has suspended the account.', '30002: Account suspended')],

  [
    '21408',
    entry(
      'hold-route',
      'The account may not text this country: it has to be allowed in its geographic permissions.',
      "21408: Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
  ],
  [
    '21612',
    entry(
      'hold-route',
      'This sender cannot reach this number.',
      "21612: Message cannot be sent with the current combination of 'To' and/or 'From' parameters",
    ),
  ],
  [
    '30024',
    entry(
      'hold-route',
      'The sender is not registered with the carriers of this country.',
      '30024: Numeric Sender ID Not Provisioned on Carrier',
    ),
  ],
  [
    '30034',
    entry(
      'hold-route',
      'The sender is not registered for business texts to the United States (A2P 10DLC).',
      '30034: US A2P 10DLC - Message from an Unregistered Number',
    ),
  ],

  ['21211', entry('permanent', 'Not a valid phone number.', "21211: Invalid 'To' Phone Number")],
  [
    '21610',
    entry(
      'permanent',
      'The recipient has asked this sender to stop.',
      '21610: Attempt to send to unsubscribed recipient',
    ),
  ],
  ['21614', entry('permanent', 'Not a mobile number.', "21614: 'To' number is not a valid mobile number")],
  ['21635', entry('permanent', 'A landline.', "21635: 'To' number cannot be a landline")],
  [
    '21268',
    entry(
      'permanent',
      'A premium or information-service number.',
      '21268, introduced by the changelog entry "Updates to the error code dictionary to clarify number validation errors"',
    ),
  ],
  [
    '30004',
    entry('permanent', 'The recipient, or the carrier for them, blocks it.', '30004: Message blocked'),
  ],
  [
    '30005',
    entry('permanent', 'The number is unknown, or no longer in use.', '30005: Unknown destination handset'),
  ],
  [
    '30006',
    entry(
      'permanent',
      'A landline, or a carrier that cannot be reached.',
      '30006: Landline or unreachable carrier',
    ),
  ],
  ['30007', entry('permanent', 'The carrier or Twilio filtered the text.', '30007: Message filtered')],

  ['30001', entry('retry-bounded', "The sender's queue at Twilio overflowed.", '30001: Queue overflow')],
  [
    '30003',
    entry('retry-bounded', 'The phone is off, or out of reach.', '30003: Unreachable destination handset'),
  ],
  [
    '30008',
    entry(
      'retry-bounded',
      'The carrier gives no reason; this does not prove that it was not delivered.',
      '30008: Unknown error',
    ),
  ],
  [
    '30036',
    entry('retry-bounded', 'It waited at Twilio longer than it was valid.', '30036: Validity Period Expired'),
  ],
  ['30500', entry('retry-bounded', 'An internal error at Twilio.', '30500: Twilio Internal Error')],
]);

/** What a code of Twilio's asks of us. */
export function twilioFailure(code: string): Failure {
  const known = twilioCodes.get(code);
  if (known) return { code, action: known.action, detail: known.detail };
  return { code, action: 'hold', detail: `Twilio's code ${code} is not one that we know.` };
}
