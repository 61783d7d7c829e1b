/**
 * Writes SQL for whether the last text to a number failed for good: nobody is told by it any more. The parameter is SQL for
 * the number's blind index; a number that got no text has not failed.
 */
export const lastTextFailed = (index: string): string =>
  `coalesce((SELECT g.status FROM message g WHERE g.number_index = ${index} ORDER BY g.id DESC LIMIT 1) = 'failed', false)`;
