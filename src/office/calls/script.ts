import { type Words, wordsOf } from '../../platform/words/words.js';
import './calls.words.js';

/** A script needs to know this. None of it is of the company or the person who is called. */
export interface Scripted {
  agency: Words;
  /** When the text was sent, as each language writes it. */
  day: Words;
  /** Where to report, such as a telephone number. */
  channel: string;
}

const steps = ['greeting', 'who', 'received', 'closing'] as const;

/** Returns what an auditor says, line by line, in both languages. */
export function scriptOf(scripted: Scripted): Words[] {
  return steps.map((step) => wordsOf(`callScript.${step}`, { ...scripted }));
}
