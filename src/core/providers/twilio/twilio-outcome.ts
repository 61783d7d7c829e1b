import type { Failure, SendOutcome } from '../sms-provider.js';
import { CallFailed } from './twilio-call.js';
import { twilioCodes, twilioFailure } from './twilio-codes.js';
import { TwilioAnswer } from './twilio-http.js';

/** What became of a send that threw. Only what proves that nothing was accepted is `refused`; the rest is ambiguous. */
export function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof CallFailed) return error.written ? lost(error) : unsent(error);
  if (error instanceof TwilioAnswer) return answered(error);
  return { kind: 'ambiguous', detail: 'Twilio accepted, with an answer that cannot be read.' };
}

function lost({ reason }: CallFailed): SendOutcome {
  const detail =
    reason === 'timed-out'
      ? 'Twilio did not answer in time.'
      : 'The connection to Twilio broke before its answer.';
  return { kind: 'ambiguous', detail };
}

function unsent({ reason }: CallFailed): SendOutcome {
  return {
    kind: 'refused',
    code: reason,
    action: 'retry',
    detail: unsentWords[reason] ?? 'No connection to Twilio could be made.',
  };
}

const unsentWords: Record<string, string> = {
  'connection-refused': 'Twilio refused the connection.',
  'name-not-resolved': "Twilio's name could not be resolved.",
  'connect-timed-out': 'Twilio could not be connected to in time.',
  'tls-failed': 'No trusted connection to Twilio could be made (TLS).',
  'not-sent-in-time': 'No connection came free in time; nothing was sent.',
  closing: 'The service is stopping; nothing was sent.',
};

function answered(answer: TwilioAnswer): SendOutcome {
  // 408 may come from a gateway that had passed the request on.
  if (answer.status >= 500 || answer.status === 408) {
    return { kind: 'ambiguous', detail: `Twilio answered ${answer.status}.` };
  }
  const failure = failureOf(answer);
  if (failure.action !== 'retry' || answer.retryAfterSeconds === null) return { kind: 'refused', ...failure };
  return { kind: 'refused', ...failure, retryAfterSeconds: answer.retryAfterSeconds };
}

function failureOf({ status, code }: TwilioAnswer): Failure {
  if (status === 429) {
    return { code: code ?? '429', action: 'retry', detail: 'Twilio asks us to send more slowly.' };
  }
  // Twilio sends some codes about one number or country with 403: the code says more than the status.
  if (code !== null && twilioCodes.has(code)) return twilioFailure(code);
  if (status === 401 || status === 403) {
    return {
      code: code ?? String(status),
      action: 'stop-line',
      detail: `Twilio does not let this account send (${status}).`,
    };
  }
  if (code !== null) return twilioFailure(code);
  return { code: `http-${status}`, action: 'hold', detail: `Twilio answered ${status} without a code.` };
}
