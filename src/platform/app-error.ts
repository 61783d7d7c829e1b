import {
  type Both,
  defineWords,
  type Params,
  type ParamsOf,
  type Phrase,
  translate,
  type Wanted,
} from './words/words.js';

/** What kind of refusal it is; one filter maps it to a status of HTTP, which the domain does not know. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition'
  | 'precondition-required'
  | 'too-large'
  | 'invalid'
  | 'limit'
  | 'unavailable';

export interface FieldProblem {
  /** It names the field by a JSON path such as `counterparties[0].contacts[1].phone`. */
  path: string;
  code: string;
  message: string;
  /** The phrase of the section `problems` that says it. What a schema's own checks refuse has an `issue` instead. */
  phrase?: Phrase;
  /** The phrase of the section `issues`, which says in general what the schema wants. */
  issue?: Phrase;
}

interface Rest {
  fields?: FieldProblem[];
  cause?: unknown;
}

/**
 * AppError is a refusal in the domain's own words. `code` is stable and published; `message` is its English sentence,
 * and says what is wrong, where, and how to put it right. Features make theirs by `defineProblems`.
 */
export class AppError extends Error {
  /** Null for a message that is not in the catalogue. */
  readonly phrase: Phrase | null;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
    { phrase, cause }: { phrase?: Phrase; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.phrase = phrase ?? null;
  }
}

type Problem = readonly [kind: ErrorKind, ko: string, en: string];

type Arguments<P extends Problem> = [Wanted<P[2]>] extends [never]
  ? [params?: Params, rest?: Rest]
  : [params: ParamsOf<P[2]>, rest?: Rest];

interface Problems<P extends Readonly<Record<string, Problem>>> {
  /** Makes the error of a code. The compiler asks for the parameters that its words have places for. */
  error<C extends keyof P & string>(code: C, ...args: Arguments<P[C]>): AppError;
  /** Makes the mark of one field of the request. */
  field<C extends keyof P & string>(path: string, code: C, ...args: Arguments<P[C]>): FieldProblem;
  /** Makes what a schema's `refine` says of a value that it refuses, so that pages say it in the reader's language. */
  rule<C extends keyof P & string>(code: C, ...args: Arguments<P[C]>): Rule;
}

export interface Rule {
  message: string;
  params: { phrase: Phrase };
}

/**
 * Defines the problems of a feature: by code their kind and their words, which join the catalogue's section `problems`.
 * Where one published code has several sentences, each has a key of its own behind a dot: `milestone-unknown.dated`.
 */
export function defineProblems<const P extends Readonly<Record<string, Problem>>>(problems: P): Problems<P> {
  defineWords(
    'problems',
    Object.fromEntries(
      Object.entries(problems).map(([code, [, ko, en]]): [string, Both] => [code, [ko, en]]),
    ),
  );
  return {
    error: (code, ...[params = {}, { fields = [], cause } = {}]) => {
      const phrase = { code, params };
      const kind = problems[code]?.[0] ?? 'invalid';
      return new AppError(kind, publishedCode(code), englishOf(phrase), fields, { phrase, cause });
    },
    field: (path, code, ...[params = {}]) => {
      const phrase = { code, params };
      return { path, code: publishedCode(code), message: englishOf(phrase), phrase };
    },
    rule: (code, ...[params = {}]) => {
      const phrase = { code, params };
      return { message: englishOf(phrase), params: { phrase } };
    },
  };
}

/** The part of a key that programs see. */
export function publishedCode(key: string): string {
  return key.split('.')[0] ?? key;
}

function englishOf({ code, params }: Phrase): string {
  return translate('en', `problems.${code}`, params);
}

const problems = defineProblems({
  'not-found': [
    'not-found',
    '그런 자료({what})가 없거나 볼 권한이 없습니다.',
    'There is no such {what}, or it is not yours to see.',
  ],
});

const things = {
  account: ['계정', 'account'],
  passkey: ['패스키', 'passkey'],
  'brake that is on': ['걸려 있는 발송 중지', 'brake that is on'],
  call: ['통화', 'call'],
  checkpoint: ['서명된 로그 상태', 'checkpoint'],
  contact: ['연락처', 'contact'],
  contract: ['계약', 'contract'],
  counterparty: ['계약상대자', 'counterparty'],
  default: ['새 기본값', 'default'],
  department: ['부서', 'department'],
  endpoint: ['피드를 받는 주소', 'endpoint'],
  entry: ['로그에 오른 기록', 'entry of the log'],
  file: ['파일', 'file'],
  hold: ['파기 보류', 'hold'],
  import: ['가져오기', 'import'],
  key: ['API 키', 'key'],
  message: ['문자', 'message'],
  'message that is held': ['보류된 문자', 'message that is held'],
  flag: ['표시', 'flag'],
  'flag that is open': ['열려 있는 표시', 'flag that is open'],
  proposal: ['결재를 기다리는 변경', 'proposal'],
  occurrence: ['기록', 'occurrence'],
  officer: ['담당 공무원', 'officer'],
  page: ['페이지', 'page'],
  report: ['월간 보고', 'report'],
  sample: ['통화 표본', 'sample of calls'],
  tile: ['로그 조각', 'tile of the log'],
  webhook: ['웹훅', 'webhook'],
  'reference list': ['대조 목록', 'reference list'],
  'record of a reference list': ['대조 목록의 계약', 'record of a reference list'],
  'row of the ladder': ['올라온 일', 'row of the ladder'],
  'work list': ['할 일 목록', 'work list'],
} as const satisfies Record<string, Both>;

defineWords('things', things);

/** Makes the refusal of something that is not there, or that the caller may not see: the two look alike. */
export const notFound = (what: keyof typeof things) =>
  problems.error('not-found', { what: { word: `things.${what}` } });
