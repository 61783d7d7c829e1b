import { contractStates } from '../planning/planning.types.js';
import { type LifecycleState, movesFrom, requireDatesInOrder, stateAfter } from './lifecycle.js';

const at = (state: LifecycleState['state'], rest: Partial<LifecycleState> = {}): LifecycleState => ({
  state,
  resumesTo: null,
  signedOn: '2026-03-03',
  startsOn: null,
  completedOn: null,
  terminatedOn: null,
  ...rest,
});
const draft = at('draft', { signedOn: null });

describe('a move', () => {
  it.each<[LifecycleState['state'], moves: string]>([
    ['draft', 'sign terminate'],
    ['signed', 'start suspend complete terminate'],
    ['underway', 'suspend complete terminate'],
    ['suspended', 'resume terminate'],
    ['completed', ''],
    ['terminated', ''],
  ])('of a contract that is %s is one of: %s', (state, moves) => {
    expect(movesFrom(state).join(' ')).toBe(moves);
  });

  it('signs on its day', () => {
    expect(stateAfter(draft, 'sign', '2026-03-03')).toEqual(at('signed'));
  });

  it('starts on its day, unless the contract names one', () => {
    expect(stateAfter(at('signed'), 'start', '2026-03-16')).toEqual(
      at('underway', { startsOn: '2026-03-16' }),
    );
    const planned = at('signed', { startsOn: '2026-03-10' });
    expect(stateAfter(planned, 'start', '2026-03-16')).toEqual({ ...planned, state: 'underway' });
  });

  it('resumes to where the contract was suspended', () => {
    for (const state of ['signed', 'underway'] as const) {
      const suspended = stateAfter(at(state), 'suspend', '2026-04-01');
      expect(suspended).toEqual(at('suspended', { resumesTo: state }));
      expect(stateAfter(suspended, 'resume', '2026-05-01')).toEqual(at(state));
    }
  });

  it('ends a contract on its day', () => {
    expect(stateAfter(at('underway'), 'complete', '2026-11-20')).toEqual(
      at('completed', { completedOn: '2026-11-20' }),
    );
    expect(stateAfter(at('suspended', { resumesTo: 'underway' }), 'terminate', '2026-06-01')).toEqual(
      at('terminated', { terminatedOn: '2026-06-01' }),
    );
    expect(stateAfter(draft, 'terminate', '2026-06-01').signedOn).toBeNull();
  });

  it('is refused where it is not lawful, with those that are', () => {
    expect(() => stateAfter(at('suspended'), 'complete', '2026-06-01')).toThrow(
      'A contract that is suspended cannot complete; from here it can resume, terminate.',
    );
    expect(() => stateAfter(at('completed'), 'terminate', '2026-06-01')).toThrow(
      'A contract that is completed cannot terminate; from here it can do nothing more.',
    );
  });

  it('cannot lie before the signing, but for signing itself', () => {
    expect(() => stateAfter(at('signed'), 'start', '2026-03-02')).toThrow(
      '2026-03-02 is before the contract was signed (2026-03-03).',
    );
    expect(stateAfter(at('signed'), 'start', '2026-03-03').state).toBe('underway');
    expect(stateAfter(at('draft'), 'sign', '2026-03-01').signedOn).toBe('2026-03-01');
  });

  it('leads from every state but the two ends', () => {
    expect(contractStates.filter((state) => movesFrom(state).length === 0)).toEqual([
      'completed',
      'terminated',
    ]);
  });
});

describe('the days of a contract', () => {
  type Day = string | null;
  const days = (signedOn: Day, startsOn: Day, endsOn: Day, liabilityEndsOn: Day = null) =>
    requireDatesInOrder({ source: 'agency', signedOn, startsOn, endsOn, liabilityEndsOn });

  it('are in order, and may fall on one day or be missing', () => {
    expect(() => days('2026-03-03', '2026-03-16', '2026-11-27', '2028-11-27')).not.toThrow();
    expect(() => days('2026-03-03', '2026-03-03', '2026-03-03', '2026-03-03')).not.toThrow();
    expect(() => days('2026-03-03', null, null, '2026-01-01')).not.toThrow();
  });

  it('may begin before the signing: work is begun first, and signed for later', () => {
    expect(() => days('2026-03-03', '2026-02-02', '2026-11-27')).not.toThrow();
  });

  it('are taken as they were published, also of a contract that was signed after its end', () => {
    const late = { signedOn: '2026-11-28', startsOn: null, endsOn: '2026-11-27', liabilityEndsOn: null };
    expect(() => requireDatesInOrder({ ...late, source: 'ocds:ocds-zz0001-1' })).not.toThrow();
    expect(() => requireDatesInOrder({ ...late, source: 'ocds' })).toThrow();
  });

  it.each<[problem: string, signedOn: Day, startsOn: Day, endsOn: Day, liabilityEndsOn: Day]>([
    ['startsOn (2026-11-28) is after endsOn (2026-11-27)', null, '2026-11-28', '2026-11-27', null],
    ['signedOn (2026-11-28) is after endsOn (2026-11-27)', '2026-11-28', null, '2026-11-27', null],
    ['endsOn (2026-11-27) is after liabilityEndsOn (2026-11-26)', null, null, '2026-11-27', '2026-11-26'],
  ])('are refused when %s', (problem, ...given) => {
    expect(() => days(...given)).toThrow(`${problem}: correct one of them.`);
  });
});
