import Handlebars from 'handlebars';
import { isolated, isolatedInSentence, parseIsolating } from './isolation.js';

const name = 'שלום & 평화';
const written = 'שלום &amp; 평화';

function rendered(source: string, data: object = {}): string {
  const handlebars = Handlebars.create();
  handlebars.registerPartial('frame', '<section>{{> @partial-block}}</section>');
  handlebars.registerHelper({ isolated, same: (value: unknown) => value });
  return handlebars.compile(parseIsolating(source))({ name, plain: '(주)새솔', at: 1, ...data });
}

it.each([
  ['<p>{{name}}</p>', `<p><bdi>${written}</bdi></p>`],
  ['<p>{{plain}} {{at}}{{missing}}</p>', '<p>(주)새솔 1</p>'],
  ['<p title="a > b {{name}}">{{same name}}</p>', `<p title="a > b ${written}"><bdi>${written}</bdi></p>`],
  [
    '<a{{#if at}} title="{{name}}"{{else}} x{{/if}}>{{name}}</a>',
    `<a title="${written}"><bdi>${written}</bdi></a>`,
  ],
  ['{{#if none}}<b>{{else}}<i>{{name}}{{/if}}', `<i><bdi>${written}</bdi>`],
  ['{{#each list}}{{this}}{{/each}}', `<bdi>${written}</bdi>`],
  [
    '<option value="1">{{name}}</option>{{name}}',
    `<option value="1">${written}</option><bdi>${written}</bdi>`,
  ],
  ['{{#> frame}}<p>{{name}}</p>{{/frame}}', `<section><p><bdi>${written}</bdi></p></section>`],
  ['<svg><text>{{name}}</text></svg>', `<svg><text>${written}</text></svg>`],
])('%s isolates what would turn the text around it', (source, html) => {
  expect(rendered(source, { list: [name] })).toBe(html);
});

it('isolates what characters that nobody sees would turn', () => {
  expect(rendered('<p>{{name}}, 3월 4일</p>', { name: '새솔\u202E' })).toBe(
    '<p><bdi>새솔\u202E</bdi>, 3월 4일</p>',
  );
});

it('isolates once: what is isolated inside a sentence does not turn the sentence', () => {
  const sentence = `받는 사람: ${String(isolatedInSentence(name))}.`;
  expect(isolated(sentence)).toBe(sentence);
  expect(isolatedInSentence('이가람')).toBe('이가람');
});
