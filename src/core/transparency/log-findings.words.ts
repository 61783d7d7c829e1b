import { snakeOf } from '../../platform/database/database.js';
import { type Both, defineWords, hasWords, type Words, wordsOf } from '../../platform/words/words.js';

/** What does not fit when the log is verified, by code. */
const findings = {
  'leaf-missing': [
    '로그 {index}번의 원본이 없습니다. 지워졌거나 번호를 건너뛰었습니다.',
    'The leaf of entry {index} is not there: it was deleted, or a number was left out.',
  ],
  'leaf-altered': [
    '로그 {index}번 원본({leaf})의 내용이 기록할 때와 다릅니다.',
    'The leaf of entry {index} ({leaf}) says something else than when it was logged.',
  ],
  'leaf-dated-otherwise': [
    '로그 {index}번 원본({leaf})의 기록 시각이 실제 기록 시각과 다릅니다.',
    'The leaf of entry {index} ({leaf}) has another date than that on which it was logged.',
  ],
  'leaf-outside': [
    '원본 {leaf}이(가) 로그에 오르지 않았고 오르기를 기다리지도 않습니다.',
    'The leaf {leaf} is not in the log, and does not wait for it.',
  ],
  'tile-altered': [
    '로그 트리의 {level}층 {index}번이 원본과 맞지 않습니다.',
    'Hash {index} of level {level} of the tree does not fit the leaves below it.',
  ],
  'checkpoint-altered': [
    '{size}번까지 서명된 로그 상태가 원본과 맞지 않거나 서명이 올바르지 않습니다.',
    'The checkpoint at {size} entries does not fit the leaves before it, or is not signed by the key of the log.',
  ],
  'log-cut': [
    '{size}번까지 확인되었던 로그가 지금은 {now}번까지만 있습니다.',
    'The log was known with {size} entries, and has {now} now.',
  ],
  'log-rewritten': [
    '지난번에 확인한 {size}번까지의 로그가 지금과 다릅니다.',
    'The first {size} entries of the log are others than when they were last verified.',
  ],
  'row-altered': [
    '{table} {row}: 화면에 보이는 ‘{column}’이(가) 로그에 남은 기록과 다릅니다.',
    '{table} {row}: what the table shows as “{column}” is not what its leaf says.',
  ],
  'row-missing': [
    '{table} {row}: 로그에는 기록이 있으나 표에서 사라졌습니다.',
    '{table} {row}: it has a leaf, and is gone from its table.',
  ],
  'row-outside': [
    '{table} {row}: 표에는 있으나 로그에 기록이 없습니다.',
    '{table} {row}: it stands in its table, and has no leaf.',
  ],
  'not-signed': [
    '{size}번까지 서명된 로그의 앞부분이 지금과 달라 더는 서명하지 않습니다.',
    'The log no longer begins as it was signed at {size} entries: nothing is signed any more.',
  ],
} as const satisfies Record<string, Both>;

defineWords('logFindings', findings);

/** What rows are called whose facts have leaves. */
defineWords('factTables', {
  message: ['문자', 'Message'],
  receipt: ['수신 결과', 'Receipt'],
  contact: ['수신자', 'Contact'],
  plan: ['계약의 알림 계획', 'Plan of contract'],
  alert: ['알림', 'Alert'],
  flag: ['표시', 'Flag'],
  proposal: ['승인 요청', 'Proposal'],
  brake: ['발송 중지', 'Brake'],
  retention_hold: ['파기 보류', 'Hold'],
  api_key: ['API 키', 'API key'],
  account: ['계정', 'Account'],
  template_version: ['문안', 'Text'],
  setting: ['설정', 'Setting'],
  change: ['변경 이력', 'Change'],
  contract: ['계약', 'Contract'],
  counterparty: ['업체', 'Counterparty'],
  department: ['부서', 'Department'],
  officer: ['직원', 'Staff'],
  report: ['월간 보고', 'Report'],
  access_entry: ['개인정보 열람 기록', 'Access'],
  access_review: ['열람 기록 점검', 'Review of accesses'],
  feed_endpoint: ['소식을 받는 주소', 'Endpoint of the feed'],
  call_sample: ['전화 확인 표본', 'Sample of calls'],
  call: ['전화 확인', 'Call'],
  reference_list: ['대조 목록', 'Reference list'],
  reference_record: ['대조 목록의 계약', 'Contract of a reference list'],
  reference_match: ['대조 목록의 계약', 'Contract of a reference list'],
});

/** What the facts of rows are called that people see; one without words is called as its column is. */
defineWords('factColumns', {
  active: ['재직 여부', 'whether they are there'],
  actor: ['행위자', 'who did it'],
  after: ['바뀐 뒤', 'how it was after'],
  amount: ['금액', 'amount'],
  approved_by: ['승인한 사람', 'who approved it'],
  at: ['일시', 'when it was'],
  before: ['바뀌기 전', 'how it was before'],
  body: ['내용', 'wording'],
  changed: ['바뀐 내용', 'what was changed'],
  closed_at: ['닫은 일시', 'when it was closed'],
  closed_by: ['닫은 사람', 'who closed it'],
  companies: ['업체', 'companies'],
  completed_on: ['완료된 날', 'day of completion'],
  contact_id: ['수신자', 'contact'],
  code: ['부호', 'code'],
  contract_id: ['계약', 'contract'],
  counterparties: ['업체', 'counterparties'],
  counterparty_id: ['업체', 'counterparty'],
  country: ['국가', 'country'],
  currency: ['통화', 'currency'],
  created_at: ['만든 일시', 'when it was made'],
  decided_at: ['결정한 일시', 'when it was decided'],
  decided_by: ['결정한 사람', 'who decided it'],
  department_id: ['담당 부서', 'department'],
  due_at: ['보낼 일시', 'when it is due'],
  email: ['전자우편', 'e-mail address'],
  ends_on: ['완료(준공)일', 'day of the end'],
  expires_at: ['만료 일시', 'when it expires'],
  figures: ['집계', 'figures'],
  final_at: ['결과가 정해진 일시', 'when its outcome was known'],
  finding: ['결과', 'finding'],
  from_on: ['시행일', 'day from which it holds'],
  head_officer_id: ['부서장', 'head'],
  kind: ['종류', 'kind'],
  list: ['추첨 대상', 'who could be drawn'],
  locale: ['언어', 'language'],
  matched_by: ['대조한 방법', 'how it was matched'],
  method: ['계약 방법', 'method'],
  lost: ['받지 못한 알림', 'alerts lost'],
  name: ['이름', 'name'],
  note: ['메모', 'note'],
  name_digest: ['이름', 'name'],
  number: ['번호', 'number'],
  officer_id: ['담당 공무원', 'officer'],
  outcome: ['전화 결과', 'what it came to'],
  password: ['비밀번호', 'password'],
  people: ['추첨 대상의 담당자', 'whose numbers could be drawn'],
  phone: ['번호', 'number'],
  phone_digest: ['번호', 'number'],
  place: ['순서', 'place'],
  plan_version: ['알림 계획의 판', 'version of the plan'],
  provider: ['발송 업체', 'provider'],
  reason: ['사유', 'reason'],
  records: ['기록된 일', 'what was recorded'],
  received_at: ['받은 일시', 'when it was received'],
  reference: ['번호', 'reference'],
  registration_number: ['사업자등록번호', 'registration number'],
  released_at: ['해제한 일시', 'when it was released'],
  released_by: ['해제한 사람', 'who released it'],
  revoked_at: ['폐기한 일시', 'when it was revoked'],
  resumes_to: ['재개 뒤 상태', 'state after resuming'],
  role: ['역할', 'role'],
  sample: ['뽑힌 번호', 'what was drawn'],
  second_factor: ['2단계 인증', 'second factor'],
  passkeys: ['패스키', 'passkeys'],
  sender: ['발신 번호', 'sender'],
  signed_on: ['계약일', 'day of signing'],
  source: ['출처', 'source'],
  starts_on: ['착수(착공)일', 'day of the start'],
  state: ['상태', 'state'],
  status: ['상태', 'status'],
  title: ['건명', 'title'],
  target: ['대상', 'target'],
  terminated_on: ['해지된 날', 'day of termination'],
  text: ['문자 내용', 'text'],
  value: ['값', 'value'],
  version: ['판', 'version'],
});

export type LogFindingCode = keyof typeof findings;

/** A LogFinding is a thing that does not fit. */
export interface LogFinding {
  code: LogFindingCode;
  params: Record<string, string | number>;
}

export function findingWords({ code, params }: LogFinding): Words {
  const { table, column } = params;
  // Changes name columns as the code does, and other leaves as the tables do.
  const columnName = `factColumns.${snakeOf(String(column))}`;
  const named = {
    ...(table !== undefined && { table: wordsOf(`factTables.${table}`) }),
    ...(hasWords(columnName) && { column: wordsOf(columnName) }),
  };
  return wordsOf(`logFindings.${code}`, { ...params, ...named });
}

/** These say why a witness or a store of the configuration has not taken a checkpoint. */
const witnessProblems = {
  'witness-away': ['증인 서버가 응답하지 않습니다.', 'The witness does not answer.'],
  'witness-refuses': [
    '증인 서버가 서명을 거절합니다. 증인에 등록된 로그의 이름과 키가 맞는지 확인하세요.',
    'The witness refuses to sign. See whether it knows this log by its name and key.',
  ],
  'witness-contradicts': [
    '증인이 기억하는 로그와 지금의 로그가 다릅니다. 로그가 되돌려졌거나 다시 쓰였습니다.',
    'The witness remembers the log otherwise than it is now: it was taken back, or written again.',
  ],
  'store-away': [
    '체크포인트 보관소에 쓸 수 없습니다. 주소와 권한을 확인하세요.',
    'The store of checkpoints takes none. See whether its address and its rights are right.',
  ],
  'store-contradicts': [
    '체크포인트 보관소에 남은 로그와 지금의 로그가 다릅니다. 로그가 되돌려졌거나 다시 쓰였습니다.',
    'The store of checkpoints holds the log otherwise than it is now: it was taken back, or written again.',
  ],
} as const satisfies Record<string, Both>;

defineWords('witnessProblems', witnessProblems);

export type WitnessProblem = keyof typeof witnessProblems;
