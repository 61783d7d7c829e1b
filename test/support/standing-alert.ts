import type { ExistingAlert } from '../../src/core/planning/planning.types.js';

/** Makes an alert of a contact as planning finds it: planned for the contract's signing, unless it is said otherwise. */
export function aStandingAlert(
  contactId: string,
  rest: Pick<ExistingAlert, 'dueAt'> & Partial<ExistingAlert>,
): ExistingAlert {
  return {
    id: `row-${contactId}`,
    code: 'signing',
    occurrence: 1,
    contactId,
    number: `0${contactId}`,
    wording: 'milestone',
    status: 'planned',
    reason: null,
    ...rest,
  };
}
