import { readFileSync } from 'node:fs';
import type { Transition } from '../../platform/database/database.js';
import { moves, movesFrom, stateAfter } from '../contracts/lifecycle.js';
import { alertTransitions } from '../planning/alert-states.js';
import { contractStates } from '../planning/planning.types.js';
import { attemptTransitions } from './attempt-states.js';
import { messageTransitions } from './message-states.js';

const design = readFileSync('docs/design.md', 'utf8');

/** The arrows of a diagram, as `from > to: name`; an arrow at a composite state stands for one at each state in it. */
function drawn(title: string): string[] {
  const [, diagram] =
    new RegExp(`### ${title}\n+\`\`\`mermaid\nstateDiagram-v2\n(.*?)\`\`\``, 's').exec(design) ?? [];
  if (!diagram) throw new Error(`docs/design.md has no diagram of the states of a ${title}`);
  const composites = new Map(
    [...diagram.matchAll(/state (\w+) \{([^}]*)\}/g)].map(([, name = '', inside = '']) => [
      name,
      inside.trim().split(/\s+/),
    ]),
  );
  const statesOf = (name: string) => composites.get(name) ?? [name];
  return [...diagram.matchAll(/(\S+) --> (\w+): (\w+)/g)]
    .flatMap(([, from = '', to = '', name = '']) =>
      statesOf(from).flatMap((one) => statesOf(to).map((other) => `${one} > ${other}: ${name}`)),
    )
    .sort();
}

function coded(transitions: Record<string, Transition>): string[] {
  return Object.entries(transitions)
    .flatMap(([name, { from, to }]) =>
      (from.length > 0 ? from : ['[*]']).flatMap((one) =>
        [to].flat().map((other) => `${one} > ${other}: ${name}`),
      ),
    )
    .sort();
}

it.each([
  ['alert', alertTransitions],
  ['message', messageTransitions],
  ['attempt', attemptTransitions],
])('of a(n) %s are drawn as they are coded', (title, transitions) => {
  expect(drawn(title)).toEqual(coded(transitions));
});

it('of a contract are drawn as its moves are coded', () => {
  const before = { signedOn: null, startsOn: null, completedOn: null, terminatedOn: null };
  const arrows = contractStates.flatMap((state) =>
    movesFrom(state).flatMap((move) =>
      (['signed', 'underway'] as const).map(
        (resumesTo) =>
          `${state} > ${stateAfter({ ...before, state, resumesTo }, move, '2026-03-02').state}: ${move}`,
      ),
    ),
  );
  expect(drawn('contract')).toEqual([...new Set(arrows)].sort());
  expect(new Set(arrows.map((arrow) => arrow.split(': ')[1]))).toEqual(new Set(moves));
});

describe('of a message', () => {
  const arrows = Object.values(messageTransitions).flatMap(({ from, to }) =>
    from.map((one) => ({ from: one, to })),
  );
  const reachedFrom = (status: string) => arrows.filter(({ from }) => from === status).map(({ to }) => to);

  it('end with delivery, which outranks everything', () => {
    expect(reachedFrom('delivered')).toEqual([]);
    for (const { from } of arrows)
      expect([from, reachedFrom(from)]).toEqual([from, expect.arrayContaining(['delivered'])]);
  });

  it('never go back from what a receipt reported to what is reported before it', () => {
    expect(reachedFrom('sent')).not.toContain('accepted');
    expect(reachedFrom('unconfirmed')).toEqual(['delivered', 'failed']);
    expect(new Set(reachedFrom('failed'))).toEqual(new Set(['accepted', 'delivered']));
  });
});
