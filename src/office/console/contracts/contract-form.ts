import { newContractSchema, type NewContract } from '../../../core/contracts/contract.schema.js';
import { type Form, parsed } from '../form.js';

/** The fields of the page, by name; the API's own schema decides what will do. */
export function newContractOf(form: Form, currency: string): NewContract {
  return parsed(newContractSchema, newContractBody(form, currency));
}

function newContractBody(form: Form, currency: string) {
  const amount = amountOf(form);
  const party = form.text('companyName');
  return {
    reference: form.text('reference'),
    kind: form.text('kind'),
    title: form.text('title'),
    departmentId: form.text('departmentId'),
    officerId: form.text('officerId'),
    signedOn: form.text('signedOn'),
    startsOn: form.text('startsOn'),
    endsOn: form.text('endsOn'),
    value: amount === undefined ? undefined : { amount, currency },
    counterparties:
      party === undefined && !form.has('phone') && !form.has('contactName')
        ? []
        : [
            {
              name: party,
              registrationNumber: form.text('registrationNumber'),
              country: form.text('country')?.toUpperCase(),
              contacts: form.has('phone') || form.has('contactName') ? [contactBody(form)] : [],
            },
          ],
  };
}

/** In digits; people write thousands apart. */
export function amountOf(form: Form): string | undefined {
  return form.text('amount')?.replace(/[,\s원]/g, '');
}

export function contactBody(form: Form) {
  return {
    name: form.text('contactName'),
    role: form.text('contactRole'),
    phone: form.text('phone'),
    locale: form.text('locale'),
    legalBasis: form.text('legalBasis') ?? 'contract',
    legalBasisOn: form.text('legalBasisOn'),
  };
}

const fieldOfPath: Record<string, string> = {
  'value.amount': 'amount',
  'counterparties[0].name': 'companyName',
  'counterparties[0].registrationNumber': 'registrationNumber',
  'counterparties[0].country': 'country',
  'counterparties[0].contacts[0].phone': 'phone',
  'counterparties[0].contacts[0].name': 'contactName',
  'counterparties[0].contacts[0].legalBasisOn': 'legalBasisOn',
};

/** Problems by the page's field names. */
export function onFields<
  P extends { fields: Record<string, string>; list: { path: string; message: string }[] },
>(problem: P): P {
  const named = (path: string) => fieldOfPath[path] ?? path;
  return {
    ...problem,
    fields: Object.fromEntries(
      Object.entries(problem.fields).map(([path, message]) => [named(path), message]),
    ),
    list: problem.list.map(({ path, message }) => ({ path: named(path), message })),
  };
}
