import { defineProblems } from '../../../platform/app-error.js';
import { defineFindings } from '../../../platform/findings.js';

const askPublisher = '제공 기관에 올바른 파일을 요청해 주십시오.';
const getAgain = '파일을 다시 받아 주십시오. 이 줄 앞까지는 읽었습니다.';
const getAgainEn = 'Get the file again; what comes before this line was read.';

/** Makes what is wrong with OCDS releases and the contracts in them. */
export const ocdsFinding = defineFindings({
  'ocds-empty': [
    '파일에 OCDS 릴리스나 레코드가 없습니다.',
    'The file holds no OCDS releases or records.',
    'OCDS 1.0 또는 1.1의 릴리스 패키지나 레코드 패키지를 올려 주십시오.',
    'Give a release package or a record package of OCDS 1.0 or 1.1.',
  ],
  'releases-linked-only': [
    '레코드가 릴리스를 링크로만 가리키고, 합쳐진 릴리스도 없습니다.',
    'The record only links to its releases, and has no compiled release.',
    '릴리스가 들어 있거나 합쳐진 파일을 올려 주십시오.',
    'Give a file in which releases are embedded, or compiled.',
  ],
  'json-not-ocds': [
    '공공 계약 표준(OCDS)의 자료가 아닌 JSON입니다.',
    'This is JSON, but no data of the Open Contracting Data Standard.',
    'OCDS 1.0 또는 1.1의 릴리스나 레코드가 든 파일을 올려 주십시오. 다른 자료는 엑셀로 저장해 올리면 됩니다.',
    'Give releases or records of OCDS 1.0 or 1.1; bring other data as a sheet.',
  ],
  'ocid-missing': [
    '릴리스에 쓸 수 있는 ocid가 없어 어느 계약 과정의 것인지 알 수 없습니다.',
    'The release has no usable ocid, so that nobody can tell which process it belongs to.',
    askPublisher,
    'Ask the publisher for a valid file.',
  ],
  'release-malformed': [
    '올바른 JSON(UTF-8 또는 UTF-16)이 아닙니다.',
    'This is no valid JSON in UTF-8 or UTF-16.',
    `${askPublisher} 다른 릴리스는 가져왔습니다.`,
    'Ask the publisher for a valid file; the other releases are imported.',
  ],
  'release-unreadable': [
    '저장할 수 없는 글자(NUL, 깨진 글자)가 있습니다.',
    'It holds characters that cannot be stored: NUL, or halves of a pair of surrogates.',
    `${askPublisher} 다른 릴리스는 가져왔습니다.`,
    'Ask the publisher for a valid file; the other releases are imported.',
  ],
  'release-late': [
    '이미 가져온 것보다 오래된 릴리스여서 뺐습니다.',
    'This release is older than what was brought in before, and was left out.',
    '릴리스를 날짜순으로 올려 주십시오. 합쳐진 레코드를 올리면 한 번에 바로잡힙니다.',
    'Bring releases in by their dates; a compiled record puts everything right at once.',
  ],
  'json-expected': [
    '릴리스나 패키지가 있어야 할 자리에 "{found}"이(가) 있습니다.',
    'A release or package was expected, and "{found}" found.',
    getAgain,
    getAgainEn,
  ],
  'json-truncated': [
    '값의 중간에서 파일이 끊겼습니다.',
    'The file ends in the middle of a value: it was cut off.',
    getAgain,
    getAgainEn,
  ],
  'json-malformed': [
    '닫는 괄호({bracket})가 맞지 않습니다.',
    'A closing bracket does not fit ({bracket}).',
    getAgain,
    getAgainEn,
  ],
  'json-too-large': [
    '값 하나가 {bytes}바이트보다 큽니다.',
    'A value is larger than {bytes} bytes.',
    getAgain,
    getAgainEn,
  ],
  'json-too-deep': [
    '값이 {depth}겹보다 깊이 겹쳐 있습니다.',
    'Values are nested deeper than {depth}.',
    getAgain,
    getAgainEn,
  ],
  'reference-missing.id': [
    '계약에 id가 없습니다.',
    'The contract has no id.',
    '제공 기관에 올바른 파일을 요청하거나 계약을 직접 등록해 주십시오.',
    'Ask the publisher for a valid file, or register the contract by hand.',
  ],
  'reference-unusable.id': [
    '문자에 계약번호로 쓸 수 없는 id입니다(글자, 숫자와 . _ / ( ) - 만, 60자까지).',
    'The id cannot stand in a text as a contract number (60 letters, digits, and . _ / ( ) - at most).',
    '상대방이 아는 번호로 계약을 직접 등록해 주십시오.',
    'Register the contract by hand, with a number that its parties know.',
  ],
  'reference-spaces': [
    '계약번호에 빈칸을 쓸 수 없어 다음과 같이 적었습니다: {reference}.',
    'A contract number has no spaces; it was written as {reference}.',
    '상대방이 알아볼 수 있는 번호인지 확인해 주십시오.',
    'Check that its parties recognise the number.',
  ],
  'kind-unknown.ocds': [
    '조달 구분, 품목 분류 코드(CPV, UNSPSC), 계약명 어느 것으로도 공사, 용역, 물품을 가릴 수 없습니다.',
    'Neither a procurement category, nor a CPV or UNSPSC code, nor the title says whether this is works, services or goods.',
    '파일을 다시 올리면서 파일 전체나 구매 기관의 구분을 정해 주십시오.',
    'Bring the file again, and give the kind of its contracts, or of those of this buyer.',
  ],
  'kind-guessed.unspsc': [
    '조달 구분이 없어 UNSPSC 코드에 따라 정했습니다({kind}).',
    'No procurement category is given; its UNSPSC code makes it {kind}.',
    '구분을 확인해 주십시오.',
    'Check the kind.',
  ],
  'kind-guessed.title': [
    '조달 구분도 품목 분류 코드도 없어 계약명에 따라 정했습니다({kind}).',
    'Neither a procurement category nor a code is given; its title makes it {kind}.',
    '구분을 확인해 주십시오. 틀리면 파일을 올릴 때 구분을 정해 주십시오.',
    'Check the kind; if it is wrong, give it with the file.',
  ],
  'kind-by-cpv': [
    '조달 구분이 없어 CPV 코드에 따라 정했습니다({kind}).',
    'No procurement category is given; its CPV code makes it {kind}.',
    '구분을 확인해 주십시오.',
    'Check the kind.',
  ],
  'contract-of-award': [
    '공개된 계약이 없어, 공급자가 적힌 낙찰을 그 날짜에 체결된 계약으로 가져왔습니다.',
    'No contract is published; the award, which names suppliers, was taken as one that was signed on its day.',
    '계약번호와 날짜를 확인해 주십시오.',
    'Check the number and the dates.',
  ],
  'signing-missing': [
    '진행 중인 계약이지만 계약일이 없어, 작성 중인 계약으로 남고 아무에게도 알리지 않습니다.',
    'The contract is active and gives no day of signing: it stays a draft, and nobody is informed.',
    '체결일을 직접 기록해 주십시오.',
    'Record by hand when it was signed.',
  ],
  'signed-after-end': [
    '계약이 끝난 뒤에 체결되었다고 되어 있습니다.',
    'The contract is said to be signed after it ended.',
    '날짜가 맞는지 확인해 주십시오. 날짜는 적힌 대로 두었습니다.',
    'Check the dates; they were taken as they are written.',
  ],
  'nothing-planned.draft': [
    '작성 중인 계약으로 남아, 예정된 알림이 없습니다.',
    'The contract stays a draft: no alert of it is planned.',
    '체결되면 체결일을 기록해 주십시오.',
    'Record when it is signed.',
  ],
  'nothing-planned.ended': [
    '이미 끝난 계약이어서 예정된 알림이 없습니다.',
    'The contract has ended already: no alert of it is planned.',
    '상태와 날짜가 맞으면 할 일은 없습니다.',
    'Nothing is to be done, if its status and its dates are right.',
  ],
  'nothing-planned.past': [
    '단계가 모두 이미 지나, 예정된 알림이 없습니다.',
    'All of its milestones are past: no alert of the contract is planned.',
    '날짜가 맞는지 확인하고, 있었던 단계는 기록해 주십시오.',
    'Check its dates, and record what has happened.',
  ],
  'nothing-planned.nobody': [
    '문자를 받을 수 있는 사람이 없어, 예정된 알림이 없습니다.',
    'Nobody of the contract can be texted: no alert of it is planned.',
    '계약상대자의 휴대전화 번호를 등록해 주십시오.',
    'Add a mobile number of its counterparties.',
  ],
  'supplier-not-told': [
    '이 공급자는 번호가 있으나, 가져온 어느 계약에도 없어 알림을 받지 않습니다.',
    'This supplier has a number, but no contract that was taken names it: it is informed of nothing.',
    '계약을 직접 등록하거나, 계약을 공개하지 않는 기관이면 낙찰을 계약으로 가져오십시오.',
    'Register its contract by hand; where the publisher has no contracts, bring its awards in as contracts.',
  ],
  'processes-without-contracts': [
    '계약이 없는 계약 과정이 {processes}건입니다. 그 가운데 공급자가 적힌 낙찰은 {awards}건입니다.',
    'Processes that name no contract: {processes}; awards in them that name suppliers: {awards}.',
    '계약을 공개하지 않는 기관의 파일이면, 낙찰을 계약으로 가져오도록 다시 올려 주십시오.',
    'If its publisher has no contracts, bring the file again with its awards as contracts.',
  ],
  'list-expected': [
    '목록이 있어야 할 자리에 하나만 있어, 하나뿐인 목록으로 읽었습니다.',
    'A single object stands where a list belongs; it was read as a list of one.',
    '할 일은 없습니다. 제공 기관에 알려 주시면 좋습니다.',
    'Nothing is to be done; the publisher may want to know.',
  ],
  'period-of-award': [
    '계약에 기간이 없어 낙찰의 기간을 가져왔습니다.',
    'The contract gives no period; that of its award was taken.',
    '날짜를 확인해 주십시오.',
    'Check the dates.',
  ],
  'dates-out-of-order.period': [
    '계약이 시작하는 날보다 먼저 끝납니다.',
    'The contract ends before it starts.',
    '날짜를 확인하여 계약을 직접 등록해 주십시오.',
    'Register the contract by hand, with its dates.',
  ],
  'date-unreadable.ocds': [
    '1990년부터 2100년 사이의 날짜가 아닙니다.',
    'It is no date between 1990 and 2100.',
    '날짜를 직접 적어 주십시오.',
    'Add the date by hand.',
  ],
  'value-unusable': [
    '금액이나 통화를 쓸 수 없습니다.',
    'The value lacks a usable amount or currency.',
    '금액을 직접 적어 주십시오.',
    'Add the value by hand.',
  ],
  'status-unknown': [
    'OCDS에 없는 계약 상태입니다.',
    'OCDS knows no such status of a contract.',
    '계약이 어떻게 되었는지 확인해 주십시오.',
    'Check what became of the contract.',
  ],
  'suppliers-missing': [
    '계약에도 낙찰에도 공급자가 없어 알릴 사람이 없습니다.',
    'Neither the contract nor its award names a supplier, so nobody can be informed.',
    '계약상대자를 직접 더해 주십시오.',
    'Add the counterparty by hand.',
  ],
  'country-unknown.address': [
    '주소의 국가가 없거나 알 수 없어, +로 시작하는 번호만 읽습니다.',
    'The country of the address is missing or not known, so only a number with + is read.',
    '+와 국가번호로 시작하는 번호를 직접 적어 주십시오.',
    'Add the number by hand, with + and its country code.',
  ],
  'milestone-unknown': [
    '달성된 단계이지만 알림 대상인 단계가 아닙니다.',
    'The milestone was met, but it is none that anybody is informed of.',
    '계획에 있는 단계이면 직접 기록해 주십시오.',
    'Record the milestone by hand if it is one of the plan.',
  ],
  'milestone-undated': [
    '달성된 단계이지만 날짜를 읽을 수 없습니다.',
    'The milestone was met, but no day can be read.',
    '날짜와 함께 직접 기록해 주십시오.',
    'Record the milestone by hand, with its day.',
  ],
  'payment-unusable': [
    '금액, 날짜 또는 계약의 통화가 없어 지급에 넣지 않았습니다.',
    "The payment lacks an amount, a day or the contract's currency, and was not counted.",
    '마지막 지급이 이루어지면 직접 기록해 주십시오.',
    'Record the final payment by hand when it is made.',
  ],
  'partly-paid': [
    '{count}번의 지급이 {whole} {currency} 가운데 {total}이어서 아무것도 기록하지 않았습니다.',
    '{count} payments make {total} of {whole} {currency}: nothing was recorded.',
    '금액을 채우는 지급이 공개되면 기록됩니다.',
    'The payment that completes the value is recorded when it is published.',
  ],
  'termination-unclear': [
    '{reference}은(는) 끝나는 날 전에 종료되었다고 되어 있어, 정상적인 끝인지 알 수 없습니다.',
    '{reference} is said to be terminated before its end date: that may be a normal end or not.',
    '직접 완료하거나 해지해 주십시오. 그때까지 알림은 계속됩니다.',
    'Complete or terminate it by hand; until then its alerts go on.',
  ],
  'buyer-not-a-department': [
    '구매 기관이 이곳의 부서가 아니어서, 파일에 정해진 부서가 맡습니다.',
    'The buyer is no department here; the import’s own department takes the contract.',
    '다른 부서로 하려면 파일을 올릴 때 부서를 정해 주십시오.',
    'Give departmentId with the file to choose another.',
  ],
});

export const ocdsProblems = defineProblems({
  'buyer-kinds-unreadable': [
    'invalid',
    '한 줄에 한 기관씩 "기관 이름 = works"와 같이 적어 주십시오. 구분은 works(공사), service(용역), goods(물품) 가운데 하나입니다.',
    'Write a line for each buyer: its name, =, and works, service or goods.',
  ],
});
