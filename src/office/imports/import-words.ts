import { words, type Words } from '../../platform/words/words.js';
import type { EffectResult, ImportStatus } from './import.schema.js';

export const importStatusWords: Readonly<Record<ImportStatus, Words>> = {
  queued: words('읽기를 기다리는 중', 'waiting to be read'),
  reading: words('파일을 읽는 중', 'the file is being read'),
  columns: words('열 이름을 확인해 주세요', 'its columns wait for somebody to look at them'),
  previewing: words('미리보기를 만드는 중', 'what it would do is being worked out'),
  ready: words('적용할 수 있음', 'ready to be applied'),
  running: words('적용하는 중', 'being applied'),
  completed: words('적용됨', 'applied'),
  failed: words('실패함', 'failed'),
  undone: words('되돌림', 'undone'),
  discarded: words('적용하지 않고 버림', 'discarded, and nothing of it applied'),
};

export const resultWords: Readonly<Record<EffectResult, Words>> = {
  created: words('새로 등록', 'created'),
  updated: words('변경', 'updated'),
  corrected: words('정정(같은 차수, 다른 내용)', 'corrected (same revision, other content)'),
  unchanged: words('변경 없음', 'unchanged'),
  ignored: words('이전 차수이므로 무시', 'ignored (an older revision)'),
  refused: words('거절', 'refused'),
};

/** What a person reads before he applies. */
export function textedTodayWords(people: number): Words {
  return words(
    `지금 적용하면 오늘 ${people}명에게 문자가 발송됩니다(발송 중지와 예행연습 설정은 고려하지 않은 수).`,
    `Applied now, it texts ${people} ${people === 1 ? 'person' : 'people'} today (brakes and a rehearsal disregarded).`,
  );
}
