import { noTerms } from '../../../core/contracts/contract.schema.js';
import { isSheetField, specOf } from './fields.js';

it('has a field for every term of a contract that a sheet can state', () => {
  const without = Object.keys(noTerms).filter((term) => !isSheetField(term));
  // The officer is named in the field `officer`; the end of liability is given in the pages alone.
  expect(without).toEqual(['officerId', 'liabilityEndsOn']);
});

it('takes every such term for a fact, so that a row that drops it does not compile', () => {
  const fields = Object.keys(noTerms).filter(isSheetField);
  // The two are read together, as the contract's value.
  expect(fields.filter((field) => !specOf(field).isFact)).toEqual(['amount', 'currency']);
});
