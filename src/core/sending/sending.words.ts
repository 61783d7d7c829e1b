import { defineProblems } from '../../platform/app-error.js';
import { type Both, defineWords, hasWords, type Words, wordsOf } from '../../platform/words/words.js';
import '../providers/call-problems.words.js';
import type { CallProblem } from '../providers/call-problems.words.js';
import type { Providers } from '../providers/providers.module.js';
import type { AttemptStatus, Brake, MessageStatus, ReasonOrigin } from './sending.entities.js';

export const sendingProblems = defineProblems({
  'brake-already-on': [
    'conflict',
    '{scope} {target} 발송은 이미 중지되어 있습니다.',
    'The brake on {scope} {target} is on already.',
  ],
  'brake-target-unknown': [
    'invalid',
    '발송 중지의 대상({scope})에 “{target}”은(는) 없습니다. 부서의 id, 문안의 키, 발신번호 가운데 있는 것을 적으세요. 기관 전체에는 대상이 없습니다.',
    'There is no {scope} “{target}” to pause: give the id of a department, the key of a template, or a sender; the agency has no target.',
  ],
  'brake-unreadable': [
    'unavailable',
    '대상을 읽을 수 없는 발송 중지가 걸려 있어 아무것도 보내지 않습니다. 관리자가 발송 중지를 확인하고 풀어야 합니다.',
    'A brake is on whose target cannot be read, so that nothing is sent: an admin has to look at the brakes and release it.',
  ],
  'sending-fails': [
    'unavailable',
    '발송하는 작업({job})이 거듭 실패하거나 끝나지 않습니다. 로그를 확인하세요.',
    'A job that sends ({job}) fails again and again, or does not come back: see the log.',
  ],
  'not-settled': [
    'conflict',
    '보내야 할 문자 가운데 {count}건은 복원하기 전에 보냈을 수 있어 발송 업체에 확인하고 있습니다. GET /api/v1/instance에 남은 것이 없을 때 다시 하세요.',
    "The database's other life may have sent {count} of what is due: the provider is being asked. Try again when GET /api/v1/instance shows none.",
  ],
  'not-settled.page': [
    'conflict',
    '보내야 할 문자 가운데 {count}건은 복원하기 전에 보냈을 수 있어 발송 업체에 확인하고 있습니다. 잠시 뒤에 다시 하세요.',
    "The database's other life may have sent {count} of what is due: the provider is being asked. Try again in a while.",
  ],
  'instance-unknown': [
    'not-found',
    '발송하는 프로세스가 이 데이터베이스에서 아직 실행되지 않았습니다. CHORONG_ROLE=all이나 worker로 시작하세요.',
    'No process that sends has run on this database yet: start one with CHORONG_ROLE=all or worker.',
  ],
});

/** These are our own codes for what became of a message or an attempt. */
const reasons = {
  'lease-ran-out': [
    '보내던 프로세스가 끝맺지 못했습니다. 보냈을 수 있습니다.',
    'Its process did not come back in time: the provider may have been called.',
  ],
  'before-restore': [
    '데이터베이스를 복원하기 전에 보냈을 수 있습니다.',
    'It may have been sent before the database was restored.',
  ],
  'another-text-{value}': [
    '발송 업체에 이 계약의 다른 문자가 있습니다: {value}.',
    'The provider holds another text of this contract: {value}.',
  ],
  'accepted-late': [
    '없는 것으로 본 뒤에 발송 업체에서 발견되었습니다. 두 번 나갔을 수 있습니다.',
    'The provider showed it after it was taken for absent: it may have gone out twice.',
  ],
  'number-unreadable': [
    '저장된 번호를 읽을 수 없습니다. 봉인 키가 설정되어 있는지 확인하세요.',
    'The stored number cannot be read: see whether its sealing key is configured.',
  ],
  'no receipt': [
    '발송 업체가 접수한 뒤 결과를 알리지 않았습니다.',
    'The provider accepted it and has not reported on it since.',
  ],
  'look-at-provider': [
    '발송 업체에 이 계약의 다른 문자가 있습니다. 같은 내용일 수 있으니 다시 보내기 전에 확인하세요.',
    'The provider holds another text of this contract, perhaps this one in other words: look there before it is sent again.',
  ],
  'text-not-shown': [
    '발송 업체의 목록에 이 번호로 보낸 문자가 있지만 내용이 보이지 않습니다. 이 문자일 수 있으니 다시 보내기 전에 확인하세요.',
    'The provider lists a text to this number without showing its words. It may be this one: look there before it is sent again.',
  ],
  'absence-not-proved': [
    '발송 업체의 목록에 이미 접수된 문자도 보이지 않아 이 문자가 접수되었는지 알 수 없습니다. 다시 보내기 전에 발송 업체에서 확인하세요.',
    "The provider's list does not show texts that it is known to hold, so it does not tell whether this one was accepted: look there before it is sent again.",
  ],
  'handle-unknown': [
    '발송 업체에 맡겨 둔 문자를 발송 업체가 찾지 못합니다. 나갔을 수 있으니 다시 보내기 전에 발송 업체에서 확인하세요.',
    'The provider does not know what it had been given of this text, which may have gone out: look there before it is sent again.',
  ],
  failed: ['발송 업체가 이유를 알리지 않았습니다.', 'The provider gives no reason.'],
} satisfies Record<string, Both>;

/** These are our own codes for why the service itself paused sending, or found that the database had failed over. */
const ownStops = {
  'line-refused-{value}': [
    '발송 업체가 이 발신번호의 문자를 모두 거절합니다. {value}: {why}',
    'The provider refuses everything from this sender. {value}: {why}',
  ],
  'route-refused-{value}': [
    '발송 업체가 이 발신번호로는 이 나라에 보내지 못합니다. {value}: {why}',
    'The provider does not reach this country from this sender. {value}: {why}',
  ],
  'texts-fail-{value}': [
    '한 시간 동안 문자를 보낸 번호 가운데 닿지 않은 번호가 너무 많습니다({value}). 문자 내역에서 이유를 확인한 뒤 다시 보내세요.',
    'Too many of the numbers that were texted within an hour were not reached ({value}). Look in the message log why before sending is resumed.',
  ],
  'database-elsewhere': [
    '데이터베이스가 다른 서버에 있습니다. 복원되었거나 복사되었습니다.',
    'The database was restored or copied: it stands in another server.',
  ],
  'database-unknown': [
    '이 서비스가 이 데이터베이스로 실행된 적이 없어 복사본일 수 있습니다. 복사본이 아니면 CHORONG_INSTANCE를 설정하거나 CHORONG_DATA_DIR를 보존하세요.',
    'This service has not run this database before: it may be a copy. If it is not, set CHORONG_INSTANCE or keep CHORONG_DATA_DIR.',
  ],
  'database-replaced': [
    '데이터베이스가 다른 설치의 것으로 바뀌었습니다.',
    'The database is of another instance: it was replaced.',
  ],
  'database-older': [
    '데이터베이스가 이 서비스가 이미 한 일보다 오래되었습니다. 복원되었습니다.',
    'The database is older than what this service has done: it was restored.',
  ],
  'folder-copied': [
    '데이터 폴더가 복사되었거나 복원되었고, 데이터베이스도 그만큼 오래되었을 수 있습니다.',
    'The data folder was copied or restored, and the database may be as old as it is.',
  ],
  'last-text-unknown': [
    '이 서비스가 마지막으로 보낸 문자가 데이터베이스에 없습니다. 복원되었습니다.',
    'The database does not know the last text this service sent: it was restored.',
  ],
  'texts-unknown': [
    '데이터베이스에 없는 문자가 발송 업체에 있습니다. 복원되었거나 복사본이 보내고 있습니다.',
    'The provider holds texts that the database does not know: it was restored, or its copy sends.',
  ],
  'receipt-unknown': [
    '데이터베이스에 없는 문자의 결과를 발송 업체가 알려 왔습니다. 복원되었거나 복사본이 보내고 있습니다.',
    'The provider reports on a text that the database does not know: it was restored, or its copy sends.',
  ],
  'brake-not-approved': [
    '하루 안에 다른 사람이 승인하지 않아 저절로 풀렸습니다.',
    'It ended by itself: no second person approved it within a day.',
  ],
  'database-failed-over': [
    '데이터베이스가 예비 서버로 넘어갔습니다. 지금까지 보냈어야 할 것을 모두 먼저 발송 업체에 확인합니다.',
    'The database has failed over: the provider is asked first about all that fell due until now.',
  ],
} satisfies Record<string, Both>;

defineWords('stops', ownStops);

/** A StopCode says why the service itself paused sending; that of a provider's refusal ends with the provider's code, that of texts that fail with how many of how many numbers. */
export type StopCode =
  | Exclude<keyof typeof ownStops, `${string}{value}`>
  | `line-refused-${string}`
  | `route-refused-${string}`
  | `texts-fail-${string}`;

/** Explains why the service itself pulled a brake; null for what a person wrote, and for what an earlier version did. */
export function stopWords(providers: Providers, { actor, reason, target }: Brake): Words | null {
  if (actor !== 'system') return null;
  const failing = valueIn(reason, ['texts-fail']);
  if (failing) return wordsOf('stops.texts-fail-{value}', { value: failing.value });
  const refused = valueIn(reason, ['line-refused', 'route-refused']);
  if (!refused) return hasWords(`stops.${reason}`) ? wordsOf(`stops.${reason}`) : null;
  const { kind, value } = refused;
  const sender = kind === 'route-refused' ? target.slice(0, target.lastIndexOf('/')) : target;
  const provider = providers.all.find((one) => one.sender === sender)?.name ?? '';
  const why = explainCode(providers, provider, value, null) ?? wordsOf('reasons.failed');
  return wordsOf(`stops.${kind}-{value}`, { value, why });
}

defineWords('reasons', reasons);

/** An OwnCode is one of our codes; some have a status or a reference in them. */
export type OwnCode = keyof typeof reasons | CallProblem | `another-text-${string}`;

/** Splits a code of one of these kinds from the value at its end; null for a code of none of them. */
function valueIn(code: string, kinds: string[]): { kind: string; value: string } | null {
  const kind = kinds.find((one) => code.startsWith(`${one}-`));
  return kind === undefined ? null : { kind, value: code.slice(kind.length + 1) };
}

/** Explains one of our own codes; null for a code that is not ours. */
export function reasonWords(code: string): Words | null {
  const valued = valueIn(code, ['http', 'another-text']);
  if (valued) return wordsOf(`reasons.${valued.kind}-{value}`, { value: valued.value });
  return hasWords(`reasons.${code}`) ? wordsOf(`reasons.${code}`) : null;
}

/**
 * Explains a code by whoever gave it: us, or the provider of the message. `origin` is null for what the version before
 * has written. Returns null without a code, and for a code of a provider that this version does not have.
 */
export function explainCode(
  providers: Providers,
  provider: string,
  code: string | null,
  origin: ReasonOrigin | null,
): Words | null {
  if (code === null || code === '') return null;
  const own = origin === 'provider' ? null : reasonWords(code);
  return own ?? providers.explain(provider, code);
}

defineWords('messageStatuses', {
  sending: ['발송 중', 'being sent'],
  waiting: ['다시 보내기를 기다림', 'waiting to be sent again'],
  accepted: ['발송 업체가 접수함', 'accepted by the provider'],
  sent: ['통신사로 넘겨짐', 'handed to the carrier'],
  delivered: ['수신됨', 'delivered'],
  failed: ['전송 실패', 'failed'],
  held: ['확인 대기 중', 'held for a person to look at'],
  unconfirmed: ['접수되었으나 수신 여부를 알 수 없음', 'accepted, and never reported on again'],
} satisfies Record<MessageStatus, Both>);

export function messageStatusText(status: MessageStatus): Words {
  return wordsOf(`messageStatuses.${status}`);
}

defineWords('attemptStatuses', {
  open: ['호출 중', 'the call is under way'],
  accepted: ['발송 업체가 접수함', 'the provider accepted it'],
  refused: ['발송 업체가 거절함', 'the provider refused it'],
  ambiguous: ['접수 여부를 확인하는 중', 'it is not known yet whether the provider accepted it'],
  absent: ['발송 업체에 없음', 'the provider does not have it'],
} satisfies Record<AttemptStatus, Both>);

export function attemptStatusText(status: AttemptStatus): Words {
  return wordsOf(`attemptStatuses.${status}`);
}
