import { z } from 'zod';
import type { Operation } from './bends.js';
import { type Json, marks } from './values.js';
import type { Draft, RawAnswer } from './wire.js';

/** What a run looks for, as the report counts it. */
export const faultKinds = [
  'error of the server',
  'no answer',
  'process ended',
  'over its budget of CPU',
  'memory grew',
  'answer against its schema',
  'stored against the rule',
  'unescaped',
  'private value in the log',
  'refusal without words',
  'security header missing',
  'served against its rule',
  'work behind it failed',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  kind: FaultKind;
  what: string;
}

/** Who called, and what the rule of the route says of them. */
export interface Standing {
  /** Whether the route and its example are of the caller; a call that was bent elsewhere is not judged. */
  mayBeServed: boolean | null;
}

const required = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cache-control'];

/** Judges an answer by itself: what the caller asked for does not matter. */
export class Verdict {
  private readonly schemas = new Map<Json, z.ZodType>();

  constructor(private readonly document: { components: { schemas: Record<string, Json> } }) {}

  faultsOf(
    draft: Draft,
    answer: RawAnswer,
    operation: Operation | undefined,
    { mayBeServed }: Standing,
  ): Fault[] {
    const { status, headers, text } = answer;
    const fault = (kind: FaultKind, what: string): Fault[] => [{ kind, what }];
    if (status === 0) return fault('no answer', 'the connection ended without an answer');
    const door = status === 303 && (headers['location'] ?? '').startsWith('/console/sign-in');
    return [
      ...(status >= 500 && !isDocumented503(answer)
        ? fault('error of the server', `${status} ${excerpt(text)}`)
        : []),
      ...required
        .filter((name) => !headers[name])
        .flatMap((name) => fault('security header missing', `${name} on ${status}`)),
      ...(headers[marks.header] === undefined ? [] : fault('unescaped', 'a header of the caller’s own')),
      ...(/^text\/csv/.test(headers['content-type'] ?? '') && formula.test(text)
        ? fault('unescaped', 'a formula in a sheet')
        : []),
      ...(isPage(answer) && text.includes(marks.html) ? fault('unescaped', around(text, marks.html)) : []),
      ...(status >= 400 && draft.method !== 'HEAD'
        ? wordsMissing(answer).flatMap((what) => fault('refusal without words', `${status}: ${what}`))
        : []),
      ...(mayBeServed === false && status < 400 && !door
        ? fault('served against its rule', `${status} ${excerpt(text)}`)
        : []),
      ...(status < 300 && operation ? this.againstSchema(operation, answer) : []),
    ];
  }

  private againstSchema(operation: Operation, { status, headers, text }: RawAnswer): Fault[] {
    const content = operation.responses[String(status)]?.content?.['application/json'];
    if (!content || !headers['content-type']?.startsWith('application/json')) return [];
    const { success, error } = this.schemaOf(content.schema).safeParse(JSON.parse(text));
    if (success) return [];
    const issues = error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')} ${message}`);
    return [{ kind: 'answer against its schema', what: issues.join('; ') }];
  }

  private schemaOf(schema: Json): z.ZodType {
    const known = this.schemas.get(schema);
    if (known) return known;
    const whole = JSON.stringify({ ...schema, $defs: this.document.components.schemas });
    const made = z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')) as never);
    this.schemas.set(schema, made);
    return made;
  }
}

/** A cell that a spreadsheet would work out. */
const formula = /(^|[,;])"?[=@](HYPERLINK|SUM)/m;

const isPage = ({ headers }: RawAnswer) => (headers['content-type'] ?? '').startsWith('text/html');

/** Work that has to wait, as docs and the filter have it: the caller is asked to come again. */
function isDocumented503(answer: RawAnswer): boolean {
  return answer.status === 503 && answer.headers['retry-after'] !== undefined;
}

function wordsMissing(answer: RawAnswer): string[] {
  return isPage(answer) ? pageWordsMissing(answer) : problemWordsMissing(answer);
}

function problemWordsMissing({ status, headers, text }: RawAnswer): string[] {
  if (!headers['content-type']?.startsWith('application/problem+json'))
    return [`it is ${headers['content-type']}: ${excerpt(text)}`];
  const problem = JSON.parse(text) as Partial<Record<'code' | 'detail' | 'requestId', string>> & {
    status: number;
  };
  const sentence = problem.detail ?? '';
  return [
    ...(problem.status === status && problem.code ? [] : [`without its code: ${excerpt(text)}`]),
    ...(/\p{L}.* .*\p{L}/su.test(sentence) ? [] : [`without a sentence: ${excerpt(text)}`]),
  ];
}

/** A page that refuses says why where people look for it, in the language that it says it is in. */
function pageWordsMissing({ headers, text }: RawAnswer): string[] {
  const language = headers['content-language'] ?? '';
  const main = text.slice(text.indexOf('<main') === -1 ? 0 : text.indexOf('<main'));
  const [, sentence = ''] =
    /role="alert"[\s\S]*?<(?:p|li)>([\s\S]*?)<\/(?:p|li)>/.exec(main) ??
    /class="lead">([\s\S]*?)<\/p>/.exec(main) ??
    [];
  const letters = language === 'ko' ? /[가-힣]{2}/ : /[A-Za-z]{2}/;
  if (letters.test(sentence)) return [];
  return [`a page in “${language}” that says “${excerpt(sentence || main)}”`];
}

const excerpt = (text: string) => text.replace(/\s+/g, ' ').slice(0, 300);
const around = (text: string, mark: string) => excerpt(text.slice(Math.max(0, text.indexOf(mark) - 100)));
