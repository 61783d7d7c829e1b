import type { AppError } from '../../../platform/app-error.js';
import { type ShownProblem, shownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';

/** Says why a file was not taken in, beside the field it was chosen in: what it is, and what to do. */
export function fileProblem(error: AppError, locale: Locale): ShownProblem {
  const problem = shownProblem(error, locale);
  return problem.list.length > 0 ? problem : { ...problem, fields: { file: problem.message } };
}
