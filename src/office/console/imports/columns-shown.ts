import type { ColumnsView } from '../../imports/import.schema.js';
import type { Form } from '../form.js';
import type { Visit } from '../visit.js';

/** Reads which field each column was chosen to be. The form names a column by its place, which no heading can upset. */
export function mappingIn(form: Form, { columns }: ColumnsView): Record<string, string | null> {
  return Object.fromEntries(columns.map(({ key }, i) => [key, form.text(`column-${i}`) ?? null]));
}

/** Shows the columns as they are proposed, or as they were chosen in a form that could not be taken. */
export function columnsShown(view: ColumnsView, chosen: Record<string, string | null> | null, visit: Visit) {
  const columns = view.columns.map((column) => {
    const field = chosen ? (chosen[column.key] ?? null) : column.field;
    return { ...column, field, by: field === column.field ? (column.by ?? 'unknown') : 'chosen' };
  });
  const taken = columns.flatMap(({ field }) => (field === null ? [] : [field]));
  const isTwice = (field: string | null) =>
    field !== null && taken.indexOf(field) !== taken.lastIndexOf(field);
  const names = new Map(view.fields.map(({ field, name }) => [field, name[visit.locale]]));
  return {
    columns: columns.map((column, i) => ({
      ...column,
      id: `column-${i}`,
      tone: tones[column.by],
      error: chosen && isTwice(column.field) ? visit.t('imports.fieldTwice') : null,
    })),
    fields: view.fields.map(({ field, name, required }) => ({
      value: field,
      text: required ? `${name[visit.locale]} (${visit.t('imports.required')})` : name[visit.locale],
    })),
    missing: view.fields
      .filter(({ field, required }) => required && !taken.includes(field))
      .map(({ field }) => names.get(field) ?? field),
  };
}

const tones: Record<string, string> = {
  known: '',
  remembered: '',
  guessed: 'wait',
  chosen: 'now',
  unknown: 'bad',
};
