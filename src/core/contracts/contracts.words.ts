import { defineProblems } from '../../platform/app-error.js';
import { defineFindings } from '../../platform/findings.js';
import { type Both, defineWords } from '../../platform/words/words.js';
import type { ContractState } from '../planning/planning.types.js';
import type { DatedTerm } from './contract.entity.js';

export const contractProblems = defineProblems({
  'reference-taken': [
    'conflict',
    '같은 계약번호({reference})가 이미 등록되어 있습니다. 그 계약을 변경하거나 다른 번호를 쓰세요.',
    'A contract {reference} is registered already: change that one, or give this one its own reference.',
  ],
  'contact-first': [
    'conflict',
    '다른 목록에 있어 자동으로 등록된 계약입니다. 업체의 연락처를 먼저 등록한 뒤에 끝낼 수 있습니다.',
    'The service registered this contract from another list: it ends once there is a contact of the company who can be told.',
  ],
  'contract-changed': [
    'precondition',
    '그 사이 다른 사람이 이 계약을 변경했습니다(지금 버전 {version}). 다시 읽고 변경하세요.',
    'The contract was changed since you read it (it is at version {version}): read it again, then repeat your change.',
  ],
  'contract-is-draft': [
    'conflict',
    '먼저 계약을 체결 상태로 바꾸세요. 작성 중인 계약에는 이행 사실이 있을 수 없습니다.',
    'Sign the contract first: nothing occurs in a draft.',
  ],
  'move-not-lawful': [
    'conflict',
    '지금 상태({state})에서는 {move}할 수 없습니다. 할 수 있는 것: {moves}.',
    'A contract that is {state} cannot {move}; from here it can {moves}.',
  ],
  'move-not-lawful.ended': [
    'conflict',
    '지금 상태({state})에서는 {move}할 수 없고, 더 바꿀 수 있는 것이 없습니다.',
    'A contract that is {state} cannot {move}; from here it can do nothing more.',
  ],
  'date-before-signing': [
    'invalid',
    '{day}은(는) 계약일({signedOn})보다 앞선 날입니다.',
    '{day} is before the contract was signed ({signedOn}).',
  ],
  'date-before-signing.field': ['invalid', '{signedOn} 또는 그 뒤의 날', 'on or after {signedOn}'],
  'day-too-far': [
    'invalid',
    '{day}은(는) {days}일이 넘게 남은 날입니다. 오늘 기록할 수 있는 가장 늦은 날은 {last}입니다.',
    '{day} is more than {days} days ahead: the last day that can be recorded today is {last}.',
  ],
  'day-too-far.field': ['invalid', '{last} 또는 그 앞의 날', 'on or before {last}'],
  'department-not-live': [
    'invalid',
    '부서의 시행일({day})이 {days}일이 넘게 남았습니다. 이 부서의 계약은 {from}부터 등록할 수 있으니, 지금은 시행 중인 부서에 등록하세요.',
    'The department goes live on {day}, more than {days} days from now: it takes contracts from {from} on. Until then, register into one that is live.',
  ],
  'reason-needed': [
    'invalid',
    '이 변경으로 {people}명이 알림을 받지 못하거나 늦게 받습니다. 사유를 적으세요.',
    'This change keeps {people} person(people) from being told, or from being told in time: give the reason.',
  ],
  'reason-needed.field': [
    'invalid',
    '알림을 받지 못하는 사람이 있는 변경의 사유',
    'why somebody is not told',
  ],
  'reference-unfit.characters': [
    'invalid',
    '계약번호는 모든 문자에 적히므로 기관에서 정한 글자(영문자·숫자와 - / .)로 적으세요.',
    'The reference stands in every text: write it with the letters that the agency allows (Latin letters, digits and - / .).',
  ],
  'reference-unfit.long': [
    'invalid',
    '계약번호는 모든 문자에 적히므로 {limit}자까지입니다.',
    'The reference stands in every text: it may have {limit} characters.',
  ],
  'reference-unfit.number': [
    'invalid',
    '계약번호가 전화번호처럼 읽힙니다. 문자를 받는 사람이 신고 번호로 알 수 있으니 다르게 적으세요.',
    'The reference reads as a telephone number, which readers of the texts may take for the hotline: write it otherwise.',
  ],
  'registration-number-wrong': [
    'invalid',
    '사업자등록번호 10자리를 확인하세요. 마지막 숫자가 앞의 숫자와 맞지 않습니다. 모르면 비워 두세요.',
    'A Korean business number has ten digits, of which the last follows from the others: check it, or leave it out.',
  ],
  'revision-only-rises': [
    'invalid',
    '차수는 올라가기만 합니다. 이 계약은 {known}차이므로 {revision}차로 낮출 수 없습니다.',
    'A revision only rises: this contract is at {known}, and cannot be put to {revision}.',
  ],
  'identity-not-yours': [
    'invalid',
    '출처와 차수는 파일이나 연계 시스템이 정합니다. 빼고 보내세요.',
    'The source and the revision are for files and for the keys of systems to set: leave them out.',
  ],
  'dates-out-of-order': [
    'invalid',
    '날짜의 앞뒤가 맞지 않습니다. {early}은(는) {earlyOn}, {late}은(는) {lateOn}입니다. 둘 가운데 하나를 고치세요.',
    '{early} ({earlyOn}) is after {late} ({lateOn}): correct one of them.',
  ],
  'dates-odd': [
    'invalid',
    '날짜가 흔하지 않습니다. 아래 내용을 확인하고, 맞으면 "날짜가 맞습니다"에 표시한 뒤 다시 저장하세요.',
    'These dates are unusual. Look at them once more; if they are right, tick “These dates are right” and save again.',
  ],
  'dates-out-of-order.field': [
    'invalid',
    '{late}({lateOn}) 또는 그 앞의 날',
    'on or before {late} ({lateOn})',
  ],
  'signing-date-needed': [
    'invalid',
    '체결된 계약은 계약일이 있어야 합니다.',
    'A signed contract keeps its signing date.',
  ],
  'consent-undated': [
    'invalid',
    '동의를 근거로 하면 동의한 날을 적으세요.',
    'Consent is kept with the day it was given: send legalBasisOn.',
  ],
  'number-unusable.several': [
    'invalid',
    '문자를 받을 수 없는 번호가 {count}개 있습니다. 표시된 칸을 고치세요.',
    '{count} numbers cannot be used: see fields.',
  ],
  'list-full.counterparties': [
    'invalid',
    '한 계약의 계약상대자는 {limit}곳까지입니다. 나머지는 다른 계약번호로 등록하세요.',
    'A contract has at most {limit} counterparties: register the others under a contract of their own.',
  ],
  'list-full.contactsOfParty': [
    'invalid',
    '한 계약상대자의 연락처는 {limit}개까지입니다. 쓰지 않는 연락처를 먼저 삭제하세요.',
    'A counterparty has at most {limit} contacts: remove those that are out of date first.',
  ],
  'list-full.contacts': [
    'invalid',
    '한 계약의 연락처는 삭제한 것까지 {limit}개까지입니다. 나머지는 다른 계약번호로 등록하세요.',
    'A contract has at most {limit} contacts, removed ones counted: register the others under a contract of their own.',
  ],
  'go-live-later': [
    'conflict',
    '{department} 부서의 시행일({own})이 {other} 부서({live})보다 늦어, 옮긴 계약에서 그 사이의 알림이 사라지게 됩니다.',
    '{department} went live on {own}, {other} on {live}: contracts moved there would lose what fell due between.',
  ],
  'go-live-later.always': [
    'conflict',
    '{department} 부서의 시행일({own})이 처음부터 시행한 {other} 부서보다 늦어, 옮긴 계약에서 그 전의 알림이 사라지게 됩니다.',
    '{department} went live on {own}, {other} from the beginning: contracts moved there would lose what fell due between.',
  ],
  'department-braked': [
    'conflict',
    '두 부서 가운데 한쪽만 발송이 중지되어 있습니다. 먼저 다시 시작하거나 다른 부서도 중지하세요.',
    'The texts of one of the two departments are stopped by a brake, and those of the other are not: release it first, or pull one on the other department.',
  ],
});

/** Makes what is asked about the days of a contract, and noted of a row of a file. */
export const oddPeriod = defineFindings({
  'period-long': [
    '{begins}부터 {ends}까지 {years}년이 넘는 기간입니다.',
    'The period from {begins} to {ends} is longer than {years} years.',
    '두 날짜의 연도를 확인해 주십시오. 맞으면 그대로 두시면 됩니다.',
    'Check the years of both days; if they are right, leave them.',
  ],
  'signed-after-start': [
    '계약일({signedOn})이 착수(착공)일({startsOn})보다 뒤입니다.',
    'The contract was signed on {signedOn}, after it started on {startsOn}.',
    '두 날짜를 확인해 주십시오. 맞으면 그대로 두시면 됩니다.',
    'Check both days; if they are right, leave them.',
  ],
  'ended-long-ago': [
    '완료(준공)일({endsOn})이 오늘({today})보다 1년 넘게 앞선 날입니다.',
    'The contract ended on {endsOn}, more than a year before today ({today}).',
    '연도를 확인해 주십시오. 맞으면 그대로 두시면 됩니다.',
    'Check the year; if it is right, leave it.',
  ],
});

defineWords('contractStates', {
  draft: ['작성 중', 'draft'],
  signed: ['체결', 'signed'],
  underway: ['이행 중', 'underway'],
  suspended: ['중지', 'suspended'],
  completed: ['완료', 'completed'],
  terminated: ['해지', 'terminated'],
} satisfies Record<ContractState, Both>);

export const moveWords = defineWords('contractMoves', {
  sign: ['체결', 'sign'],
  start: ['착수', 'start'],
  suspend: ['중지', 'suspend'],
  resume: ['재개', 'resume'],
  complete: ['완료', 'complete'],
  terminate: ['해지', 'terminate'],
});

/** These are the API's names of the days, which its English sentences use. */
defineWords('contractDays', {
  signedOn: ['계약일', 'signedOn'],
  startsOn: ['착수(착공)일', 'startsOn'],
  endsOn: ['완료(준공)일', 'endsOn'],
  liabilityEndsOn: ['하자담보 종료일', 'liabilityEndsOn'],
} satisfies Record<DatedTerm, Both>);
