import { setTimeout as rest } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SettingsService } from '../settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { Timers } from '../../platform/timers.js';
import { tallyProblems } from './tally.words.js';

/** When it is, by the service clock, and where. */
export type Moment = Awaited<ReturnType<SettingsService['moment']>>;

/** A Tally keeps what would take too long to be counted at each question. */
export interface Tally {
  /** Marks what has to be counted again though none of its rows was changed, such as what fell due meanwhile. */
  markBeside?(moment: Moment): Promise<void>;
  /** Counts again what belongs to these, each the id of a contract, a milestone or a message. */
  countAgain?(marked: string[], moment: Moment): Promise<void>;
}

/** A turn takes so many marks at most, since what changes often is counted once in each. */
const mostMarks = 4000;
const fewestMarks = 100;

/** Those who wait for a figure wait no longer than this for a turn of somebody else, and neither does a text for a processor. */
const turnMs = 100;

/** Where nobody waits, so many times as long as a turn took is left to those who send. */
const restShare = 2;

/** Whoever asks for a figure waits for no more than this: after an upgrade, or when the zone changes, all is marked. */
const longestWaitMs = 10_000;

/** What is counted meanwhile is not waited for by those who ask; a text that changes often within this is counted once. */
const everyMs = 20_000;

/**
 * TallyService counts again what was changed: those who change a row mark it in the same transaction, so that nothing that is
 * visible lacks its mark, and whoever asks for a figure counts what is marked before it is read.
 */
@Injectable()
export class TallyService implements OnApplicationBootstrap {
  private readonly tallies: Tally[] = [];
  private counting: Promise<unknown> | null = null;
  /** How many marks the next turn takes: one for a contract costs as much as all its milestones. */
  private marks = mostMarks;

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the counting of what was changed', async () => {
      await (this.counting ?? this.countAll({ end: Infinity, isWaitedFor: false }));
    });
  }

  /** Adds what is kept; each mark is counted by all of them. */
  keep(tally: Tally): void {
    this.tallies.push(tally);
  }

  /** Counts what is marked before a figure is read. Throws when that takes too long; the counting goes on by itself. */
  requireCounted(): Promise<Moment> {
    return this.countMarked(longestWaitMs);
  }

  /** Counts all that was marked before, for `forMs` milliseconds at the most, and returns the moment that the figures are of. */
  async countMarked(forMs = Infinity): Promise<Moment> {
    const counting = this.countAll({ end: performance.now() + forMs, isWaitedFor: true });
    this.counting = counting;
    try {
      return await counting;
    } finally {
      if (this.counting === counting) this.counting = null;
    }
  }

  private async countAll({ end, isWaitedFor }: { end: number; isWaitedFor: boolean }): Promise<Moment> {
    const { stopping } = this.timers;
    const moment = await this.inTurn(() => this.markBeside());
    while (!stopping.aborted && (await this.isMarked())) {
      const tookMs = await this.inTurn(() => this.countSome(moment));
      if (tookMs === null) break;
      if (performance.now() >= end) throw tallyProblems.error('figures-being-counted');
      if (!isWaitedFor)
        await rest(tookMs * restShare, undefined, { signal: stopping }).catch(() => undefined);
    }
    return moment;
  }

  /** Reads the clock once it is this one's turn: a clock that was read before would seem to have been put back. */
  private async markBeside(): Promise<Moment> {
    const moment = await this.settings.moment();
    for (const tally of this.tallies) await tally.markBeside?.(moment);
    return moment;
  }

  private async isMarked(): Promise<boolean> {
    const [row] = await this.database.rows<{ isMarked: boolean }>(
      `SELECT EXISTS (SELECT FROM tally_mark) AS is_marked`,
    );
    return row?.isMarked ?? false;
  }

  /** Returns how many milliseconds it took, or null when there was no more. */
  private async countSome(moment: Moment): Promise<number | null> {
    const most = this.marks;
    const began = performance.now();
    const taken = await this.database.rows<{ id: string }>(
      `DELETE FROM tally_mark WHERE ctid = ANY(ARRAY(SELECT ctid FROM tally_mark LIMIT ${most})) RETURNING id`,
    );
    const marked = [...new Set(taken.map(({ id }) => id))];
    if (marked.length > 0) for (const tally of this.tallies) await tally.countAgain?.(marked, moment);
    if (taken.length < most) return null;
    const tookMs = performance.now() - began;
    this.marks = Math.round(Math.min(mostMarks, Math.max(fewestMarks, (most * turnMs) / tookMs)));
    return tookMs;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.database.inTurn('tally', work);
  }
}
