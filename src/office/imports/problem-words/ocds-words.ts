import { type KoreanByCode, words } from './korean-words.js';

const askPublisher = '제공 기관에 올바른 파일을 요청해 주십시오.';
const getAgain = '파일을 다시 받아 주십시오. 이 줄 앞까지는 읽었습니다.';

/** Of OCDS releases. */
export const ocdsWords: KoreanByCode = {
  'ocds-empty': words(
    '파일에 OCDS 릴리스나 레코드가 없습니다.',
    'OCDS 1.0 또는 1.1의 릴리스 패키지나 레코드 패키지를 올려 주십시오.',
  ),
  'releases-linked-only': words(
    '레코드가 릴리스를 링크로만 가리키고, 합쳐진 릴리스도 없습니다.',
    '릴리스가 들어 있거나 합쳐진 파일을 올려 주십시오.',
  ),
  'ocid-missing': words('릴리스에 ocid가 없어 어느 계약 과정의 것인지 알 수 없습니다.', askPublisher),
  'release-malformed': words('올바른 UTF-8 JSON이 아닙니다.', `${askPublisher} 다른 릴리스는 가져왔습니다.`),
  'release-late': words(
    '이미 가져온 것보다 오래된 릴리스여서 뺐습니다.',
    '릴리스를 날짜순으로 올려 주십시오. 합쳐진 레코드를 올리면 한 번에 바로잡힙니다.',
  ),
  'json-expected': words('릴리스나 패키지가 있어야 할 자리에 다른 것이 있습니다.', getAgain),
  'json-truncated': words('값의 중간에서 파일이 끊겼습니다.', getAgain),
  'json-malformed': words('닫는 괄호가 맞지 않습니다.', getAgain),
  'json-too-large': words('값 하나가 지나치게 큽니다.', getAgain),
  'json-too-deep': words('값이 지나치게 깊이 겹쳐 있습니다.', getAgain),
  'kind-by-cpv': words(
    '조달 구분이 없어 CPV 코드에 따라 정했습니다({kind}).',
    '구분을 확인해 주십시오.',
    /makes it (?<kind>\w+)/,
  ),
  'period-of-award': words('계약에 기간이 없어 낙찰의 기간을 가져왔습니다.', '날짜를 확인해 주십시오.'),
  'value-unusable': words('금액이나 통화를 쓸 수 없습니다.', '금액을 직접 적어 주십시오.'),
  'status-unknown': words('OCDS에 없는 계약 상태입니다.', '계약이 어떻게 되었는지 확인해 주십시오.'),
  'suppliers-missing': words(
    '계약에도 낙찰에도 공급자가 없어 알릴 사람이 없습니다.',
    '계약상대자를 직접 더해 주십시오.',
  ),
  'milestone-unknown': words(
    '달성된 단계이지만 알림 대상인 단계가 아닙니다.',
    '계획에 있는 단계이면 직접 기록해 주십시오.',
  ),
  'milestone-undated': words(
    '달성된 단계이지만 날짜를 읽을 수 없습니다.',
    '날짜와 함께 직접 기록해 주십시오.',
  ),
  'payment-unusable': words(
    '금액, 날짜 또는 계약의 통화가 없어 지급에 넣지 않았습니다.',
    '마지막 지급이 이루어지면 직접 기록해 주십시오.',
  ),
  'partly-paid': words(
    '{count}번의 지급이 {whole} 가운데 {total}이어서 아무것도 기록하지 않았습니다.',
    '금액을 채우는 지급이 공개되면 기록됩니다.',
    /^(?<count>\d+) payments make (?<total>[\d.]+) of (?<whole>[\d.]+ \w*):/,
  ),
  'termination-unclear': words(
    '{reference}은(는) 끝나는 날 전에 종료되었다고 되어 있어, 정상적인 끝인지 알 수 없습니다.',
    '직접 완료하거나 해지해 주십시오. 그때까지 알림은 계속됩니다.',
    /^(?<reference>\S+)/,
  ),
  'buyer-not-a-department': words(
    '구매 기관이 이곳의 부서가 아니어서, 파일에 정해진 부서가 맡습니다.',
    '다른 부서로 하려면 파일을 올릴 때 부서를 정해 주십시오.',
  ),
};
