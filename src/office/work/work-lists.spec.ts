import { readFileSync } from 'node:fs';
import { auditLists } from './audit-lists.js';
import { everydayLists } from './everyday-lists.js';
import type { Facts, Told } from './work-list.js';

const lists = [...everydayLists, ...auditLists];
const listOf = (code: string) => {
  const list = lists.find((one) => one.code === code);
  if (!list) throw new Error(`there is no list ${code}`);
  return list;
};
const nothingTold: Told = { milestone: null, carrier: null, officer: null };
const say = (code: string, facts: Facts, told: Partial<Told> = {}) =>
  listOf(code).what(facts, { ...nothingTold, ...told });

it('has each list once, and only the auditor’s among those that others must not know of', () => {
  expect(new Set(lists.map((list) => list.code)).size).toBe(lists.length);
  expect(everydayLists.some((list) => list.auditorOnly)).toBe(false);
  expect(auditLists.every((list) => list.auditorOnly)).toBe(true);
});

it.each(lists.map((list) => [list.code, list] as const))(
  '%s speaks Korean and English, and stands in docs/coverage.md',
  (code, list) => {
    for (const words of [
      list.name,
      list.todo,
      list.what({ field: 'endsOn', from: 'a', to: 'b' }, nothingTold),
    ]) {
      expect(words.ko).toMatch(/[가-힣]/);
      expect(words.en).toMatch(/[a-z]/);
      expect(words.en).not.toMatch(/[가-힣]/);
    }
    expect(readFileSync('docs/coverage.md', 'utf8')).toContain(`| \`${code}\` |`);
  },
);

it('says of a cleared date that there is none any more', () => {
  const facts = { field: 'endsOn', from: '2026-11-27', to: null, actor: 'officer:a', unsent: false };
  expect(say('dates-moved-back', facts)).toEqual({
    ko: '완료일 2026-11-27이(가) 지워졌습니다(officer:a).',
    en: 'The end (2026-11-27) was cleared by officer:a.',
  });
});

it('says of a contact whether it was removed or renumbered', () => {
  const told = { milestone: { ko: '준공예정', en: 'completion due' } };
  const facts = { from: '010-****-1234', to: null, actor: 'officer:a', milestone: 'completion-due' };
  expect(say('changed-before-alert', { ...facts, removed: true }, told).en).toBe(
    'The contact (010-****-1234) was removed shortly before completion due was to be told, by officer:a.',
  );
  expect(say('changed-before-alert', { ...facts, removed: false }, told).en).toBe(
    'The number was changed from 010-****-1234 to none shortly before completion due was to be told, by officer:a.',
  );
});

it('falls back to the provider’s code where nobody knows what it means', () => {
  expect(say('dead-numbers', { carrierCode: '39999', provider: 'gone' }).en).toBe(
    'The last text was not delivered: 39999',
  );
});

it('names some of many contracts that share a number', () => {
  const others = Array.from({ length: 9 }, (_, n) => `C-${n}`);
  expect(say('shared-numbers', { others }).en).toBe(
    'Another counterparty has the same number: C-0, C-1, C-2, C-3, C-4 … (9)',
  );
});
