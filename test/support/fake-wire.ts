import type { FakeMessage, FakeRequest } from './fake-twilio.script.js';

/** A SentText is what a send says, in the terms that all fakes share. */
export interface SentText extends Pick<FakeMessage, 'to' | 'from' | 'body'> {
  messagingServiceSid?: string | null;
  statusCallback?: string | null;
  /** What the sender put beside its text, and gets back with it. */
  own?: Record<string, string>;
  /** The id that it was given before it is sent. */
  sid?: string;
}

/** What a fake answers. */
export interface Answer {
  status: number;
  body: unknown;
}

/** An Asked call is what one request wants of the provider. */
export type Asked =
  | { kind: 'send'; text: SentText }
  /** A call about a text by which none leaves yet: `take` does what it asks for. */
  | { kind: 'prepare'; text: Pick<SentText, 'to' | 'body'>; take: () => Answer }
  | { kind: 'answer'; answer: Answer }
  | { kind: 'list' }
  | { kind: 'one'; sid: string }
  | { kind: 'redact'; sid: string }
  | { kind: 'refused'; status: number; code: number | string; message: string };

export interface Callback {
  url: string;
  headers: Record<string, string>;
  body: string;
  form: Record<string, string>;
  signature: string;
}

/** A FakeWire is how a provider's API is spoken; what a fake does with a text is the same for all. */
export interface FakeWire {
  /** As `SMS_PROVIDER` calls it. */
  readonly provider: string;
  readonly sender: string;
  /** Whether numbers outside of Korea are texted through it. */
  readonly servesAbroad: boolean;
  readonly codes: FakeCodes;
  /** The variables of a service that sends through the fake. */
  environment(baseUrl: string): Record<string, string>;
  /** Null when the request bears our credentials. */
  refusal(request: FakeRequest, headers: Record<string, string | undefined>): Asked | null;
  asked(request: FakeRequest, body: string): Asked;
  newSid(): string;
  /** A text that it holds already and takes once alone; absent where it takes twins. */
  twinOf?(messages: FakeMessage[], text: SentText): FakeMessage | undefined;
  /** Takes a text that is to leave now; an answer when it does not leave. Absent where every text leaves. */
  release?(text: SentText): Answer | null;
  /** The code by which it refuses a twin. */
  readonly duplicate?: string;
  /** The answer to a send that was accepted. */
  accepted(message: FakeMessage): { status: number; body: unknown };
  refused(status: number, code: number | string, message: string): { status: number; body: unknown };
  /** `messages` are those that may be shown, newest first. */
  page(messages: FakeMessage[], request: FakeRequest, pageSize?: number): unknown;
  one(message: FakeMessage): unknown;
  /** Null when nobody asked to be told. `reportTo` is where reports go that no send names. */
  callback(message: FakeMessage, report: Report, reportTo: string | null): Callback | null;
}

type Refusal = readonly [status: number, code: number | string];

/** Codes of the provider's, by what they ask of us. */
interface FakeCodes {
  permanent: readonly Refusal[];
  unknown: Refusal;
  stopLine: Refusal;
  route: Refusal;
  /** A failure that proves nothing; null where none is taken for that. */
  unproved: number | null;
}

export interface Report {
  status: string;
  code: number | null;
  /** Whether it bears another secret. */
  forged: boolean;
}
