import type { LocalDate } from '../calendar/calendar.schema.js';
import type { ContractState } from '../planning/planning.types.js';
import type { Contract } from './contract.entity.js';
import { contractProblems, type dayWords, type moveWords } from './contracts.words.js';

export type Move = keyof typeof moveWords;
export const moves: readonly Move[] = ['sign', 'start', 'suspend', 'resume', 'complete', 'terminate'];

/** LifecycleState is the part of a contract that moves change. */
export type LifecycleState = Pick<
  Contract,
  'state' | 'resumesTo' | 'signedOn' | 'startsOn' | 'completedOn' | 'terminatedOn'
>;

type DatedTerm = keyof typeof dayWords;

const lawfulFrom: Record<Move, ContractState[]> = {
  sign: ['draft'],
  start: ['signed'],
  suspend: ['signed', 'underway'],
  resume: ['suspended'],
  // Goods and permits have no start of their own, and close from where they are.
  complete: ['signed', 'underway'],
  terminate: ['draft', 'signed', 'underway', 'suspended'],
};

/** Returns the state after a move on a day. Throws when the move is not lawful from here, or lies before the signing. */
export function stateAfter(before: LifecycleState, move: Move, on: LocalDate): LifecycleState {
  requireLawful(before.state, move);
  if (move !== 'sign' && before.signedOn !== null && on < before.signedOn) {
    const { signedOn } = before;
    throw contractProblems.error(
      'date-before-signing',
      { day: on, signedOn },
      { fields: [contractProblems.field('on', 'date-before-signing.field', { signedOn })] },
    );
  }
  switch (move) {
    case 'sign':
      return { ...before, state: 'signed', signedOn: on };
    case 'start':
      return { ...before, state: 'underway', startsOn: before.startsOn ?? on };
    case 'suspend':
      return {
        ...before,
        state: 'suspended',
        resumesTo: before.state === 'underway' ? 'underway' : 'signed',
      };
    case 'resume':
      return { ...before, state: before.resumesTo ?? 'signed', resumesTo: null };
    case 'complete':
      return { ...before, state: 'completed', completedOn: on };
    case 'terminate':
      return { ...before, state: 'terminated', resumesTo: null, terminatedOn: on };
  }
}

export function movesFrom(state: ContractState): Move[] {
  return moves.filter((move) => lawfulFrom[move].includes(state));
}

/** Throws `dates-out-of-order` when the dates do not make sense together. */
export function requireDatesInOrder(dates: Pick<Contract, DatedTerm>): void {
  const pairs: [early: DatedTerm, late: DatedTerm][] = [
    ['startsOn', 'endsOn'],
    ['signedOn', 'endsOn'],
    ['endsOn', 'liabilityEndsOn'],
  ];
  for (const [early, late] of pairs) {
    const [a, b] = [dates[early], dates[late]];
    if (a === null || b === null || a <= b) continue;
    const words = { early: { word: `contractDays.${early}` }, late: { word: `contractDays.${late}` } };
    throw contractProblems.error('dates-out-of-order', words, {
      fields: [contractProblems.field(early, 'dates-out-of-order.field', words)],
    });
  }
}

function requireLawful(from: ContractState, move: Move): void {
  if (lawfulFrom[move].includes(from)) return;
  const words = { state: { word: `contractStates.${from}` }, move: { word: `contractMoves.${move}` } };
  const lawful = movesFrom(from).map((one) => ({ word: `contractMoves.${one}` }));
  throw lawful.length > 0
    ? contractProblems.error('move-not-lawful', { ...words, moves: lawful })
    : contractProblems.error('move-not-lawful.ended', words);
}
