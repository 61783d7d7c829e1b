/** Writes a reference in SQL as it is compared: without case, spaces and what people leave out. */
export const plainReference = (sql: string) => `translate(upper(${sql}), ' ._/()-', '')`;
/** Writes a registration number in SQL as lists and contracts are compared by it; `plainNumber` is the same. */
export const plainNumberOf = (sql: string) =>
  `nullif(upper(regexp_replace(${sql}, '[^0-9A-Za-z]', '', 'g')), '')`;

/** Says in SQL, by the parameter of the day, whether record `r` of list `l` should be registered here. */
export const shouldBeHere = (
  today: string,
) => `(r.contract_id IS NULL AND r.matched_by IS NULL AND NOT r.cancelled
  AND coalesce(r.signed_on, r.starts_on, r.seen_on) BETWEEN l.since AND ${today}::date - l.grace_days)`;
