import { AppError, defineProblems, notFound, publishedCode } from '../app-error.js';
import { allSections, defineWords, hasWords, translate, wordsOf } from './words.js';

defineWords('fruit', { pear: ['배', 'pear'], apple: ['사과', 'apple'] });
defineWords('basket', {
  empty: ['바구니가 비었습니다.', 'The basket is empty.'],
  particles: ['{fruit}은(는) {fruit}이(가) {fruit}을(를) {fruit}과(와) {fruit}(으)로', '{fruit}'],
  holds: ['{count}개: {what}', '{count} of them: {what}'],
  people: ['{count}명', '{count} person(people) of {what}'],
});

const problems = defineProblems({
  'basket-full': ['conflict', '{limit}개가 넘습니다.', 'There are more than {limit}.'],
  'basket-full.today': ['limit', '오늘은 {limit}개까지입니다.', 'Today there may be {limit}.'],
});

describe('the catalogue of words', () => {
  it('writes a key in either language', () => {
    expect(translate('ko', 'basket.empty')).toBe('바구니가 비었습니다.');
    expect(wordsOf('basket.empty')).toEqual({ ko: '바구니가 비었습니다.', en: 'The basket is empty.' });
  });

  it('puts parameters in, words of the catalogue in the reader’s language', () => {
    const params = { count: 2, what: [{ word: 'fruit.pear' }, { word: 'fruit.apple' }, 'plums'] };
    expect(translate('en', 'basket.holds', params)).toBe('2 of them: pear, apple, plums');
    expect(translate('ko', 'basket.holds', params)).toBe('2개: 배, 사과, plums');
  });

  it.each([
    ['사과', '사과는 사과가 사과를 사과와 사과로'],
    ['감', '감은 감이 감을 감과 감으로'],
    ['귤', '귤은 귤이 귤을 귤과 귤로'],
    ['버전 3', '버전 3은 버전 3이 버전 3을 버전 3과 버전 3으로'],
    ['418', '418은 418이 418을 418과 418로'],
    ['2026-03-02', '2026-03-02는 2026-03-02가 2026-03-02를 2026-03-02와 2026-03-02로'],
    ['“감”', '“감”은 “감”이 “감”을 “감”과 “감”으로'],
    ['plum', 'plum은(는) plum이(가) plum을(를) plum과(와) plum(으)로'],
  ])('chooses the particle after %s by its sound', (fruit, expected) => {
    expect(translate('ko', 'basket.particles', { fruit })).toBe(expected);
  });

  it.each([
    [0, '0 people of Garam'],
    [1, '1 person of Garam'],
    ['1', '1 person of Garam'],
    [2, '2 people of Garam'],
    ['1,001', '1,001 people of Garam'],
  ])('chooses the singular or the plural after %j', (count, expected) => {
    expect(translate('en', 'basket.people', { count, what: 'Garam' })).toBe(expected);
    const part = translate('en', 'basket.people', { count, what: '1 part(parts)' });
    expect(part.endsWith('1 part(parts)')).toBe(true);
  });

  it('does not show a reader the braces of a parameter that is missing', () => {
    expect(() => translate('en', 'basket.holds', { count: 2 })).toThrow(/wants what/);
    expect(() => translate('en', 'basket.holds', { count: 2, what: null })).toThrow(/wants what/);
  });

  it('throws on a key that nobody defined, and tells whether it is there', () => {
    expect(() => translate('en', 'basket.stolen')).toThrow('there are no words for basket.stolen');
    expect(hasWords('basket.stolen')).toBe(false);
    expect(hasWords('basket.toString')).toBe(false);
    expect(hasWords('basket.empty')).toBe(true);
  });

  it('refuses a key that is defined twice, since one of the two would be lost', () => {
    expect(() => defineWords('basket', { empty: ['', ''] })).toThrow(/defined twice/);
  });

  it('lists its sections', () => {
    expect(Object.keys(allSections().get('fruit') ?? {})).toEqual(['pear', 'apple']);
  });
});

describe('a problem', () => {
  it('has its code, its kind, its English sentence, and the phrase for other languages', () => {
    const error = problems.error('basket-full', { limit: 3 });
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      kind: 'conflict',
      code: 'basket-full',
      message: 'There are more than 3.',
      phrase: { code: 'basket-full', params: { limit: 3 } },
      fields: [],
    });
    expect(translate('ko', `problems.${error.phrase?.code}`, error.phrase?.params)).toBe('3개가 넘습니다.');
  });

  it('shows programs one code where it has several sentences', () => {
    expect(problems.error('basket-full.today', { limit: 1 })).toMatchObject({
      kind: 'limit',
      code: 'basket-full',
      message: 'Today there may be 1.',
    });
    expect(publishedCode('basket-full.today')).toBe('basket-full');
    expect(publishedCode('basket-full')).toBe('basket-full');
  });

  it('marks fields, and keeps its cause', () => {
    const cause = new Error('below');
    const field = problems.field('items[3]', 'basket-full', { limit: 3 });
    const error = problems.error('basket-full', { limit: 3 }, { fields: [field], cause });
    expect(error.cause).toBe(cause);
    expect(error.fields).toEqual([
      {
        path: 'items[3]',
        code: 'basket-full',
        message: 'There are more than 3.',
        phrase: { code: 'basket-full', params: { limit: 3 } },
      },
    ]);
  });

  it('of something that is not there names it in both languages', () => {
    const { phrase, message } = notFound('contract');
    expect(message).toBe('There is no such contract, or it is not yours to see.');
    expect(translate('ko', `problems.${phrase?.code}`, phrase?.params)).toBe(
      '그런 자료(계약)가 없거나 볼 권한이 없습니다.',
    );
  });
});
