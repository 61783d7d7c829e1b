import fc from 'fast-check';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { differenceShown, milestonesPage } from './plan-shown.js';

describe('the pages of a large plan', () => {
  const plans = fc.array(
    fc.nat(700).map((count) => ({ alerts: Array.from({ length: count }, (_, n) => n) })),
    { maxLength: 30 },
  );

  it('have every milestone once, in order, and 500 lines or a single milestone each', () => {
    fc.assert(
      fc.property(plans, (milestones) => {
        const read: typeof milestones = [];
        const readFrom = (from: number) => {
          const { items, nextCursor } = milestonesPage(milestones, from);
          const lines = items.reduce((sum, { alerts }) => sum + 1 + alerts.length, 0);
          expect(lines <= 500 || items.length === 1).toBe(true);
          read.push(...items);
          if (nextCursor !== null) readFrom(Number(nextCursor));
        };
        readFrom(0);
        expect(read).toEqual(milestones);
      }),
    );
  });

  it('are as few as fit: 499 alerts are with their milestone, 500 with theirs on the next', () => {
    const [small, large] = [{ alerts: Array.from({ length: 249 }) }, { alerts: Array.from({ length: 250 }) }];
    expect(milestonesPage([small, small], 0).nextCursor).toBeNull();
    expect(milestonesPage([small, large], 0).nextCursor).toBe('1');
  });

  it('are empty behind the end', () => {
    expect(milestonesPage([{ alerts: [] }], 7)).toEqual({ items: [], nextCursor: null });
  });
});

describe('a large difference', () => {
  const changes = (count: number, to: object) =>
    Array.from({ length: count }, () => ({
      milestone: 'signing',
      contactId: 'a',
      from: null,
      to: { dueAt: '2026-03-04T10:00:00+09:00', status: 'planned', reason: null, ...to },
    }));
  const view = {
    milestones: [],
    counterparties: [],
    difference: {
      added: changes(700, {}),
      moved: [],
      cancelled: changes(3, { status: 'cancelled', reason: 'contact-removed' }),
      unchanged: [],
      lost: [],
    },
  } as unknown as ContractView;

  it('shows what is cancelled before what is added, and says how much follows', () => {
    const { rows, more } = differenceShown(view, '2026-03-02');
    expect(rows).toHaveLength(500);
    expect(rows.map(({ how }) => how).slice(0, 4)).toEqual(['cancelled', 'cancelled', 'cancelled', 'added']);
    expect(more).toBe(203);
  });

  it('does not count as unchanged what goes to another number at its time', () => {
    const unchanged = ['a', 'b', 'c'].map((contactId) => ({
      milestone: 'payment',
      occurrence: 1,
      contactId,
    }));
    const lost = [
      { milestone: 'payment', occurrence: 1, contactId: 'b', how: 'number', dueAt: '2026-03-05' },
    ];
    const difference = { added: [], moved: [], cancelled: [], unchanged, lost };
    const shown = differenceShown({ ...view, difference } as unknown as ContractView, '2026-03-02');
    expect([shown.unchanged, shown.lost.people]).toEqual([2, 1]);
  });

  it('shows as moved only what gets another time', () => {
    const change = (from: string) => ({
      ...changes(1, { dueAt: '2026-03-05T10:00:00+09:00', status: 'held' })[0],
      from: { dueAt: from, status: 'planned' },
    });
    const moved = [change('2026-03-04T10:00:00+09:00'), change('2026-03-05T10:00:00+09:00')];
    const { rows } = differenceShown(
      {
        ...view,
        difference: { added: [], moved, cancelled: [], unchanged: [], lost: [] },
      } as unknown as ContractView,
      '2026-03-02',
    );
    expect(rows.map(({ how, from }) => [how, from])).toEqual([
      ['moved', '2026-03-04T10:00:00+09:00'],
      ['altered', null],
    ]);
  });
});
