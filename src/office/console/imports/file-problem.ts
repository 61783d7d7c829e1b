import { hasKorean, problemWords } from '../../imports/problem-words.js';
import type { AppError } from '../../../platform/app-error.js';
import { type ShownProblem, shownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';

/** Why a file was not taken in, beside the field it was chosen in: what it is, and what to do. */
export function fileProblem(error: AppError, locale: Locale): ShownProblem {
  const problem = shownProblem(error, locale);
  if (problem.list.length > 0) return problem;
  const words = problemWords(error);
  const message = hasKorean(error.code)
    ? `${words.message[locale]} ${words.advice[locale]}`.trim()
    : problem.message;
  return { ...problem, message, fields: { file: message } };
}
