/** What the fake does with one send. `accept` beside a fault says whether the text is kept all the same. */
export type FakeBehaviour =
  | { kind: 'accept' }
  | { kind: 'refuse'; status: number; code: number | string; message?: string }
  | { kind: 'too-many'; retryAfter?: number | string; code?: number }
  | { kind: 'server-error'; status?: number; code?: number; accept: boolean }
  /** Never answers; the connection stays open. */
  | { kind: 'hang'; accept: boolean }
  | { kind: 'drop'; accept: boolean }
  /** Sends half an answer, then drops the connection. */
  | { kind: 'drop-inside-answer'; accept: boolean }
  /** Keeps the text after so many milliseconds, though the client may have gone, and answers then. */
  | { kind: 'accept-late'; afterMs: number }
  /** Any answer, word for word: a 2xx that cannot be read, a redirect, a gateway's page. */
  | { kind: 'raw'; status: number; body: string; headers?: Record<string, string>; accept: boolean };

/** A step of a text that was accepted, so many milliseconds after it was. */
export interface FakeStep {
  status: string;
  afterMs: number;
  code?: number;
}

export interface FakeReceipts {
  /** How often each is sent; 0: never, though the status moves on. Default 1. */
  copies?: number;
  /** Added to the step's own time. */
  delayMs?: number;
  /** `reversed` and `shuffled` hold them back until the last step. */
  order?: 'in-order' | 'reversed' | 'shuffled';
  /** Sends the first step's receipt, and waits for its answer, before the send itself is answered. */
  beforeAnswer?: boolean;
  /** Signs with another token. */
  forged?: boolean;
}

/** The first rule that fits a send decides what is done with it; without one it is accepted. */
export interface FakeRule {
  /** Exact number. */
  to?: string;
  textIncludes?: string;
  /** Rules with `times` are used so often, then passed over. */
  times?: number;
  /** From 0 to 1; by the script's seed. */
  probability?: number;
  behaviour: FakeBehaviour;
  steps?: FakeStep[];
  receipts?: FakeReceipts;
}

export interface FakeList {
  /** Answers lists and single messages with this status. */
  failStatus?: number;
  /** Shows a text only so many milliseconds after it was accepted. */
  lagMs?: number;
  empty?: boolean;
  /** Shows lists with empty bodies, as redacted ones. */
  hideBodies?: boolean;
  /** Dates in lists are those of a clock that is ahead by so many milliseconds. */
  clockAheadMs?: number;
  /** Answers no list and no single message, or not this share of them, by the script's seed. */
  hang?: boolean | number;
  /** Answers lists with this body and 200. */
  rawBody?: string;
  /** At most so many on a page, whatever was asked. */
  pageSize?: number;
}

export interface FakeScript {
  rules: FakeRule[];
  /** The same for calls by which no text leaves yet. */
  preparing: FakeRule[];
  /** Of an accepted text whose rule names none. */
  steps: FakeStep[];
  receipts: FakeReceipts;
  list: FakeList;
  /** Before every answer. */
  latencyMs: number;
  seed: number;
}

export const defaultScript: FakeScript = {
  rules: [],
  preparing: [],
  steps: [
    { status: 'sent', afterMs: 20 },
    { status: 'delivered', afterMs: 60 },
  ],
  receipts: {},
  list: {},
  latencyMs: 0,
  seed: 1,
};

export interface FakeMessage {
  sid: string;
  to: string;
  /** Null until a messaging service has chosen a number. */
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  status: string;
  errorCode: number | null;
  statusCallback: string | null;
  /** Milliseconds since 1970, of the fake's clock, as all times here. */
  createdAt: number;
  sentAt: number | null;
  /** What the sender put beside it. */
  own?: Record<string, string>;
}

export interface FakeRequest {
  at: number;
  method: string;
  path: string;
  query: Record<string, string>;
  form: Record<string, string>;
  /** The body word for word, and what it sends when it is a send. */
  body: string;
  sent: { to: string; body: string } | null;
  authorized: boolean;
  /** What was done with a send. */
  behaviour: FakeBehaviour['kind'] | null;
  /** The client's port, which tells connections apart. */
  port: number;
}

export interface FakeReceipt {
  at: number;
  sid: string;
  url: string;
  form: Record<string, string>;
  signature: string;
  /** Null when nobody answered. */
  answer: number | null;
}

/** Everything that the fake has seen, oldest first. */
export interface FakeRecord {
  requests: FakeRequest[];
  messages: FakeMessage[];
  receipts: FakeReceipt[];
}

/** Picks rules, counting those that are used up; the same seed gives the same choices. */
export class RulePicker {
  private readonly used = new Map<FakeRule, number>();
  private state: number;

  constructor(private readonly script: Pick<FakeScript, 'rules' | 'seed'>) {
    this.state = script.seed;
  }

  pick(to: string, body: string, fits: (behaviour: FakeBehaviour) => boolean = () => true): FakeRule | null {
    for (const rule of this.script.rules) {
      if (!fits(rule.behaviour)) continue;
      if (rule.to !== undefined && rule.to !== to) continue;
      if (rule.textIncludes !== undefined && !body.includes(rule.textIncludes)) continue;
      const used = this.used.get(rule) ?? 0;
      if (rule.times !== undefined && used >= rule.times) continue;
      if (rule.probability !== undefined && this.random() >= rule.probability) continue;
      this.used.set(rule, used + 1);
      return rule;
    }
    return null;
  }

  /** Mulberry32. */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
