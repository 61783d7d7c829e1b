/**
 * SQL that is true when counterparties `p` and `q` are not the same company: by registration number, or by name where one has
 * none or zeros alone.
 */
export const unrelated = `p.id <> q.id AND CASE
  WHEN p.registration_number ~ '[^0 -]' AND q.registration_number ~ '[^0 -]'
    THEN regexp_replace(p.registration_number, '\\D', '', 'g') <> regexp_replace(q.registration_number, '\\D', '', 'g')
  ELSE p.name_index <> q.name_index END`;
