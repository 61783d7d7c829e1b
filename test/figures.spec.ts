import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Figures {
  treeOf(root: string): unknown;
  trace(tree: unknown, entries: string[][]): { files: string[]; changes: number };
  isFragment(comment: string): boolean;
}

// A plain script has no types; a name that the compiler does not know keeps it from looking for them.
const script: string = './figures.mjs';

const sources = {
  'contracts.controller.ts': `
    import { Contracts } from './contracts.js';
    declare const Controller: (path: string) => ClassDecorator;
    declare const Post: (path?: string) => MethodDecorator;
    @Controller('contracts')
    export class ContractsController {
      constructor(private readonly contracts: Contracts) {}
      @Post() register() { this.contracts.registerContract(); this.contracts.registerContract(); }
      @Post('other') other() { this.contracts.other(); }
    }`,
  'contracts.ts': `
    import type { Carrier } from './carrier.js';
    import { inTransaction } from './database.js';
    import { unused, masked, writers } from './texts.js';
    export class Contracts {
      constructor(private readonly carrier: Carrier, private readonly queue: { work(name: string, run: () => void): void }) {}
      registerContract() {
        inTransaction(() => this.carrier.send());
        ['1'].map(masked);
        writers['csv']?.();
      }
      other() { unused(); }
      work() { this.queue.work(drainQueue, () => this.registerContract()); }
    }
    const drainQueue = 'drain';`,
  'carrier.ts': `export interface Carrier { send(): void }`,
  'real-carrier.ts': `
    import type { Carrier } from './carrier.js';
    import { Failure } from './failure.js';
    export class RealCarrier implements Carrier {
      send() { if (this.line === '') throw new Failure(); }
      get line() { return ''; }
    }`,
  'fake-carrier.ts': `
    import type { Carrier } from './carrier.js';
    export class FakeCarrier implements Carrier { send() {} }`,
  'failure.ts': `
    import { newId } from './ids.js';
    export class Failure extends Error { readonly id = newId(); }`,
  'ids.ts': `export const newId = () => 'id';`,
  'database.ts': `export function inTransaction(work: () => void) { work(); }`,
  'texts.ts': `
    import { cell } from './csv.js';
    export function masked(text: string) { return text; }
    export function unused() { return ''; }
    export const writers: Record<string, () => string> = { csv: cell };`,
  'csv.ts': `export function cell() { return ''; }`,
  'contracts.spec.ts': `import { unused } from './texts.js'; unused();`,
};

let figures: Figures;
let root: string;

beforeAll(async () => {
  figures = (await import(script)) as Figures;
  root = mkdtempSync(join(realpathSync(tmpdir()), 'traced-'));
  mkdirSync(join(root, 'src'));
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(root, 'src', name), text);
  writeFileSync(join(root, 'tsconfig.json'), '{ "compilerOptions": { "module": "nodenext", "types": [] } }');
});

afterAll(() => rmSync(root, { recursive: true }));

describe('the tracer', () => {
  const reached = [
    'src/contracts.controller.ts',
    'src/contracts.ts',
    'src/csv.ts',
    'src/database.ts',
    'src/failure.ts',
    'src/fake-carrier.ts',
    'src/ids.ts',
    'src/real-carrier.ts',
    'src/texts.ts',
  ];

  it('follows a request through interfaces, callbacks, getters, constructors and tables, each change of file once', () => {
    expect(figures.trace(figures.treeOf(root), [['POST contracts']])).toEqual({ files: reached, changes: 9 });
  });

  it('starts from a job, or from the first name of a method that the tree has', () => {
    const tree = figures.treeOf(root);
    expect(figures.trace(tree, [['job drain']])).toEqual({ files: reached.slice(1), changes: 8 });
    expect(figures.trace(tree, [['Contracts.take', 'Contracts.other']])).toEqual({
      files: ['src/contracts.ts', 'src/texts.ts'],
      changes: 1,
    });
  });

  it('names an entry that is missing', () => {
    expect(() => figures.trace(figures.treeOf(root), [['POST contract', 'Contracts.take']])).toThrow(
      'There is no POST contract or Contracts.take',
    );
  });
});

describe('a doc comment', () => {
  it.each([
    'Of the file, in this pass.',
    'E.164.',
    'What a code means, in both languages.',
    'Calls under way at once.',
  ])('is a fragment without a finite verb: %s', (comment) => {
    expect(figures.isFragment(comment)).toBe(true);
  });

  it.each([
    'Bytes of the uploaded file that this pass has read so far.',
    'Moves contracts to another officer or department; fields left out keep their value.',
    'Clears the problems of the previous pass.',
    'What waits longest comes first.',
    'AccountPages show people their own account.',
  ])('is a sentence with one: %s', (comment) => {
    expect(figures.isFragment(comment)).toBe(false);
  });
});
