import { cpuMsOf } from '../../test/support/cpu-time.js';
import { findLinks, withoutLinks } from './links.js';

describe('finding links', () => {
  it.each([
    'http://evil.example/x',
    'https://localhost/',
    'HTTPS://2130706433/',
    'http://[::1]/',
    'ftp://files',
    'www.evil.com',
    'WWW.evil',
    'evil.com',
    'evil.com에서',
    'bit.ly/3x',
    '10.0.0.1',
    'audit@evil.com',
    'ｅｖｉｌ．ｃｏｍ',
    'evil。com',
    '한빛시.한국',
    '신고.한국에서',
    'xn--9d0b.xn--3e0b707e',
    'signed.No',
    'clean.go.kr.evil.com',
    'https://clean.go.kr@evil.com/',
    'https://clean.go.kr\\evil.com',
    'myclean.go.kr',
    'https://clean.go.kr/x,https://evil.com',
  ])('sees %s', (link) => {
    expect(findLinks(`보기 ${link} 끝`, ['clean.go.kr'])).toHaveLength(1);
  });

  it.each([
    '계약 C-2026-0143. 금품·향응',
    'is signed. No gift',
    'at 3.5 per cent, e.g. on 14.10.2026',
    'No.1398',
    '안내.금품',
    'wait... what',
    '1/2 and/or 10:00',
    'clean.go.kr',
    'https://clean.go.kr/report.html?x=a.b',
    'www.clean.go.kr에서 신고',
    'CLEAN.GO.KR:8443/a.b',
    'audit@clean.go.kr.',
  ])('lets %s pass', (text) => {
    expect(findLinks(text, ['clean.go.kr'])).toEqual([]);
  });

  it('allows none by default and says where it stands', () => {
    expect(findLinks('보기: clean.go.kr에서')).toEqual([{ link: 'clean.go.kr에서', index: 4 }]);
  });

  it.each(['a.', 'a', '://', '1.'])('takes no time over a long text of %s', async (piece) => {
    const hostile = piece.repeat(100_000);
    expect(await cpuMsOf(() => findLinks(hostile))).toBeLessThan(2000);
  });

  it('breaks links in words that officers wrote, and leaves the rest as it is', () => {
    expect(withoutLinks('도로 공사 https://evil.com/a (2공구)')).toBe('도로 공사 https   evil com a (2공구)');
    expect(findLinks(withoutLinks('see ｅｖｉｌ．ｃｏｍ, www.x and audit@evil.com'))).toEqual([]);
    expect(withoutLinks('2026.14호 1/2공구')).toBe('2026.14호 1/2공구');
  });
});
