import type { LocalDate } from '../calendar/calendar.schema.js';
import { AppError } from '../../platform/app-error.js';
import type { ContractState } from '../planning/planning.types.js';

export const moves = ['sign', 'start', 'suspend', 'resume', 'complete', 'terminate'] as const;
export type Move = (typeof moves)[number];

export interface LifecycleState {
  state: ContractState;
  /** Where a suspended contract goes back to. */
  resumesTo: 'signed' | 'underway' | null;
  signedOn: LocalDate | null;
  startsOn: LocalDate | null;
  completedOn: LocalDate | null;
  terminatedOn: LocalDate | null;
}

const lawfulFrom: Record<Move, ContractState[]> = {
  sign: ['draft'],
  start: ['signed'],
  suspend: ['signed', 'underway'],
  resume: ['suspended'],
  // Goods and permits have no start of their own, and close from where they are.
  complete: ['signed', 'underway'],
  terminate: ['draft', 'signed', 'underway', 'suspended'],
};

/** The state after a move; throws when the move is not lawful from here. `on` is the day it happened. */
export function moved(before: LifecycleState, move: Move, on: LocalDate): LifecycleState {
  if (!lawfulFrom[move].includes(before.state)) {
    throw new AppError(
      'conflict',
      'move-not-lawful',
      `A contract that is ${before.state} cannot ${move}; from here it can ${movesFrom(before.state).join(', ') || 'do nothing more'}.`,
    );
  }
  if (move !== 'sign' && before.signedOn !== null && on < before.signedOn) {
    throw new AppError(
      'invalid',
      'date-before-signing',
      `${on} is before the contract was signed (${before.signedOn}).`,
      [{ path: 'on', code: 'date-before-signing', message: `on or after ${before.signedOn}` }],
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

/** Throws when the dates do not make sense together. */
export function checkDates(dates: {
  signedOn: LocalDate | null;
  startsOn: LocalDate | null;
  endsOn: LocalDate | null;
  liabilityEndsOn: LocalDate | null;
}): void {
  const wrong = [
    { early: 'startsOn', late: 'endsOn' },
    { early: 'signedOn', late: 'endsOn' },
    { early: 'endsOn', late: 'liabilityEndsOn' },
  ].find(({ early, late }) => {
    const [a, b] = [dates[early as keyof typeof dates], dates[late as keyof typeof dates]];
    return a !== null && b !== null && a > b;
  });
  if (wrong) {
    throw new AppError(
      'invalid',
      'dates-out-of-order',
      `${wrong.early} is after ${wrong.late}: correct one of them.`,
      [{ path: wrong.early, code: 'dates-out-of-order', message: `on or before ${wrong.late}` }],
    );
  }
}
