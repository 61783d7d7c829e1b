import { parse } from 'csv-parse/sync';
import type { Move } from '../../core/contracts/lifecycle.js';
import { dataText } from '../../platform/project-files.js';

/** The city begins on a Monday morning, and ends on another, three months later, when whoever tries the service comes in. */
export const begins = '2026-03-09T08:00:00+09:00';
export const ends = '2026-06-08T09:00:00+09:00';

/** What happens in the city, each on a day: a contract is registered, or something is done to one. */
export type CityAct = { on: string; by: string; reference: string } & (
  | { act: 'register'; contract: object; department: string }
  | { act: 'record'; code: string; day: string }
  | { act: 'move'; move: Move; day: string; reason: string }
  | { act: 'amend'; column: 'startsOn' | 'endsOn'; day: string; reason: string }
  | { act: 'number'; phone: string; reason: string }
  | { act: 'approve' }
);

type Line = Readonly<Record<string, string>>;

/** Reads what happens in the city, in the order of its days: `data/sandbox-contracts.csv` and `data/sandbox-acts.csv`. */
export function cityActs(): CityAct[] {
  const acts = [
    ...linesOf('sandbox-contracts.csv').map(registration),
    ...linesOf('sandbox-acts.csv').map(act),
  ];
  return acts.toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

function linesOf(file: string): Line[] {
  return parse<Line>(dataText(file), { columns: true });
}

function registration(line: Line): CityAct {
  const given = (column: string) => line[column] || null;
  const { by = '', reference = '', department = '' } = line;
  const person = {
    name: given('person'),
    role: given('role'),
    phone: given('phone'),
    locale: given('locale'),
  };
  const contract = {
    reference,
    kind: line['kind'],
    title: line['title'],
    signedOn: given('signed'),
    startsOn: given('starts'),
    endsOn: given('ends'),
    ...(line['amount'] ? { value: { amount: line['amount'], currency: 'KRW' } } : {}),
    counterparties: [{ name: line['company'], country: 'KR', contacts: [person] }],
  };
  return { on: line['registered'] ?? '', by, reference, department, act: 'register', contract };
}

function act(line: Line): CityAct {
  const { on = '', by = '', reference = '', what = '', value: day = '', reason = '' } = line;
  const who = { on, by, reference };
  switch (line['act'] ?? '') {
    case 'record':
      return { ...who, act: 'record', code: what, day };
    case 'move':
      return { ...who, act: 'move', move: what as Move, day, reason };
    case 'amend':
      return { ...who, act: 'amend', column: what as 'startsOn' | 'endsOn', day, reason };
    case 'number':
      return { ...who, act: 'number', phone: day, reason };
    default:
      return { ...who, act: 'approve' };
  }
}
