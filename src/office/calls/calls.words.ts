import { type Both, defineWords, type Words, wordsOf } from '../../platform/words/words.js';

/**
 * An auditor says this on the telephone, line by line. Nobody is told a company, a name or what is suspected: who answers says
 * these.
 */
defineWords('callScript', {
  greeting: [
    '안녕하십니까. {agency} 감사부서입니다. {agency}에서 문자를 보낸 번호 가운데 추첨한 곳에 확인 전화를 드리고 있습니다. 잘못이 있어 드리는 전화가 아닙니다.',
    'Good day, this is the audit office of {agency}. We call some of the numbers that {agency} sent a text to, drawn by lot. It is not about anything that you did.',
  ],
  who: [
    '실례지만 어느 업체의 어느 분이신지 여쭤봐도 되겠습니까?',
    'May I ask which company you are with, and who you are?',
  ],
  received: [
    '{day}에 {agency}에서 보낸 청렴 안내 문자를 받으셨습니까?',
    'Did you receive an integrity text from {agency} on {day}?',
  ],
  closing: [
    '감사합니다. {agency}은(는) 전화로 돈이나 비밀번호를 묻지 않습니다. 이 전화로는 신고를 받지 않으며, 알리실 일이 있으면 {channel}에 말씀하시면 됩니다.',
    'Thank you. {agency} never asks for money or passwords by telephone. This call takes in no reports; if there is anything to tell, please call {channel}.',
  ],
});

/** Why a sample cannot be drawn again as it was published. */
const findings = {
  'not-drawn': [
    '아직 추첨하지 않았습니다. 서명된 로그 상태에 공약이 오른 뒤에 다시 확인하세요.',
    'It is not drawn yet. Try again when a checkpoint holds the commitment.',
  ],
  'list-altered': [
    '공개된 후보 목록이 공약할 때의 목록과 다릅니다.',
    'The published list of candidates is another than the one that was committed to.',
  ],
  'commitment-altered': [
    '공개된 공약이 로그에 오른 것과 다르거나, 서명된 로그 상태에 들어 있지 않습니다.',
    'The published commitment is another than the one in the log, or the checkpoint does not hold it.',
  ],
  'checkpoint-altered': [
    '추첨에 쓴 로그 상태가 로그의 키로 서명되지 않았습니다.',
    'The checkpoint that it was drawn from is not signed by the key of the log.',
  ],
  'checkpoint-unwitnessed': [
    '추첨에 쓴 로그 상태에 증인 {witness}의 서명이 없습니다.',
    'The checkpoint that it was drawn from is not signed by the witness {witness}.',
  ],
  'sample-altered': [
    '다시 추첨한 표본이 공개된 표본과 다릅니다. 처음 다른 곳은 {place}번째입니다.',
    'The sample that is drawn again is another than the published one, from number {place} on.',
  ],
} as const satisfies Record<string, Both>;

defineWords('redrawFindings', findings);

/** A RedrawFinding is the first thing for which a published sample is not believed. */
export interface RedrawFinding {
  code: keyof typeof findings;
  params: Record<string, string | number>;
}

export function findingWords({ code, params }: RedrawFinding): Words {
  return wordsOf(`redrawFindings.${code}`, params);
}
