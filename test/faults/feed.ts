import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, Scenario } from './bench.js';
import { killAgainAndAgain } from './kills.js';
import { randomBy, secondsSince, until } from './waiting.js';
import type { World } from './world.js';

/** What a program has been given, in the order in which it came. */
type Heard = { id: string; sequence: number }[];

interface FeedPage {
  items: Heard;
  nextAfter: number;
  isAtEnd: boolean;
}

/** Programs that follow the feed: one asks, and forgets now and then what it was given last; to the other it is pushed. */
class Followers {
  readonly asked: Heard = [];
  readonly pushed: Heard = [];
  private isEnding = false;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // Some are not taken, and are to come again.
      const isTaken = this.random() > 0.005;
      if (isTaken)
        this.pushed.push((JSON.parse(Buffer.concat(chunks).toString()) as { data: Heard[number] }).data);
      response.writeHead(isTaken ? 204 : 503).end();
    });
  });

  private constructor(private readonly random: () => number) {}

  static async open(seed: number): Promise<Followers> {
    const followers = new Followers(randomBy(seed));
    await new Promise<void>((resolve) => followers.server.listen(0, '127.0.0.1', resolve));
    return followers;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Follows the feed until it is told to end, and then to its end. */
  async ask(call: (path: string) => Promise<FeedPage>): Promise<void> {
    for (let after = 0; ;) {
      const isLast = this.isEnding;
      const page = await call(`/feed?after=${after}&limit=100&wait=${isLast ? 0 : 2}`);
      this.asked.push(...page.items);
      if (isLast && page.isAtEnd) return;
      // A program that died before it kept its place begins again there.
      if (isLast || this.random() > 0.1) after = page.nextAfter;
    }
  }

  end(): void {
    this.isEnding = true;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Counts what a follower lacks of what the log holds, what came before something that stands before it, and what came twice. */
function judge(heard: Heard, expected: Heard) {
  const known = new Map(heard.map(({ id, sequence }) => [id, sequence]));
  const missing = expected.filter(({ id, sequence }) => known.get(id) !== sequence).length;
  const strange = known.size - (expected.length - missing);
  const places = new Map(expected.map(({ sequence }, place) => [sequence, place]));
  let last = -1;
  let skipped = 0;
  for (const { sequence } of heard) {
    const place = places.get(sequence) ?? Infinity;
    // What is new is the very next that there is: a repetition goes back, and never forward over something.
    if (place > last + 1) skipped += 1;
    last = Math.max(last, place);
  }
  return { missing: missing + strange, skipped, repeated: heard.length - known.size };
}

/** Reads from the tables what the feed is to have told, in another way than it does. */
function expectedOf(world: World): Promise<Heard> {
  return world.query(
    `SELECT l.id, e.index::int + 1 AS sequence FROM leaf l JOIN log_entry e ON e.leaf_id = l.id
     WHERE l.kind IN ('message-frozen', 'message-sent', 'message-delivered', 'message-failed', 'message-held',
         'message-unconfirmed', 'message-waiting')
       OR EXISTS (SELECT FROM change c WHERE c.id::text = l.body ->> 'id' AND l.kind = 'change' AND c.what = 'registered')
     ORDER BY e.index`,
  );
}

/** `FEED_TEXTS=10000` makes it longer. */
export const feedScenario: Scenario = {
  name: 'feed',
  run: async (bench): Promise<Row[]> => {
    const texts = Number(process.env['FEED_TEXTS'] ?? 1000);
    const kills = Math.min(50, Math.ceil(texts / 50));
    const followers = await Followers.open(bench.seed);
    const world = await bench.world({ extra: { CHORONG_FEED_INSIDE: followers.origin } });
    try {
      const kinds = ['contract', 'milestone', 'message'];
      await world.api.must('POST', '/feed/endpoints', { url: followers.origin, kinds, after: 0 });
      const asking = followers.ask((path) => world.api.must('GET', path));
      asking.catch(() => undefined);
      const began = performance.now();
      await killAgainAndAgain(world, { kills, each: Math.ceil(texts / kills) }, bench.seed);
      const { seconds, tally } = await world.settle('K', 600);
      await until(async () => (await world.count('leaf_waiting')) === 0, 30_000);
      await sleep(1500);
      followers.end();
      await asking;
      const expected = await expectedOf(world);
      await until(() => judge(followers.pushed, expected).missing === 0, 300_000, 500);
      const rows = { asked: judge(followers.asked, expected), pushed: judge(followers.pushed, expected) };
      const figure = Object.entries(rows)
        .map(
          ([how, one]) =>
            `${how}: ${one.missing} missing, ${one.skipped} out of order, ${one.repeated} repeated`,
        )
        .join('; ');
      const isWhole = Object.values(rows).every(({ missing, skipped }) => missing + skipped === 0);
      return [
        {
          fault: 'the feed followed',
          seconds,
          tally,
          how: `${kills} kills, ${texts} texts, followers that forget 1 page in 10 and refuse 1 item in 200`,
          figure: `${expected.length} items in ${secondsSince(began).toFixed(0)} s; ${figure}`,
          problems: isWhole ? [] : ['the feed was not followed whole'],
        },
      ];
    } finally {
      await world.end();
      followers.close();
    }
  },
};
