import { setTimeout as sleep } from 'node:timers/promises';
import { Lane } from './lane.js';

const generous = { atOnce: 2, perSecond: 10_000, waiting: 100, waitMs: 10_000 };

/** Enters a lane, and notes in `served` whose turn came. */
function visitors(lane: Lane) {
  const served: string[] = [];
  const refused: string[] = [];
  const leaves: (() => void)[] = [];
  const enter = (who: string) =>
    lane.enter(who).then(
      (leave) => {
        served.push(who);
        leaves.push(leave);
      },
      (error: { code: string }) => void refused.push(`${who} ${error.code}`),
    );
  return { served, refused, enter, leaves, settle: () => sleep(0) };
}

describe('a lane', () => {
  it('lets no more begin than may be under way, and the next when one has left', async () => {
    const { served, enter, leaves, settle } = visitors(new Lane(generous));
    for (const who of ['a', 'b', 'c', 'd']) void enter(who);
    await settle();
    expect(served).toEqual(['a', 'b']);
    leaves[0]?.();
    await settle();
    expect(served).toEqual(['a', 'b', 'c']);
  });

  it('counts whoever leaves twice once', async () => {
    const { served, enter, leaves, settle } = visitors(new Lane({ ...generous, atOnce: 1 }));
    for (const who of ['a', 'b', 'c']) void enter(who);
    await settle();
    leaves[0]?.();
    leaves[0]?.();
    await settle();
    expect(served).toEqual(['a', 'b']);
  });

  it('lets those who wait take turns, however many one of them has sent', async () => {
    const { served, enter, leaves, settle } = visitors(new Lane({ ...generous, atOnce: 1 }));
    for (let n = 0; n < 50; n += 1) void enter('flood');
    for (const who of ['x', 'y']) void enter(who);
    for (let n = 0; n < 4; n += 1) {
      await settle();
      leaves[n]?.();
    }
    await settle();
    expect(served).toEqual(['flood', 'flood', 'x', 'y', 'flood']);
  });

  it('refuses whoever has most waiting when too many wait, and nobody else', async () => {
    const { refused, enter, settle } = visitors(new Lane({ ...generous, atOnce: 1, waiting: 3 }));
    for (const who of ['flood', 'flood', 'flood', 'flood', 'x', 'y']) void enter(who);
    await settle();
    expect(refused).toEqual(['flood busy', 'flood busy']);
  });

  it('refuses whoever waited in vain, and goes on', async () => {
    const lane = new Lane({ ...generous, atOnce: 1, waitMs: 20 });
    const { served, refused, enter, leaves, settle } = visitors(lane);
    void enter('a');
    await enter('b');
    expect(refused).toEqual(['b busy']);
    leaves[0]?.();
    void enter('c');
    await settle();
    expect(served).toEqual(['a', 'c']);
  });

  it('lets twice a second’s number begin at once, and then so many a second', async () => {
    const { served, enter, settle } = visitors(new Lane({ ...generous, atOnce: 100, perSecond: 2 }));
    const began = performance.now();
    const all = Array.from({ length: 6 }, () => enter('a'));
    await settle();
    // The next begins half a second later: a busy machine has the time to look.
    expect(served).toHaveLength(4);
    await Promise.all(all);
    expect(performance.now() - began).toBeGreaterThan(900);
  });
});
