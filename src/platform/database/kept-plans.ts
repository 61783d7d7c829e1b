import { createHash } from 'node:crypto';

/** A connection keeps its plans at least and at most for so many milliseconds. */
const bounds = { least: 1000, most: 60_000 };

/**
 * KeptPlans lets each connection prepare the statements that texts are sent with, since planning them costs more than to
 * carry them out for a dozen texts. A plan that was made for a small table does not do for a large one, and PostgreSQL looks at
 * it again only when the statistics of the table change. So a connection plans anew once it has sent for twice as long as when
 * it planned, or for a minute more: until then its tables have hardly doubled.
 */
export class KeptPlans {
  private readonly names = new Map<string, string>();
  private readonly ages = new WeakMap<object, { since: number; until: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Names a statement by its text, so that its parameters alone are sent once a connection has it. */
  nameOf(text: string): string {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const name = `kept-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    this.names.set(text, name);
    return name;
  }

  /** Returns whether a connection has to discard its plans. They count as made anew from then on. */
  areOld(connection: object): boolean {
    const now = this.now();
    const { since, until } = this.ages.get(connection) ?? { since: now, until: null };
    const isOld = until !== null && now >= until;
    if (until === null || isOld) {
      const keptFor = Math.min(Math.max(now - since, bounds.least), bounds.most);
      this.ages.set(connection, { since, until: now + keptFor });
    }
    return isOld;
  }
}
