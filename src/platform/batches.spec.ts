import { Batches } from './batches.js';

/** What is written here, and how each write ends, is for the test to see and to say. */
class Desk {
  readonly writes: { batch: string[]; end: (error?: Error) => Promise<void> }[] = [];
  readonly settled: string[] = [];
  private readonly batches: Batches<string>;

  constructor(size = { rows: 3, afterMs: 5, most: 4 }) {
    this.batches = new Batches<string>(
      size,
      (batch) =>
        new Promise((resolve, reject) => {
          const end = (error?: Error) => {
            if (error) reject(error);
            else resolve();
            return turn();
          };
          this.writes.push({ batch, end });
        }),
    );
  }

  add(...entries: string[]): void {
    for (const one of entries) {
      this.batches.add(one).then(
        () => this.settled.push(one),
        (error: Error) => this.settled.push(`${one}: ${error.message}`),
      );
    }
  }

  get written(): string[] {
    return this.writes.map(({ batch }) => batch.join(''));
  }

  end(write: number, error?: Error): Promise<void> {
    return this.writes[write]?.end(error) ?? Promise.reject(new Error(`there is no write ${write}`));
  }
}

/** Lets promises that are settled have their say. */
const turn = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('few wait for others, and no longer than they are to', async () => {
  const desk = new Desk();
  desk.add('a');
  await jest.advanceTimersByTimeAsync(4);
  desk.add('b');
  expect(desk.written).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(desk.written).toEqual(['ab']);
});

it('enough of them wait for nobody', () => {
  const desk = new Desk();
  desk.add('a', 'b', 'c', 'd');
  expect(desk.written).toEqual(['abc']);
});

it('each is told when it is written, and not before, in the order in which they came', async () => {
  const desk = new Desk();
  desk.add('a', 'b', 'c');
  await turn();
  expect(desk.settled).toEqual([]);
  await desk.end(0);
  expect(desk.settled).toEqual(['a', 'b', 'c']);
});

it('while two writes are under way the next ones gather, up to the most of one write', async () => {
  const desk = new Desk();
  desk.add('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');
  await jest.advanceTimersByTimeAsync(1000);
  expect(desk.written).toEqual(['abc', 'def']);
  await desk.end(1);
  expect(desk.written).toEqual(['abc', 'def', 'ghij']);
  await desk.end(0);
  expect(desk.written).toEqual(['abc', 'def', 'ghij', 'kl']);
});

it('what came while both were busy is written without anybody else coming', async () => {
  const desk = new Desk();
  desk.add('a', 'b', 'c', 'd', 'e', 'f', 'g');
  await jest.advanceTimersByTimeAsync(1000);
  await desk.end(0);
  expect(desk.written).toEqual(['abc', 'def', 'g']);
});

it('one that cannot be written fails alone: each of its batch is written by itself, and told by itself', async () => {
  const desk = new Desk();
  desk.add('a', 'b', 'c');
  await desk.end(0, new Error('one is poisonous'));
  expect(desk.settled).toEqual([]);
  await desk.end(1);
  await desk.end(2, new Error('it is b'));
  await desk.end(3);
  expect(desk.written).toEqual(['abc', 'a', 'b', 'c']);
  expect(desk.settled).toEqual(['a', 'b: it is b', 'c']);
});

it('one that fails and was alone is not written again, and the next are written', async () => {
  const desk = new Desk();
  desk.add('a');
  await jest.advanceTimersByTimeAsync(5);
  await desk.end(0, new Error('no database'));
  expect(desk.settled).toEqual(['a: no database']);
  desk.add('b');
  await jest.advanceTimersByTimeAsync(5);
  await desk.end(1);
  expect([desk.written, desk.settled]).toEqual([
    ['a', 'b'],
    ['a: no database', 'b'],
  ]);
});
