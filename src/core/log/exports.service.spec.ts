import { noTerms } from '../contracts/contract.schema.js';
import { exportHeadings } from './exports.service.js';

/** These terms of a contract are not exported with its messages. A new term belongs here, or among the headings. */
const apart = [
  'officerId',
  'signedOn',
  'startsOn',
  'endsOn',
  'liabilityEndsOn',
  'amount',
  'currency',
  'method',
];

it('has a column for every term of a contract but those that stand apart', () => {
  const exported: readonly string[] = exportHeadings;
  const heading = (term: string) => term.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  expect(Object.keys(noTerms).filter((term) => !exported.includes(heading(term)))).toEqual(apart);
});
