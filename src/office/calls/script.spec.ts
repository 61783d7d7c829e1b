import { scriptOf } from './script.js';

const lines = scriptOf({
  agency: { ko: '한빛시', en: 'Hanbit City' },
  day: { ko: '3월 4일', en: '4 March' },
  channel: '1398',
});

describe('the script of a call', () => {
  it('asks who answers before it asks for the text, and gives neither company nor contract away', () => {
    expect(lines.map(({ en }) => en)).toEqual([
      'Good day, this is the audit office of Hanbit City. We call some of the numbers that Hanbit City sent a text to, drawn by lot. It is not about anything that you did.',
      'May I ask which company you are with, and who you are?',
      'Did you receive an integrity text from Hanbit City on 4 March?',
      'Thank you. Hanbit City never asks for money or passwords by telephone. This call takes in no reports; if there is anything to tell, please call 1398.',
    ]);
  });

  it('is short, polite Korean', () => {
    expect(lines.map(({ ko }) => ko).slice(1, 3)).toEqual([
      '실례지만 어느 업체의 어느 분이신지 여쭤봐도 되겠습니까?',
      '3월 4일에 한빛시에서 보낸 청렴 안내 문자를 받으셨습니까?',
    ]);
    expect(lines[3]?.ko).toContain('한빛시는 전화로 돈이나 비밀번호를 묻지 않습니다.');
  });

  it('speaks of no corruption, suspicion or gift', () => {
    expect(JSON.stringify(lines)).not.toMatch(/부패|비리|금품|의심|corrupt|suspic|gift|bribe/i);
  });
});
