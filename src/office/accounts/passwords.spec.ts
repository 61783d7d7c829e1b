import { whyPasswordWillNotDo } from './passwords.js';

const known = ['haneul.kim@hanbit.example', '김하늘', '한빛시', 'Hanbit City'];
const why = (password: string) => whyPasswordWillNotDo(password, known);

describe('a password', () => {
  it.each([
    'river mirror eleven plate',
    'correcthorsebatterystaple',
    '느티나무아래서우산을접었다',
    'zv7 kQ pt9 wm',
    'Lantern-Quarry-Otter',
    'ab cd ef gh ij kl mn op qr st uv wx yz 12 34 56 78 90',
  ])('%j will do: nothing is asked of its composition', (password) => expect(why(password)).toBeNull());

  it('is counted in characters, however they are encoded', () => {
    expect(why('느티나무아래서우산을접')).toBe('password-short');
    expect(why('느티나무아래서우산을접었')).toBeNull();
    expect(why('느티나무아래서우산을접었'.normalize('NFD'))).toBeNull();
    expect(why('😀🌊🪁🧭🏮🎋🦦🪵🧶🫖🍐')).toBe('password-short');
  });

  it('has at most 128 characters', () => {
    const long = 'river mirror eleven plate '.repeat(5);
    expect(why(`a${long.slice(0, 127)}`)).toBeNull();
    expect(why(`ab${long.slice(0, 127)}`)).toBe('password-long');
  });

  it.each([
    '1qaz2wsx3edc',
    '123qweasdzxc',
    '1Q2W3E4R5T6Y',
    'password123456',
    '!!Sunshine2026!!',
    'dragondragon',
    'aaaaaaaaaaaa',
    'abcabcabcabcabc',
    'abcdefghijklmn',
    '123456789012',
    '210987654321',
  ])('%j is too common', (password) => expect(why(password)).toBe('password-common'));

  it.each([
    ['abxyz', 3, 'password-common'],
    ['qzjxkw', 2, null],
  ])('of %s said %i times is %s: six characters are its own', (part, times, problem) =>
    expect(why(part.repeat(times))).toBe(problem),
  );

  it.each([
    [5, null],
    [4, 'password-common'],
  ])('of %i different characters: %s', (count, problem) =>
    expect(why('akqzmxakzqmmkaqzkm'.replace(/[mx]/g, count === 5 ? 'm' : 'z'))).toBe(problem),
  );

  it('is judged by the longest words that anybody knows, and not by single letters', () => {
    expect(whyPasswordWillNotDo('nadiravolt7nadiravolt', ['na nadiravolt'])).toBe('password-personal');
    expect(whyPasswordWillNotDo('aeioxuaeizouq', ['a e i o u'])).toBeNull();
  });

  it.each(['haneul.kim2026', 'Hanbit-City-1', 'kim.haneul!kim', '김하늘한빛시김하늘1234'])(
    '%j is what anybody knows',
    (password) => expect(why(password)).toBe('password-personal'),
  );

  it('may hold a known word beside others', () => expect(why('haneul walks the quarry road')).toBeNull());
});
