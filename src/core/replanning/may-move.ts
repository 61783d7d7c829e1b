/**
 * SQL that is true of a contract whose alerts a calendar may move: it is under way, or something of it is still to be sent. What
 * was finished before is history, and costs a large agency nothing.
 */
export const mayMove = `(state IN ('signed', 'underway', 'suspended') OR EXISTS (
  SELECT FROM alert WHERE alert.contract_id = contract.id AND alert.status IN ('planned', 'held', 'covered')))`;
