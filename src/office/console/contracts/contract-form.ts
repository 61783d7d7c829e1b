import {
  type ContractPatch,
  contractPatchSchema,
  type NewContract,
  newContractSchema,
} from '../../../core/contracts/contract.schema.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import type { Form, ShownProblem } from '../form.js';

/** Reads a new contract from the fields of its page. */
export function newContractOf(form: Form, currency: string): NewContract {
  const amount = amountOf(form);
  return form.read(newContractSchema, {
    value: amount === undefined ? undefined : { amount, currency },
    counterparties: form.has('companyName') || hasContact(form) ? [counterpartyBody(form)] : [],
  });
}

/** Reads a change of a contract: a blank field clears what it held. */
export function contractPatchOf(form: Form, agencyCurrency: string): ContractPatch {
  const amount = amountOf(form);
  const currency = form.text('currency') ?? agencyCurrency;
  return form.read(contractPatchSchema, { value: amount === undefined ? null : { amount, currency } });
}

/** Returns the texts of a contract's fields as it has them now, by the names of the page's fields. */
export function valuesOf(contract: ContractView): Record<string, string> {
  const fields = Object.entries({ ...contract, ...contract.value }).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? [] : [[name, String(value ?? '')]],
  );
  return Object.fromEntries(fields) as Record<string, string>;
}

export function counterpartyBody(form: Form) {
  return {
    name: form.text('companyName'),
    registrationNumber: form.text('registrationNumber'),
    country: form.text('country')?.toUpperCase(),
    contacts: hasContact(form) ? [contactBody(form)] : [],
  };
}

export function contactBody(form: Form) {
  return {
    name: form.text('contactName'),
    role: form.text('contactRole'),
    phone: form.text('phone'),
    locale: form.text('locale'),
    legalBasis: form.text('legalBasis'),
    legalBasisOn: form.text('legalBasisOn'),
  };
}

function hasContact(form: Form): boolean {
  return form.has('phone') || form.has('contactName');
}

/** Returns the amount in digits; people write its thousands apart. */
function amountOf(form: Form): string | undefined {
  return form.text('amount')?.replace(/[,\s원]/g, '');
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

/** Names the fields of a form's problem, if there is one, as the page names them. */
export function onFields<S extends { problem?: ShownProblem | undefined }>(shown: S): S {
  const { problem } = shown;
  if (!problem) return shown;
  const named = (path: string) => fieldOfPath[path] ?? path;
  const fields = Object.entries(problem.fields).map(([path, message]) => [named(path), message]);
  const list = problem.list.map(({ path, message }) => ({ path: named(path), message }));
  return {
    ...shown,
    problem: { ...problem, fields: Object.fromEntries(fields) as Record<string, string>, list },
  };
}
