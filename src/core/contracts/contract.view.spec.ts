import type { HistoryEntry } from './contract.reader.js';
import { changeViewOf } from './contract.view.js';

const entry = (what: HistoryEntry['what'], params: HistoryEntry['params']): HistoryEntry => ({
  id: '01996f3e-0000-7000-8000-0000000000ff',
  at: '2026-03-04T10:00:00+09:00',
  what,
  params,
  before: { endsOn: '2026-11-27' },
  after: { endsOn: '2026-12-18' },
  actor: 'officer:ledger',
  reason: null,
});

describe('a change in the API', () => {
  it.each<[HistoryEntry['what'], HistoryEntry['params'], phrase: string]>([
    ['registered', {}, 'registered'],
    ['amended', { field: 'endsOn' }, 'amended: endsOn'],
    ['moved', { move: 'start', field: 'state' }, 'moved: start: state'],
    ['occurred', { milestone: 'final-payment' }, 'occurred: final-payment'],
    ['handed-over', { field: 'officerId' }, 'handed over: officerId'],
    ['department-merged', { field: 'departmentId' }, 'department merged: departmentId'],
    ['imported', { field: 'amount' }, 'imported: amount'],
    ['import-undone', {}, 'import undone'],
    ['restored', { field: 'title' }, 'import undone: title'],
    ['counterparty-added', {}, 'counterparty added'],
    ['contact-changed', {}, 'contact changed'],
  ])('by %s with %j is called “%s”', (what, params, phrase) => {
    const { params: _, ...rest } = entry(what, params);
    expect(changeViewOf(entry(what, params))).toEqual({ ...rest, what: phrase });
  });
});
