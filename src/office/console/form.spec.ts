import { z } from 'zod';
import { parsed } from '../../platform/http/schema.pipe.js';
import { lineOf } from '../../platform/http/text.schema.js';
import { departmentProblems } from '../../core/departments/departments.words.js';
import { Form, ownAddress, shownProblem } from './form.js';
import './console.words.js';

describe('where a form leads', () => {
  it.each([
    ['/console/contracts?q=a+b&state=', '/console/contracts?q=a+b&state='],
    ["/console/contracts?q=(주)'~*!@", '/console/contracts?q=(%EC%A3%BC)%27~*!@'],
    ['/genuine', '/genuine'],
    ['/console', '/console'],
  ])('keeps its own addresses: %s', (wanted, kept) => {
    expect(ownAddress(wanted)).toBe(kept);
  });

  it.each([
    'https://elsewhere.example/console',
    '//elsewhere.example/console',
    '/\\elsewhere.example/console',
    '/console/../docs',
    '/consoles',
    'javascript:alert(1)',
    '/\t/elsewhere.example',
    undefined,
    7,
  ])('goes home rather than to %p', (wanted) => {
    expect(ownAddress(wanted)).toBe('/console');
  });
});

it('takes a blank field for one that was not sent, and leaves passwords as they are typed', () => {
  const form = new Form({ a: '  ', b: ' x ', password: ' spaced ' });
  expect([form.text('a'), form.text('b'), form.raw('password')]).toEqual([undefined, 'x', ' spaced ']);
});

describe('a number that a form carries along', () => {
  it.each([
    ['7', 7],
    [' 0 ', 0],
    ['', undefined],
  ])('%j is %p', (sent, read) => {
    expect(new Form({ version: sent }).whole('version')).toBe(read);
  });

  it.each(['abc', '-1', '1.5', '1e3', 'Infinity', '9'.repeat(10)])('%s is refused', (sent) => {
    expect(() => new Form({ version: sent }).whole('version')).toThrow(
      expect.objectContaining({ code: 'validation-failed' }) as Error,
    );
  });
});

describe('what is wrong with a field', () => {
  const schema = z.strictObject({
    title: z.string().min(1).max(500),
    code: z.string().max(3),
    list: z.array(z.int()).max(2),
    nick: lineOf(9),
    side: z.enum(['left', 'right']),
  });
  const sound = { title: 'a', code: 'a', list: [], nick: 'a', side: 'left' };

  it.each([
    [
      { title: '' },
      '계약명을 적으세요. 500자까지입니다.',
      'Give the contract’s name, at most 500 characters.',
    ],
    [{ code: 'long' }, '3자까지 쓸 수 있습니다.', 'It may have 3 characters at the most.'],
    [{ list: [1, 2, 3] }, '2개까지 넣을 수 있습니다.', 'There may be 2 of them at the most.'],
    [{ side: 'up' }, '다음 가운데 하나여야 합니다: left, right', 'It has to be one of these: left, right'],
    [{ other: 1 }, '여기에 없는 칸입니다: other', 'These fields do not exist here: other'],
    [{ nick: 'a\0' }, expect.stringContaining('제어 문자'), expect.stringContaining('control characters')],
  ])('is said in both languages: %j', (sent, ko, en) => {
    try {
      parsed(schema, { ...sound, ...sent });
    } catch (error) {
      const shown = (['ko', 'en'] as const).map((locale) => shownProblem(error, locale).list[0]?.message);
      expect(shown).toEqual([ko, en]);
    }
    expect.assertions(1);
  });
});

it('isolates a value that is written from right to left inside the sentence of an error', () => {
  const error = departmentProblems.error('staff-number-taken', { staffNumber: 'אבג' });
  expect(shownProblem(error, 'ko').message).toContain('\u2068אבג\u2069');
});
