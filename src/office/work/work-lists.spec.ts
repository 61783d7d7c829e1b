import { readdirSync, readFileSync } from 'node:fs';
import { wordsOf } from '../../platform/words/words.js';
import { auditLists, changesDates, everydayLists, listsFor } from './work-lists.js';
import type { Facts, Named } from './work-query.js';
import { rowWords } from './work.words.js';

const lists = [...everydayLists, ...auditLists];
const listOf = (code: string) => {
  const list = lists.find((one) => one.code === code);
  if (!list) throw new Error(`there is no list ${code}`);
  return list;
};
const nothingNamed: Named = { milestone: null, carrier: null, officer: null, actor: null };
const say = (code: string, facts: Facts, named: Partial<Named> = {}) =>
  rowWords(listOf(code), facts, { ...nothingNamed, ...named });

/** What the statements of all lists report together; words are wanted for each list from its own part of it. */
const facts: Facts = {
  ...{ field: 'endsOn', from: 'a', to: 'b', fromEn: 'a', toEn: 'b', actor: 'officer:a', reason: null },
  ...{ counterparties: 2, without: 1, carrierCode: '1', milestone: 'signing', expectedBy: '2026-03-02' },
  ...{ file: 'a.csv', line: 2, code: 'date-impossible', phrase: null, message: 'm', advice: 'a', others: [] },
  ...{ milestones: 1, registeredAt: '2026-03-02', late: 3, alerts: 1, on: '2026-03-02', days: 9, times: 1 },
};

it('has each list once, and only the auditor’s among those that others must not know of', () => {
  expect(new Set(lists.map((list) => list.code)).size).toBe(lists.length);
  for (const role of ['officer', 'manager', 'admin', 'monitor'] as const) {
    expect(listsFor({ role })).toEqual(everydayLists);
  }
  expect(listsFor({ role: 'auditor' })).toEqual(lists);
});

it.each(lists.map((list) => [list.code, list] as const))(
  '%s speaks Korean and English, and stands in docs/coverage.md',
  (code) => {
    const [name, todo] = [wordsOf(`workLists.${code}.name`), wordsOf(`workLists.${code}.todo`)];
    for (const words of [name, todo, say(code, facts)]) {
      expect(words.ko).toMatch(/[가-힣]/);
      expect(words.en).toMatch(/[a-z]/);
      expect(words.en).not.toMatch(/[가-힣]/);
    }
    expect(readFileSync('docs/coverage.md', 'utf8')).toContain(`| \`${code}\` |`);
  },
);

it('finds changes of dates by their index, which a migration makes anew for another date', () => {
  const sources = readdirSync('migrations')
    .toSorted()
    .map((file) => readFileSync(`migrations/${file}`, 'utf8'));
  const indexes = sources.flatMap((source) => source.match(/CREATE INDEX change_of_dates[^`]*/g) ?? []);
  expect(indexes.at(-1)).toContain(` AND ${changesDates}`);
});

it('says of a cleared date that there is none any more', () => {
  const cleared = { field: 'endsOn', from: '2026-11-27', to: null, actor: 'officer:a', unsent: false };
  expect(say('dates-moved-back', cleared)).toEqual({
    ko: '완료일 2026-11-27이 지워졌습니다(officer:a).',
    en: 'The end (2026-11-27) was cleared by officer:a.',
  });
});

it('says of a contact whether it was removed or renumbered', () => {
  const named = { milestone: { ko: '준공예정', en: 'completion due' } };
  const change = { from: '010-****-1234', to: null, actor: 'officer:a', milestone: 'completion-due' };
  expect(say('changed-before-alert', { ...change, removed: true }, named).en).toBe(
    'The contact (010-****-1234) was removed shortly before completion due was to be told, by officer:a.',
  );
  expect(say('changed-before-alert', { ...change, removed: false }, named).en).toBe(
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
