import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { cpuMsOf } from '../../../test/support/cpu-time.js';
import {
  dearCharacters,
  domesticPrefixBytes,
  encodableInKorean,
  eucKrWidth,
  internationalPrefixBytes,
  koreanLength,
  smsLength,
} from './lengths.js';
import { adviceOn } from './texts.words.js';

const extension = '^{}[]~\\|€\f';
const sequences = [
  '👨‍👩‍👧‍👦',
  '👍🏽',
  '🇰🇷',
  '🇰🇷🇬',
  '❤️',
  '🏳️‍🌈',
  '👨‍🚀',
  '1️⃣',
  '🧑‍🤝‍🧑',
  '🤷🏽‍♀️',
  '🏴‍☠️',
  '\r\n',
  'é',
  '각',
  'क्षि',
];
const joiners = [
  '👩',
  '🏽',
  '\u200d',
  '\ufe0f',
  '\u0301',
  '🇰',
  '🚀',
  '♀',
  '각',
  'ᄀ',
  'ᅡ',
  'ᆨ',
  'น้ำ',
  '\u0600',
  '\ud83d',
  '\ude00',
];

const gsmUnit = fc.constantFrom(...'abcXYZ 019.,@£èØÅΔ_Ω\n\r', ...extension);
const anyUnit = fc.oneof(
  { weight: 6, arbitrary: gsmUnit },
  { weight: 3, arbitrary: fc.constantFrom(...'한빛시계약체결안내금품향응·☎→…') },
  { weight: 2, arbitrary: fc.constantFrom(...sequences) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
);
const joiningUnit = fc.constantFrom(...joiners, ...sequences);

describe('the length outside Korea', () => {
  const agrees = (text: string) => {
    const theirs = new SegmentedMessage(text, 'auto', false);
    const bits = theirs.segments.reduce((sum, segment) => sum + segment.messageSizeInBits(), 0);
    const units = bits / (theirs.encodingName === 'GSM-7' ? 7 : 16);
    expect(smsLength(text)).toEqual({
      encoding: theirs.encodingName,
      units,
      parts: theirs.segmentsCount,
    });
  };
  const texts = (unit: fc.Arbitrary<string>, maxLength: number) =>
    fc.array(unit, { maxLength, size: 'max' }).map((units) => units.join(''));

  it.each([
    ['GSM-7 with extension characters', gsmUnit, 480, 300],
    ['everything, Hangul and emoji among it', anyUnit, 240, 400],
    ['flags, families, accents and loose Hangul letters', joiningUnit, 90, 500],
    ['a long UCS-2 text without any of them', fc.constantFrom(...'한글abc ·'), 240, 100],
  ])('agrees with Twilio’s calculator: %s', (_name, unit, maxLength, numRuns) => {
    fc.assert(fc.property(texts(unit, maxLength), agrees), { numRuns });
  });

  it.each([
    ['', 'GSM-7', 0, 1],
    ['a'.repeat(160), 'GSM-7', 160, 1],
    ['a'.repeat(161), 'GSM-7', 161, 2],
    ['€'.repeat(80), 'GSM-7', 160, 1],
    // 76 pairs fill 152 of 153 septets: the 77th does not part.
    ['€'.repeat(153), 'GSM-7', 306, 3],
    ['가'.repeat(70), 'UCS-2', 70, 1],
    ['가'.repeat(71), 'UCS-2', 71, 2],
    ['🙂'.repeat(35), 'UCS-2', 70, 1],
    ['🙂'.repeat(67), 'UCS-2', 134, 3],
  ])('counts %#', (text, encoding, units, parts) => {
    expect(smsLength(text)).toEqual({ encoding, units, parts });
  });
});

describe('the characters that make a text dearer outside Korea', () => {
  const plain = 'a'.repeat(140);

  it('are named once each, with the parts that it would take without them', () => {
    expect(dearCharacters(`${plain} – “aa” –`)).toEqual({ characters: ['–', '“', '”'], parts: 1 });
  });

  it('are none where the text costs no more by them, has none, or is of another script', () => {
    expect(dearCharacters('short – “text”')).toBeNull();
    expect(dearCharacters(plain)).toBeNull();
    expect(dearCharacters('가나다라마바사아자차카타파하'.repeat(6))).toBeNull();
  });
});

describe('the length in Korea', () => {
  const command = 'iconv';
  const version = spawnSync(command, ['--version']);
  const hasGlibc = version.status === 0 && version.stdout.toString().includes('GLIBC');

  (hasGlibc ? it : it.skip)('gives every character of the BMP the bytes that glibc gives it', () => {
    const lines = Array.from({ length: 0x10000 }, (_, code) =>
      (code >= 0xd800 && code <= 0xdfff) || code === 10 ? '' : String.fromCharCode(code),
    );
    const { stdout } = spawnSync(command, ['-c', '-f', 'UTF-8', '-t', 'EUC-KR'], {
      input: lines.join('\n'),
      maxBuffer: 2 ** 22,
    });
    const widths = stdout
      .toString('latin1')
      .split('\n')
      .map((line) => line.length);
    expect(widths).toHaveLength(0x10000);
    widths[10] = 1;
    const mismatches = widths.flatMap((width, code) =>
      eucKrWidth(String.fromCharCode(code)) === width ? [] : [code.toString(16)],
    );
    expect(mismatches).toEqual([]);
  });

  it('counts the lines that carriers put before a text', () => {
    expect(koreanLength('[Web발신]\n').bytes).toBe(domesticPrefixBytes);
    expect(koreanLength('[국제발신]\n').bytes).toBe(internationalPrefixBytes);
  });

  it.each([
    ['가'.repeat(45), 0, 90, 'SMS'],
    ['가'.repeat(45), 10, 90, 'LMS'],
    ['가'.repeat(40), 10, 80, 'SMS'],
    ['가'.repeat(40) + 'a', 10, 81, 'LMS'],
    ['가'.repeat(1000), 10, 2000, 'LMS'],
    ['가'.repeat(1000) + 'a', 10, 2001, 'too-long'],
  ])('finds the class %#', (text, reserved, bytes, expected) => {
    expect(koreanLength(text, reserved)).toEqual({ bytes, class: expected, unencodable: [] });
  });

  it('takes what KS X 1001 holds, the euro and registered signs as glibc does', () => {
    expect(koreanLength('·ㆍ▶※☎㈜‘’“”…€®₩').unencodable).toEqual([]);
  });

  it.each([
    ['–', '-'],
    ['—', '-'],
    ['•', '·'],
    ['․', '·'],
    ['∙', '·'],
    ['\u00a0', ' '],
    ['é', 'e'],
    ['¥', '￥'],
    ['©', '(c)'],
    ['\u200b', ''],
    ['\ufe0f', ''],
    ['😀', ''],
    ['👍', ''],
    ['뷁', null],
    ['똠', null],
    ['펲', null],
    ['\u1112', null],
    ['ก', null],
  ])('says what to write instead of %j', (character, instead) => {
    const { unencodable } = koreanLength(`안내 ${character}`);
    expect(unencodable).toEqual([expect.objectContaining({ character, index: 3, instead })]);
    expect(unencodable.map((found) => adviceOn(found).en)[0]).toMatch(/U\+[0-9A-F]{4,}/);
  });

  it('gives positions in UTF-16 code units', () => {
    const found = koreanLength('가😀–뷁').unencodable.map(({ character, index }) => [character, index]);
    expect(found).toEqual([
      ['😀', 1],
      ['–', 3],
      ['뷁', 4],
    ]);
  });

  it('makes any text one that can be encoded', () => {
    expect(encodableInKorean('제1공구 – 교량•터널😀 뷁')).toBe('제1공구 - 교량·터널 ?');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(koreanLength(encodableInKorean(text)).unencodable).toEqual([]);
      }),
    );
  });

  it('counts a short text in about a microsecond', async () => {
    const text = '[한빛시] 계약 체결 안내(C-2026-0143). 금품·향응 요구는 신고해 주세요 ☎1398';
    const milliseconds = await cpuMsOf(() => {
      for (let i = 0; i < 50_000; i++) koreanLength(text);
    });
    // Twenty times what it takes, for a slower machine.
    expect((milliseconds * 1000) / 50_000).toBeLessThan(20);
  });
});
