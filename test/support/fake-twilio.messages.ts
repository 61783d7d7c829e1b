import { RulePicker, type FakeMessage, type FakeRule, type FakeScript } from './fake-twilio.script.js';
import type { ReceiptSender } from './fake-twilio.receipts.js';
import type { SentText } from './fake-wire.js';

/** The texts that the fake has accepted, and how each moves on and reports. */
export class FakeMessages {
  readonly all: FakeMessage[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly receipts: ReceiptSender,
    private readonly now: () => number,
  ) {}

  accept(sid: string, text: SentText): FakeMessage {
    const { to, from, body, messagingServiceSid = null, statusCallback = null, own = {} } = text;
    const message: FakeMessage = {
      sid,
      to,
      from,
      messagingServiceSid,
      body,
      statusCallback,
      own,
      status: messagingServiceSid ? 'accepted' : 'queued',
      errorCode: null,
      createdAt: this.now(),
      sentAt: null,
    };
    this.all.push(message);
    return message;
  }

  /** Newest first, without what the script still hides. */
  visible(script: FakeScript): FakeMessage[] {
    const { empty = false, lagMs = 0, hideBodies = false, clockAheadMs = 0 } = script.list;
    if (empty) return [];
    return this.all
      .filter((message) => message.createdAt + lagMs <= this.now())
      .map((message) => ({
        ...message,
        createdAt: message.createdAt + clockAheadMs,
        body: hideBodies ? '' : message.body,
      }))
      .reverse();
  }

  find(sid: string): FakeMessage | null {
    return this.all.find((message) => message.sid === sid) ?? null;
  }

  async startSteps(message: FakeMessage, rule: FakeRule | null, script: FakeScript): Promise<void> {
    const receipts = rule?.receipts ?? script.receipts;
    const steps = rule?.steps ?? script.steps;
    const order = receipts.order ?? 'in-order';
    const waiting: (() => Promise<void>)[] = [];
    for (const [index, step] of steps.entries()) {
      const code = step.code ?? null;
      const report = () => this.receipts.send(message, step.status, code, receipts);
      if (index === 0 && receipts.beforeAnswer) {
        this.move(message, step.status, code);
        await report();
        continue;
      }
      this.later(step.afterMs, () => this.move(message, step.status, code));
      if (order === 'in-order') this.later(step.afterMs + (receipts.delayMs ?? 0), report);
      else waiting.push(report);
    }
    if (waiting.length === 0) return;
    const last = Math.max(...steps.map((step) => step.afterMs)) + (receipts.delayMs ?? 0);
    const mixed = order === 'reversed' ? waiting.reverse() : shuffle(waiting, new RulePicker(script));
    this.later(last, async () => {
      for (const report of mixed) await report();
    });
  }

  later(afterMs: number, act: () => void | Promise<void>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void act();
    }, afterMs);
    this.timers.add(timer);
  }

  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.all.length = 0;
  }

  move(message: FakeMessage, status: string, code: number | null): void {
    message.status = status;
    message.errorCode = code;
    if (status !== 'queued' && status !== 'accepted') message.sentAt ??= this.now();
  }
}

function shuffle<T>(items: T[], picker: RulePicker): T[] {
  return items
    .map((item) => ({ item, key: picker.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
