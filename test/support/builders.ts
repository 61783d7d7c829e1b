import type { z } from 'zod';
import type {
  newContactSchema,
  newContractSchema,
  newCounterpartySchema,
} from '../../src/core/contracts/contract.schema.js';

export type ContractInput = z.input<typeof newContractSchema>;
export type CounterpartyInput = z.input<typeof newCounterpartySchema>;
export type ContactInput = z.input<typeof newContactSchema>;

let made = 0;

/** A works contract of 2026 with one contact, as it is posted. Each has its own reference and its own number. */
export function aContract(
  overrides: Partial<ContractInput> & Pick<ContractInput, 'departmentId'>,
): ContractInput {
  made += 1;
  return {
    reference: `C-2026-${String(made).padStart(4, '0')}`,
    revision: 0,
    kind: 'works',
    title: '중앙로 보도정비공사',
    signedOn: '2026-03-03',
    startsOn: '2026-03-16',
    endsOn: '2026-11-27',
    value: { amount: '110000000', currency: 'KRW' },
    counterparties: [aCounterparty()],
    ...overrides,
  };
}

export function aCounterparty(overrides: Partial<CounterpartyInput> = {}): CounterpartyInput {
  return {
    name: '(주)새솔건설',
    registrationNumber: '000-00-00000',
    role: 'contractor',
    country: 'KR',
    contacts: [aContact()],
    ...overrides,
  };
}

export function aContact(overrides: Partial<ContactInput> = {}): ContactInput {
  return {
    name: '이가람',
    role: 'site manager',
    phone: aNumber(),
    locale: 'ko',
    legalBasis: 'contract',
    ...overrides,
  };
}

let numbers = 1000;

/** Of 010-0000-xxxx, which nobody holds; never one whose last digits the sandbox answers with a fault. */
export function aNumber(): string {
  numbers += 1;
  return `010-0000-${numbers}`;
}
