import { readFileSync } from 'node:fs';
import { wordsOf } from '../../platform/words/words.js';
import { adminLists, auditLists, everydayLists, listsFor } from './work-lists.js';
import type { Facts, Named } from './work-query.js';
import { rowWords } from './work.words.js';

const lists = [...everydayLists, ...adminLists, ...auditLists];
const listOf = (code: string) => {
  const list = lists.find((one) => one.code === code);
  if (!list) throw new Error(`there is no list ${code}`);
  return list;
};
const nothingNamed: Named = { milestone: null, carrier: null };
const say = (code: string, facts: Facts, named: Partial<Named> = {}) =>
  rowWords(listOf(code), facts, { ...nothingNamed, ...named });

/** What the statements of all lists report together; words are wanted for each list from its own part of it. */
const facts: Facts = {
  field: 'endsOn',
  counterparties: 2,
  without: 1,
  carrierCode: '1',
  milestone: 'signing',
  expectedBy: '2026-03-02',
  file: 'a.csv',
  line: 2,
  code: 'date-impossible',
  phrase: null,
  message: 'm',
  advice: 'a',
  milestones: 1,
  days: 9,
  times: 1,
};

it('has each list once, those of admins for them and the auditor, and signs only for the auditor', () => {
  expect(new Set(lists.map((list) => list.code)).size).toBe(lists.length);
  for (const role of ['officer', 'manager', 'monitor'] as const) {
    expect(listsFor({ role })).toEqual(everydayLists);
  }
  expect(listsFor({ role: 'admin' })).toEqual([...everydayLists, ...adminLists]);
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

it('falls back to the provider’s code where nobody knows what it means', () => {
  expect(say('dead-numbers', { carrierCode: '39999', provider: 'gone' }).en).toBe(
    'The last text was not delivered: 39999',
  );
});
