import type { EffectResult, ImportStatus } from '../../imports/import.schema.js';

/** See `tones.ts`. */
export const importTones: Readonly<Record<ImportStatus, string>> = {
  queued: 'now',
  reading: 'now',
  columns: 'wait',
  previewing: 'now',
  ready: 'wait',
  running: 'now',
  completed: 'good',
  failed: 'bad',
  undone: '',
  discarded: '',
};

export const resultTones: Readonly<Record<EffectResult, string>> = {
  created: 'good',
  updated: 'now',
  corrected: 'now',
  unchanged: '',
  ignored: '',
  refused: 'bad',
};
