import type { LocalDate } from '../calendar/calendar.schema.js';
import type { ContractState } from '../planning/planning.types.js';
import type { DatedAnchor } from '../settings/plan.schema.js';
import type { Contract, DatedTerm } from './contract.entity.js';
import { contractProblems, type moveWords } from './contracts.words.js';

export type Move = keyof typeof moveWords;
export const moves: readonly Move[] = ['sign', 'start', 'suspend', 'resume', 'complete', 'terminate'];

/** LifecycleState is the part of a contract that moves change. */
export type LifecycleState = Pick<
  Contract,
  'state' | 'resumesTo' | 'signedOn' | 'startsOn' | 'completedOn' | 'terminatedOn'
>;

/** The dated terms, each with those that it must not lie before. */
const earlierTerms = {
  signedOn: [],
  startsOn: [],
  endsOn: ['startsOn', 'signedOn'],
  liabilityEndsOn: ['endsOn'],
} satisfies Record<DatedTerm, DatedTerm[]>;
export const datedTerms = Object.keys(earlierTerms) as DatedTerm[];

/**
 * Each anchor of a plan hangs on these terms. Whoever puts off or clears one of them puts off alerts, which the auditor is
 * shown (a flag of the kind `dates-moved-back`); the end of liability is none of them, because it only ends what repeats.
 */
const termsOfAnchor = {
  signed: ['signedOn'],
  starts: ['startsOn'],
  ends: ['endsOn'],
  share: ['startsOn', 'endsOn'],
  // A move gives the day of completion; another milestone has an anchor of its own.
  completed: [],
  milestone: [],
} as const satisfies Record<DatedAnchor['type'], readonly DatedTerm[]>;

/** Anchors hang on these terms; each term has the types of its anchors. */
export const anchoringTerms = datedTerms
  .map((term) => ({ term, anchors: anchorsOf(term) }))
  .filter(({ anchors }) => anchors.length > 0);

/** The types of the anchors that a contract without a start or an end leaves without a day. */
export const anchorsOfPeriod = [...new Set([...anchorsOf('startsOn'), ...anchorsOf('endsOn')])];

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
  if (move !== 'sign') requireSignedBy(before, on, 'on');
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

/** Throws `date-before-signing`, at a path of the request. */
export function requireSignedBy(
  { signedOn }: Pick<Contract, 'signedOn'>,
  day: LocalDate,
  path: string,
): void {
  if (signedOn === null || day >= signedOn) return;
  throw contractProblems.error(
    'date-before-signing',
    { day, signedOn },
    { fields: [contractProblems.field(path, 'date-before-signing.field', { signedOn })] },
  );
}

export function movesFrom(state: ContractState): Move[] {
  return moves.filter((move) => lawfulFrom[move].includes(state));
}

/**
 * Throws `dates-out-of-order` when the dates do not make sense together. A published contract may have been signed after
 * its end: it is taken as it was published, and its parties are informed.
 */
export function requireDatesInOrder({ source, ...dates }: Pick<Contract, DatedTerm | 'source'>): void {
  const pairs = datedTerms.flatMap((late) => earlierTerms[late].map((early) => [early, late] as const));
  for (const [early, late] of pairs) {
    const [a, b] = [dates[early], dates[late]];
    if (a === null || b === null || a <= b) continue;
    if (early === 'signedOn' && late === 'endsOn' && source.startsWith('ocds:')) continue;
    const words = {
      early: { word: `contractDays.${early}` },
      earlyOn: a,
      late: { word: `contractDays.${late}` },
      lateOn: b,
    };
    throw contractProblems.error('dates-out-of-order', words, {
      fields: [contractProblems.field(early, 'dates-out-of-order.field', words)],
    });
  }
}

function anchorsOf(term: DatedTerm): string[] {
  const uses = Object.entries<readonly DatedTerm[]>(termsOfAnchor);
  return uses.filter(([, terms]) => terms.includes(term)).map(([anchor]) => anchor);
}

function requireLawful(from: ContractState, move: Move): void {
  if (lawfulFrom[move].includes(from)) return;
  const words = { state: { word: `contractStates.${from}` }, move: { word: `contractMoves.${move}` } };
  const lawful = movesFrom(from).map((one) => ({ word: `contractMoves.${one}` }));
  throw lawful.length > 0
    ? contractProblems.error('move-not-lawful', { ...words, moves: lawful })
    : contractProblems.error('move-not-lawful.ended', words);
}
