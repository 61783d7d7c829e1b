import { noTerms } from '../../../core/contracts/contract.schema.js';
import { isSheetField } from './fields.js';

it('has a field for every term of a contract that a sheet can state', () => {
  const without = Object.keys(noTerms).filter((term) => !isSheetField(term));
  // The officer is named in the field `officer`; the end of liability is given in the pages alone.
  expect(without).toEqual(['officerId', 'liabilityEndsOn']);
});
