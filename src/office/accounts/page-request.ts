import type { Caller } from '../../core/access/roles.js';
import type { CalledRequest } from '../../core/access/rules.js';

/** Whose session it is, and what the pages need of it. */
export interface SignedIn {
  caller: Caller;
  /** The token that the session's forms carry. */
  csrf: string;
  locale: 'ko' | 'en';
  /** Seconds until the session ends, however much is done in it. */
  secondsLeft: number;
}

/** A request of a page once its guard has seen it. */
export interface PageRequest extends CalledRequest {
  /** Set when a session is there, also on public pages. */
  signedIn?: SignedIn;
  /** Set on pages that change something; until it is `verified`, the request has no caller. */
  csrf?: 'awaited' | 'verified';
  /** Set on a form that came after its session had ended: it is shown again, and nothing of it is done. */
  onlyShown?: boolean;
}

/** Returns the mark that an open page sends when it looks by itself for what is new; null when a person asks. */
export function lookOf({ headers }: PageRequest): string | null {
  const mark = headers['chorong-look'];
  return typeof mark === 'string' ? mark : null;
}
