import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import type { OpenAttempt } from './attempt-states.js';
import { Situations } from './brakes.service.js';
import { MessageFreezer } from './message-freezer.js';
import { ProviderCalls } from './provider-calls.js';
import { type DueInShard, Schedule } from './schedule.js';
import { WaitingMessages } from './waiting-messages.js';

/** A Window is what was opened over some shards at once: attempts that are committed, and their calls, which are under way. */
export interface Window {
  attempts: OpenAttempt[];
  calls: Promise<void>;
  /** Whether anything was moved on, so that there may be more. */
  hasMore: boolean;
  /** How many of the shards had something due. */
  busy: number;
  /** When the next alert of these shards is to be frozen, by the process's monotonic clock; null when none is by itself. */
  nextDueAt: number | null;
}

/** A window is to be opened over these shards. Where there is little room, the first shards have it. */
interface Asked {
  provider: SmsProvider;
  shards: number[];
  /** How many of them had something due in the window before: no more is counted of each than their part. */
  busy: number;
}

/** WindowOpener commits the attempts of one window of calls and begins to call: the rule of sending, in its order. */
@Injectable()
export class WindowOpener {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { concurrency: number } },
    private readonly situations: Situations,
    private readonly schedule: Schedule,
    private readonly freezer: MessageFreezer,
    private readonly waiting: WaitingMessages,
    private readonly calls: ProviderCalls,
  ) {}

  /** Opens a window of a provider's texts over these shards. Nothing is opened any more once `isOver` is true. */
  async openWindow({ provider, shards, busy }: Asked, isOver: () => boolean): Promise<Window> {
    const window: Window = {
      attempts: [],
      calls: Promise.resolve(),
      hasMore: false,
      busy: 0,
      nextDueAt: null,
    };
    const situation = await this.situations.readSituation();
    if (!situation || situation.brakes.senders.has(provider.sender)) return window;
    const { concurrency } = this.config.sending;
    const limit = Math.ceil(concurrency / Math.max(1, busy));
    const due = await this.schedule.countDue({ shards, providers: [provider], limit }, situation);
    window.busy = due.filter(({ waiting, alerts }) => waiting + alerts > 0).length;
    window.nextDueAt = nextOf(due, situation.readAt);
    const wanted = due.reduce((sum, { waiting, alerts }) => sum + waiting + alerts, 0);
    if (wanted === 0) return window;
    const room = await this.calls.takeRoom(provider, Math.min(concurrency, wanted));
    if (!room) return window;
    let handled = 0;
    try {
      // It may have waited for room.
      if (isOver()) return window;
      const again = allot(room.turns.length, due, ({ waiting }) => waiting);
      if (again.size > 0) {
        const opened = await this.waiting.openAttempts({ provider, limits: again }, situation);
        // The situation has to be read again.
        if (!opened) return { ...window, hasMore: true };
        window.attempts.push(...opened);
      }
      const limits = allot(room.turns.length - window.attempts.length, due, ({ alerts }) => alerts);
      if (limits.size > 0) {
        const frozen = await this.freezer.freezeDue({ provider, limits }, situation);
        window.attempts.push(...frozen.attempts);
        handled = frozen.handled;
      }
    } finally {
      window.calls = this.calls.callWindow(room, window.attempts);
      // Whoever has the window waits for them; until then a failure is nobody's.
      window.calls.catch(() => undefined);
    }
    window.hasMore = window.attempts.length + handled > 0;
    return window;
  }
}

/** Returns the moment at which the next alert is to be frozen, by a situation that was read at `readAt`. */
function nextOf(due: DueInShard[], readAt: number): number | null {
  const waits = due.flatMap(({ msUntilNext }) => (msUntilNext === null ? [] : [msUntilNext]));
  return waits.length > 0 ? readAt + Math.min(...waits) : null;
}

/**
 * Divides room among shards by what is due in each: one that has little leaves its part to the others. Where there is less room
 * than shards, the first have it.
 */
export function allot(
  room: number,
  due: DueInShard[],
  countOf: (shard: DueInShard) => number,
): Map<number, number> {
  const limits = new Map<number, number>();
  const wanting = due.filter((shard) => countOf(shard) > 0).slice(0, room);
  wanting.sort((a, b) => countOf(a) - countOf(b));
  let left = room;
  for (const [place, shard] of wanting.entries()) {
    const part = Math.min(countOf(shard), Math.floor(left / (wanting.length - place)));
    limits.set(shard.shard, part);
    left -= part;
  }
  return limits;
}
