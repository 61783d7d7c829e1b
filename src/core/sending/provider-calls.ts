import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { settleAll } from '../../platform/at-once.js';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { inSpan } from '../../platform/tracing.js';
import type { Prepared, SendOutcome, SmsProvider, TwoPhase } from '../providers/sms-provider.js';
import type { OpenAttempt } from './attempt-states.js';
import { BrakesService, isPaused } from './brakes.service.js';
import { Failpoints } from './failpoints.js';
import { InstanceMarker } from './instance.service.js';
import { Outcomes } from './outcomes.js';

/**
 * Pace keeps the sender's rate for all processes as one instant: from when on the next text may go. A turn is granted only
 * before the deadline of its call, so that none is used up by a text that could not be sent in time.
 */
@Injectable()
export class Pace {
  /** Turns by their sender that were granted to this process and not used: moments of the monotonic clock. */
  private readonly spare = new Map<string, number[]>();
  /** The moment from when on this process may send again, by sender. */
  private readonly next = new Map<string, number>();

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { rate: number | null } },
    private readonly database: Database,
  ) {}

  /** Returns the moments at which up to `count` texts may go, ascending, all before the deadline. */
  async takeTurns(provider: SmsProvider, count: number, deadline: number): Promise<number[]> {
    const now = performance.now();
    const spare = (this.spare.get(provider.sender) ?? []).filter((turn) => turn >= now);
    const turns = spare.splice(0, count).filter((turn) => turn < deadline);
    this.spare.set(provider.sender, spare);
    if (turns.length === count) return turns;
    return [...turns, ...(await this.reserve(provider, count - turns.length, deadline))];
  }

  /** Gives back turns that nobody used: the next window of this process takes them, if they are still to come. */
  giveBack({ sender }: SmsProvider, turns: number[]): void {
    if (turns.length === 0) return;
    this.spare.set(
      sender,
      [...(this.spare.get(sender) ?? []), ...turns].sort((a, b) => a - b),
    );
  }

  /**
   * Waits for a turn. Turns that have passed while the process stood still do not all come at once: the texts go at the
   * sender's rate from then on, since a provider refuses what comes faster. Past the deadline there is nothing to wait for.
   */
  async waitForTurn(provider: SmsProvider, turn: number, deadline: number): Promise<void> {
    if (turn > performance.now()) await sleepUntil(turn);
    const at = Math.max(performance.now(), this.next.get(provider.sender) ?? 0);
    this.next.set(provider.sender, at + this.gapMs(provider));
    const until = Math.min(at, deadline);
    if (until > performance.now()) await sleepUntil(until);
  }

  private gapMs({ rate }: SmsProvider): number {
    return 1000 / (this.config.sending.rate ?? rate);
  }

  private async reserve(provider: SmsProvider, count: number, deadline: number): Promise<number[]> {
    const { sender } = provider;
    const gapMs = this.gapMs(provider);
    const reserved = () =>
      this.database.rows<{ turns: number; waitMs: number }>(
        `WITH was AS (SELECT greatest(next_at, clock_timestamp()) AS at, clock_timestamp() AS now
                      FROM pace WHERE sender = $1 FOR UPDATE),
              room AS (SELECT at, extract(epoch FROM at - now) * 1000 AS wait_ms FROM was),
              granted AS (SELECT *, greatest(0, least($2, ceil(($3 - wait_ms) / $4)))::int AS turns FROM room)
         UPDATE pace SET next_at = granted.at + granted.turns * $4 * interval '1 millisecond'
         FROM granted WHERE sender = $1 RETURNING granted.turns, granted.wait_ms::float8 AS wait_ms`,
        [sender, count, deadline - performance.now(), gapMs],
        'kept',
      );
    let [row] = await reserved();
    if (!row) {
      await this.database.run(
        `INSERT INTO pace (sender, next_at) VALUES ($1, clock_timestamp()) ON CONFLICT DO NOTHING`,
        [sender],
      );
      [row] = await reserved();
    }
    const first = performance.now() + Math.max(0, row?.waitMs ?? 0);
    const turns = Array.from({ length: row?.turns ?? 0 }, (_, i) => first + i * gapMs);
    // The answer took its time, too.
    return turns.filter((turn) => turn < deadline);
  }
}

/** Places bound what this process has under way at once. Whoever waits for some is served in turn. */
class Places {
  private free: number;
  private readonly waiting: { wanted: number; least: number; go: (taken: number) => void }[] = [];

  constructor(private readonly all: number) {
    this.free = all;
  }

  /** Takes up to `wanted`, once there are as many or half of all: the fewer a window has, the more each text costs. */
  take(wanted: number): Promise<number> {
    const least = Math.min(wanted, Math.ceil(this.all / 2));
    return new Promise((go) => {
      this.waiting.push({ wanted, least, go });
      this.serve();
    });
  }

  giveBack(count: number): void {
    this.free += count;
    this.serve();
  }

  private serve(): void {
    for (let next = this.waiting[0]; next && next.least <= this.free; next = this.waiting[0]) {
      this.waiting.shift();
      const taken = Math.min(next.wanted, this.free);
      this.free -= taken;
      next.go(taken);
    }
  }
}

/** A Room is what a window of calls may take up: a place and a turn for each, and a moment by which they have been made. */
export interface Room {
  provider: SmsProvider;
  turns: number[];
  deadline: number;
}

/** This time is kept between the last moment of a call and the end of its lease, and between its turn and that: timers are late. */
const marginMs = 250;

/**
 * ProviderCalls calls the provider for committed attempts, at the sender's pace, each before its deadline or not at all. Twice
 * as many attempts may be open as calls may be under way: the next window is committed while the one before it is called.
 */
@Injectable()
export class ProviderCalls {
  private readonly places: Places;
  private readonly lines: Places;

  constructor(
    @Inject(CONFIG)
    private readonly config: { sending: { timeoutMs: number; leaseSeconds: number; concurrency: number } },
    private readonly pace: Pace,
    private readonly outcomes: Outcomes,
    private readonly marker: InstanceMarker,
    private readonly brakes: BrakesService,
    private readonly failpoints: Failpoints,
  ) {
    this.places = new Places(2 * config.sending.concurrency);
    this.lines = new Places(config.sending.concurrency);
  }

  /**
   * Waits for room for up to `wanted` calls; null when the sender has no turn before their deadline. That is set here, before
   * anything is committed, on the clock that no one can move, so that a process frozen past its lease does not send.
   */
  async takeRoom(provider: SmsProvider, wanted: number): Promise<Room | null> {
    const { leaseSeconds, timeoutMs } = this.config.sending;
    const places = await this.places.take(wanted);
    const deadline = performance.now() + leaseSeconds * 1000 - timeoutMs - marginMs;
    let turns: number[] = [];
    try {
      turns = await this.pace.takeTurns(provider, places, deadline - marginMs);
    } finally {
      this.places.giveBack(places - turns.length);
    }
    return turns.length > 0 ? { provider, turns, deadline } : null;
  }

  /**
   * Calls the provider for attempts that are committed, and gives back the room that they do not need. When one fails, it
   * throws after the others.
   */
  async callWindow({ provider, turns, deadline }: Room, attempts: OpenAttempt[]): Promise<void> {
    this.pace.giveBack(provider, turns.slice(attempts.length));
    this.places.giveBack(turns.length - attempts.length);
    const remembered = this.rememberAttempts(attempts);
    const inOrder = attempts.toSorted((a, b) => a.callAt - b.callAt);
    const calls = inOrder.map(async (attempt, i) => {
      let outcome: SendOutcome;
      try {
        await remembered;
        outcome = await this.callInTurn(attempt, turns[i] ?? Infinity, deadline);
      } finally {
        this.places.giveBack(1);
      }
      await this.outcomes.addAnswer({ ...attempt, outcome });
    });
    await settleAll(calls);
  }

  private async rememberAttempts(attempts: OpenAttempt[]): Promise<void> {
    const last = attempts.at(-1);
    if (!last) return;
    await this.marker.rememberAttempt(last.id);
    this.failpoints.pass('after-attempt');
  }

  private async callInTurn(attempt: OpenAttempt, turn: number, deadline: number): Promise<SendOutcome> {
    await this.pace.waitForTurn(attempt.provider, Math.max(turn, attempt.callAt), deadline);
    await this.lines.take(1);
    try {
      return await this.callNow(attempt, deadline);
    } finally {
      this.lines.giveBack(1);
    }
  }

  private async callNow(attempt: OpenAttempt, deadline: number): Promise<SendOutcome> {
    const { id: attemptId, provider, to, text } = attempt;
    const stopped = await this.whyStopped(attempt, deadline);
    if (stopped) return notCalled(stopped);
    const outcome = await inSpan('call', { 'chorong.provider': provider.name }, async (span) => {
      const { twoPhase, deduplication } = provider;
      const answer =
        twoPhase && deduplication.kind === 'two-phase'
          ? await this.sendInPhases(twoPhase, attempt, deadline)
          : await provider.send({ attemptId, to, text, notAfter: deadline });
      span.setAttribute('chorong.outcome', answer.kind);
      return answer;
    });
    if (outcome.kind === 'accepted') this.failpoints.pass('after-accept');
    return outcome;
  }

  /** Looks at brakes and the deadline, just before something is called that lets a text leave. */
  private async whyStopped(
    attempt: OpenAttempt,
    deadline: number,
  ): Promise<'paused' | 'deadline-passed' | null> {
    const brakes = await this.brakes.recentBrakes();
    if (
      brakes.everything ||
      brakes.instance ||
      isPaused(brakes, { ...attempt, sender: attempt.provider.sender })
    )
      return 'paused';
    return performance.now() >= deadline ? 'deadline-passed' : null;
  }

  /**
   * Gives the provider the text, commits the handle, and only then lets the text leave. Reconciliation relies on that order: what has no
   * handle is attempted again at once. A text that is not to leave after all is taken back; should that fail, it stays there unsent, and
   * should it have left, that counts.
   */
  private async sendInPhases(
    twoPhase: TwoPhase,
    attempt: OpenAttempt,
    deadline: number,
  ): Promise<SendOutcome> {
    const { id, to, text } = attempt;
    const prepare = () => twoPhase.prepare({ attemptId: id, to, text, notAfter: deadline });
    const isInTime = () => performance.now() < deadline;
    let prepared = await prepare();
    for (let tries = 1; isPassing(prepared) && tries < triesInPlace && isInTime(); tries += 1)
      prepared = await prepare();
    if (prepared.kind === 'refused') return prepared;
    const { handle } = prepared;
    this.failpoints.pass('after-prepare');
    const isKept = await this.outcomes.addHandle(id, handle);
    this.failpoints.pass('after-handle');
    const outcome = isKept
      ? await this.releaseInTime(twoPhase, handle, attempt, deadline)
      : notCalled('deadline-passed');
    if (outcome.kind !== 'refused') return outcome;
    const fate = await twoPhase.revoke(handle).catch(() => 'unknown' as const);
    return typeof fate === 'object' ? { kind: 'accepted', reference: fate.reference } : outcome;
  }

  /** Asks again where the answer was lost, since a text leaves once. Then it may have left, whatever else but yes is answered. */
  private async releaseInTime(
    twoPhase: TwoPhase,
    handle: string,
    attempt: OpenAttempt,
    deadline: number,
  ): Promise<SendOutcome> {
    const release = async (): Promise<SendOutcome> => {
      const stopped = await this.whyStopped(attempt, deadline);
      return stopped ? notCalled(stopped) : twoPhase.release(handle, deadline);
    };
    const first = await release();
    if (first.kind !== 'ambiguous') return first;
    for (let tries = 1; tries < triesInPlace; tries += 1) {
      const again = await release();
      if (again.kind === 'accepted') return again;
    }
    return first;
  }
}

/** What may be asked for again in place is asked for so often. */
const triesInPlace = 3;

/** Tells whether nothing but the call itself went wrong. A provider that asks for a slower pace is not asked again at once. */
function isPassing(prepared: Prepared): boolean {
  return prepared.kind === 'refused' && prepared.action === 'retry' && prepared.own !== 'too-many-requests';
}

/** A timer may fire early; a text may not go before its turn. */
async function sleepUntil(moment: number): Promise<void> {
  for (let wait = moment - performance.now(); wait > 0; wait = moment - performance.now()) await sleep(wait);
}

function notCalled(own: 'paused' | 'deadline-passed'): SendOutcome {
  return { kind: 'refused', code: own, own, action: 'retry', detail: `Not called: ${own}.` };
}
