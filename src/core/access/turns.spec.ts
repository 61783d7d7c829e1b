import { EventEmitter } from 'node:events';
import type { FastifyRequest } from 'fastify';
import { Turns } from './turns.js';

// With a pool of 8, strangers have one turn and callers have four.
const aDesk = () => new Turns({ databasePool: 8, limits: { abandonedMs: 10_000 } });

/** A request without a key, of a network of its own; `hangUp` ends its connection. */
function aStranger(ip: string) {
  const socket = Object.assign(new EventEmitter(), { destroyed: false });
  const request = { raw: { socket }, headers: {}, ip } as unknown as FastifyRequest & {
    endTurn?: () => void;
  };
  const hangUp = () => {
    socket.destroyed = true;
    socket.emit('close');
  };
  return { request, socket, hangUp };
}

/** Asks for a turn, and notes whether it came, or by which code it was refused. */
function outcomeOf(turn: Promise<void>) {
  const outcome = { seen: 'waits' };
  turn.then(
    () => (outcome.seen = 'begins'),
    ({ code }: { code: string }) => (outcome.seen = code),
  );
  return outcome;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

it('is over ten seconds after its caller went away, and not before', async () => {
  const turns = aDesk();
  const first = aStranger('10.0.0.1');
  await turns.begin(first.request, 'public');
  first.hangUp();
  await pass(6000);
  const second = outcomeOf(turns.begin(aStranger('10.0.0.2').request, 'public'));
  await pass(3999);
  expect(second.seen).toBe('waits');
  await pass(1);
  expect(second.seen).toBe('begins');
});

it('is left once by whoever goes away after the answer', async () => {
  const turns = aDesk();
  const first = aStranger('10.0.0.1');
  await turns.begin(first.request, 'public');
  first.request.endTurn?.();
  expect(first.socket.listenerCount('close')).toBe(0);
  await turns.begin(aStranger('10.0.0.2').request, 'public');
  first.hangUp();
  const third = outcomeOf(turns.begin(aStranger('10.0.0.3').request, 'public'));
  await pass(4999);
  expect(third.seen).toBe('waits');
});

it('never begins for a caller who went away while waiting, and goes to the next', async () => {
  const turns = aDesk();
  const first = aStranger('10.0.0.1');
  await turns.begin(first.request, 'public');
  const gone = aStranger('10.0.0.2');
  const outcomes = [gone, aStranger('10.0.0.3')].map(({ request }) =>
    outcomeOf(turns.begin(request, 'public')),
  );
  gone.hangUp();
  first.request.endTurn?.();
  await pass(0);
  expect(outcomes.map(({ seen }) => seen)).toEqual(['busy', 'begins']);
});
