/** A move of the sandbox's clock: from a moment of the system's clock on, it stood at another. */
export interface ClockMove {
  at: Date;
  now: Date;
}

/**
 * ClockMoves tell what the sandbox's clock showed while something happened that was noted by the system's clock, so that
 * one page does not show both. Without a move both clocks are one.
 */
export class ClockMoves {
  constructor(
    /** In their order. */
    private readonly moves: readonly ClockMove[],
    /** Now, by the system's clock. */
    private readonly present: Date,
  ) {}

  /** Returns what the clock showed at a moment of the system's clock. What is to come is as far ahead of it as of the system's. */
  ofSystem(moment: Date): Date {
    const [first] = this.moves;
    const last = this.moves.at(-1);
    if (!first || !last) return moment;
    if (moment > this.present)
      return new Date(last.now.getTime() + moment.getTime() - this.present.getTime());
    return this.moves.findLast(({ at }) => at <= moment)?.now ?? earlier(moment, first.now);
  }

  /** Returns a past moment of the clock itself. One that it has not come to yet was noted before it was first moved. */
  ofClock(moment: Date): Date {
    const last = this.moves.at(-1);
    return last && moment > last.now ? this.ofSystem(moment) : moment;
  }
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
