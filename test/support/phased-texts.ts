import type {
  OutgoingText,
  Prepared,
  Revoked,
  SendOutcome,
  TwoPhase,
} from '../../src/core/providers/sms-provider.js';

type State = 'prepared' | 'left' | 'revoked';

/** What is done with a call: `left-lost` does what it asks for and does not answer, `lost` does not do it either, unless later. */
type Fate = 'ok' | 'lost' | 'too-many' | 'left-lost' | 'refused' | 'left-refused';

/** A provider of texts in two phases, inside the test's own process, which goes by what the test says. */
export class PhasedTexts implements TwoPhase {
  /** References of the texts that have left. */
  readonly left: string[] = [];
  /** What is done with the next calls; after these all go well. */
  prepares: Fate[] = [];
  releases: Fate[] = [];
  revokes: Fate[] = [];
  beforeRelease: () => unknown = () => undefined;
  afterPrepare: () => unknown = () => undefined;
  afterRelease: () => unknown = () => undefined;
  /** Whether each call waits until the test lets it go on. */
  holdsSteps = false;
  private readonly states = new Map<string, State>();
  private readonly late: string[] = [];
  private readonly steps: (() => void)[] = [];
  private onHeld: () => void = () => undefined;
  private made = 0;

  stateOf(handle: string): State | undefined {
    return this.states.get(handle);
  }

  /** Returns the handle of a text that was given to it. */
  add(): string {
    this.made += 1;
    const handle = `g-${this.made}`;
    this.states.set(handle, 'prepared');
    return handle;
  }

  /** Lets a text leave as nothing allows it to. */
  leave(handle: string): void {
    this.states.set(handle, 'left');
    this.left.push(`r-${handle}`);
  }

  async prepare(_: OutgoingText): Promise<Prepared> {
    await this.turn();
    const fate = this.prepares.shift() ?? 'ok';
    const handle = this.add();
    await this.afterPrepare();
    if (fate === 'ok') return { kind: 'prepared', handle };
    if (fate === 'too-many')
      return { kind: 'refused', code: '429', own: 'too-many-requests', action: 'retry', detail: 'slower' };
    return { kind: 'refused', code: 'timed-out', own: 'timed-out', action: 'retry', detail: 'lost' };
  }

  async release(handle: string): Promise<SendOutcome> {
    await this.turn();
    await this.beforeRelease();
    const fate = this.releases.shift() ?? 'ok';
    const lost: SendOutcome = { kind: 'ambiguous', detail: 'timed-out' };
    if (fate === 'lost') this.late.push(handle);
    const isLeaving = fate !== 'lost' && fate !== 'refused';
    const has = isLeaving ? this.leaveOnce(handle) : false;
    await this.afterRelease();
    if (fate === 'ok') return has ? { kind: 'accepted', reference: `r-${handle}` } : lost;
    if (fate === 'refused' || fate === 'left-refused')
      return { kind: 'refused', code: 'retry', action: 'retry', detail: 'It says no.' };
    return lost;
  }

  revoke(handle: string): Promise<Revoked> {
    const fate = this.revokes.shift() ?? 'ok';
    const state = this.states.get(handle);
    if (state === 'prepared') this.states.set(handle, 'revoked');
    if (fate !== 'ok') return Promise.reject(new Error('it does not answer'));
    if (state === undefined) return Promise.resolve('unknown');
    const delivery = { reference: `r-${handle}`, status: 'accepted', code: null } as const;
    return Promise.resolve(state === 'left' ? delivery : 'revoked');
  }

  /** Does what releases asked for whose callers have long gone. */
  async releaseLate(): Promise<void> {
    for (const handle of this.late.splice(0)) this.leaveOnce(handle);
    await settled();
  }

  /** Nothing more goes wrong. */
  heal(): void {
    this.prepares = [];
    this.releases = [];
    this.revokes = [];
  }

  /** Lets the calls go on that wait. */
  async step(): Promise<void> {
    for (const go of this.steps.splice(0)) go();
    await settled();
  }

  /** Resolves when a call waits. */
  untilHeld(): Promise<void> {
    if (this.steps.length > 0) return Promise.resolve();
    return new Promise((resolve) => (this.onHeld = resolve));
  }

  private leaveOnce(handle: string): boolean {
    const state = this.states.get(handle);
    if (state === 'prepared') this.leave(handle);
    return state === 'prepared' || state === 'left';
  }

  private turn(): Promise<void> {
    if (!this.holdsSteps) return Promise.resolve();
    return new Promise((resolve) => {
      this.steps.push(resolve);
      this.onHeld();
    });
  }
}

/** Long enough for a process of the test to commit what it commits between two calls. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 12));
