/**
 * Writes SQL for when a contact last got the number that it has, or lost the one that it had, by the service clock. It is null for a
 * contact that has had its number since its contract was registered, because the history tells of that as a whole.
 */
export const numberGivenAt = (
  contractId: string,
  contactId: string,
): string => `(SELECT max(h.at) FROM change h
  WHERE h.contract_id = ${contractId} AND h.subject = 'contact' AND h.subject_id = ${contactId}::text
    AND (h.before IS NULL OR h.before ->> 'commitment' IS DISTINCT FROM h.after ->> 'commitment'))`;
