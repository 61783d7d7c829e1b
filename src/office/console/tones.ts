import type { AlertStatus, ContractState } from '../../core/planning/planning.types.js';
import type { MessageStatus } from '../../core/sending/sending.entities.js';
import type { Outcome } from '../coverage/coverage.words.js';
import type { ColumnsView, EffectResult, ImportStatus } from '../imports/import.schema.js';

/** A Tone is how a status looks: `wait` is for what wants a look, `now` for what goes on, `plan` for what is to come. */
type Tone = 'bad' | 'wait' | 'now' | 'good' | 'plan';

type ColumnKnownBy = ColumnsView['columns'][number]['by'] | 'chosen' | 'unknown';
type Status =
  | AlertStatus
  | ColumnKnownBy
  | ContractState
  | EffectResult
  | ImportStatus
  | MessageStatus
  | Outcome
  | 'to-come';

/** The tones, the most pressing first, with the statuses that have them; a status that stands nowhere looks plain. */
const tones: Record<Tone, readonly Status[]> = {
  bad: ['failed', 'missed', 'refused', 'terminated', 'unknown'],
  wait: ['columns', 'guessed', 'held', 'partly', 'proposed', 'ready', 'suspended', 'unconfirmed'],
  now: [
    ...(['accepted', 'alerted', 'messaged', 'sending', 'sent', 'signed', 'underway', 'waiting'] as const),
    ...(['chosen', 'corrected', 'previewing', 'queued', 'reading', 'running', 'updated'] as const),
  ],
  good: ['completed', 'created', 'delivered'],
  plan: ['planned', 'to-come'],
};

/** Returns how a status looks, of whatever it is; '' for one that looks plain. */
export function toneOf(status: string): string {
  return Object.entries(tones).find(([, statuses]) => statuses.some((one) => one === status))?.[0] ?? '';
}

/** Returns the most pressing of some tones; '' when all are plain. */
export function worstOf(shown: readonly string[]): string {
  return Object.keys(tones).find((tone) => shown.includes(tone)) ?? '';
}
