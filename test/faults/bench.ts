import { join } from 'node:path';
import { DatabaseServer } from './database-server.js';
import type { Tally } from './ledger.js';
import { prepareTemplate, World, type WorldWish } from './world.js';
import type { Workplace } from './workplace.js';

/** A line of the table. */
export interface Row {
  fault: string;
  how: string;
  tally: Tally;
  /** From the end of the fault until all was settled; null where nothing was waited for. */
  seconds: number | null;
  figure: string;
  /** Of what was expected beside the counts and did not come about. */
  problems: string[];
  /** Here doubles are what is wanted: of the mutant, and of a provider that breaks the promise. */
  mustDouble?: boolean;
}

export interface Scenario {
  name: string;
  run(bench: Bench): Promise<Row[]>;
}

/** What the scenarios of a run share. */
export class Bench {
  private readonly idle: World[] = [];

  constructor(
    readonly workplace: Workplace,
    readonly program: string,
    readonly mutant: string,
    readonly server: DatabaseServer,
    /** The subset that is quick enough for every change. */
    readonly quick: boolean,
    readonly seed: number,
    /** The commit whose version is upgraded from, where one was named. */
    readonly before?: string,
  ) {}

  world(wish: WorldWish = {}): Promise<World> {
    return World.make(this.workplace, this.server, this.program, wish);
  }

  /** One that others use before and after, as starting a world costs more than many a fault. */
  async inSharedWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
    const world = this.idle.pop() ?? (await this.world());
    try {
      const result = await work(world);
      await world.clear();
      this.idle.push(world);
      return result;
    } catch (error) {
      await world.end();
      throw error;
    }
  }

  /** On a server of its own, which may be killed without touching what runs beside it. */
  async worldWithServer(name: string, wish: WorldWish = {}): Promise<World> {
    const server = await startServer(this.workplace, this.program, name);
    return World.make(this.workplace, server, this.program, wish);
  }
}

export async function startServer(
  workplace: Workplace,
  program: string,
  name: string,
): Promise<DatabaseServer> {
  const server = await DatabaseServer.start(program, join(workplace.folder, `postgres-${name}`));
  workplace.atTheEnd(() => server.end());
  await prepareTemplate(workplace, server, program);
  return server;
}
