import { formsOf } from './forms.js';
import { marks } from './values.js';
import { Verdict } from './verdict.js';
import type { Draft } from './wire.js';

const draft: Draft = { method: 'GET', path: '/', query: [], headers: [], body: null };
const secure = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
const json = { ...secure, 'content-type': 'application/json' };
const problem = { ...secure, 'content-type': 'application/problem+json' };
const page = { ...secure, 'content-type': 'text/html; charset=utf-8', 'content-language': 'ko' };
const words = JSON.stringify({ status: 404, code: 'not-found', detail: 'There is no such contract.' });

const count = {
  type: 'object',
  properties: { count: { type: 'integer' } },
  required: ['count'],
  additionalProperties: false,
};
const verdict = new Verdict({ components: { schemas: { Count: count } } });
const operation = {
  responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Count' } } } } },
};

const kindsOf = (
  status: number,
  headers: Record<string, string>,
  text: string,
  mayBeServed: boolean | null = null,
) => verdict.faultsOf(draft, { status, headers, text }, operation, { mayBeServed }).map(({ kind }) => kind);

it.each([
  ['an answer as it is described', 200, json, '{"count":1}'],
  ['a refusal in words', 404, problem, words],
  ['a page that refuses in words', 404, page, '<main><p class="lead">그런 계약이 없습니다.</p></main>'],
  [
    'a page whose form says what is wrong',
    400,
    page,
    '<p class="lead">x</p><main><div role="alert"><h2>1</h2><p>고쳐 주세요.</p></div></main>',
  ],
  [
    'a page whose form says in a list what is wrong',
    400,
    page,
    '<main><div role="alert"><h2>1</h2><ul><li><a href="#x">고쳐 주세요.</a></li></ul></div><p>no</p></main>',
  ],
  ['a pause that says for how long', 503, { ...problem, 'retry-after': '5' }, words.replace('404', '503')],
  ['an escaped mark', 200, page, '&lt;b&gt;fz&lt;/b&gt;'],
])('finds nothing in %s', (_name, status, headers, text) =>
  expect(kindsOf(status, headers, text)).toEqual([]),
);

it.each([
  ['an error of the server', 500, problem, words.replace('404', '500'), 'error of the server'],
  [
    'a pause that does not say for how long',
    503,
    problem,
    words.replace('404', '503'),
    'error of the server',
  ],
  ['a connection that ends', 0, {}, '', 'no answer'],
  ['a field that is not described', 200, json, '{"count":1,"secret":2}', 'answer against its schema'],
  ['a field of another type', 200, json, '{"count":"1"}', 'answer against its schema'],
  ['markup of the caller’s own', 200, page, `<td>${marks.html}</td>`, 'unescaped'],
  ['a header of the caller’s own', 200, { ...json, [marks.header]: '1' }, '{"count":1}', 'unescaped'],
  [
    'a formula in a sheet',
    200,
    { ...secure, 'content-type': 'text/csv' },
    'a,b\n1,"=HYPERLINK(""x"")"',
    'unescaped',
  ],
  ['a refusal that is no problem', 400, json, '{"message":"no"}', 'refusal without words'],
  ['a problem without a code', 404, problem, words.replace('not-found', ''), 'refusal without words'],
  [
    'a problem without a sentence',
    404,
    problem,
    words.replace('There is no such contract.', 'no'),
    'refusal without words',
  ],
  ['a page that says nothing', 404, page, '<main><p class="lead"></p></main>', 'refusal without words'],
  [
    'a page that says it in another language',
    404,
    page,
    '<main><p class="lead">None.</p></main>',
    'refusal without words',
  ],
])('finds %s', (_name, status, headers, text, kind) =>
  expect(kindsOf(status, headers, text)).toEqual([kind]),
);

it.each(Object.keys(secure))('finds that %s is missing', (name) => {
  const rest = Object.fromEntries(Object.entries(json).filter(([one]) => one !== name));
  expect(kindsOf(200, rest, '{"count":1}')).toEqual(['security header missing']);
});

it('finds that somebody is served whom the rule refuses, and nothing where they are led to the door', () => {
  expect(kindsOf(200, json, '{"count":1}', false)).toEqual(['served against its rule']);
  expect(kindsOf(303, { ...secure, location: '/console/sign-in?next=/console' }, '', false)).toEqual([]);
});

it('reads a form as a browser would send it untouched', () => {
  const html = `<form method="post" action="/console/a?b=1"><input type="hidden" name="_csrf" value="t&amp;k"><input name="x">
    <input type="checkbox" name="on" value="on" checked><input type="checkbox" name="off" value="on"><input type="file" name="file">
    <select name="s"><option value="1"><option value="2" selected></select><textarea name="n">a &lt; b</textarea>
    <button name="step" value="save"></form>`;
  expect(formsOf(html, '/console')).toMatchObject([
    {
      method: 'POST',
      path: '/console/a',
      query: [['b', '1']],
      body: {
        fields: [
          ['_csrf', 't&k'],
          ['x', ''],
          ['on', 'on'],
          ['s', '2'],
          ['n', 'a < b'],
          ['step', 'save'],
        ],
        upload: { field: 'file' },
      },
    },
  ]);
});
