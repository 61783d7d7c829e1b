import type { ContractFacts, ReadingRules } from '../contracts/contract-facts.js';
import type { DepartmentFinder } from './import-directory.js';
import { type ImportedContact, type ImportedContract, type RowProblem, rowProblem } from './import.types.js';

/** Sheets and the API name contracts out of one numbering: the same contract by both ways must be one. */
const sourceOf = { csv: 'agency', ocds: 'ocds' } as const;

/** What a file states, as the contracts know it; a problem that is fatal leaves no facts. */
export function toFacts(
  stated: ImportedContract,
  finder: DepartmentFinder,
  rules: ReadingRules,
): { facts: ContractFacts | null; problems: RowProblem[] } {
  const department = finder.find(stated.department, { strict: stated.source === 'csv' });
  const at = {
    line: stated.line,
    field: stated.source === 'csv' ? '담당부서' : 'buyer.name',
    value: stated.department ?? '',
  };
  if (!department.ok) return { facts: null, problems: [rowProblem(at, department.finding, 'fatal')] };
  const problems = department.note ? [rowProblem(at, department.note, 'information')] : [];
  return {
    problems,
    facts: {
      source: sourceOf[stated.source],
      reference: stated.reference,
      revision: stated.revision ?? 0,
      kind: stated.kind,
      title: stated.title,
      departmentId: department.id,
      officerId: null,
      signedOn: stated.signedOn,
      startsOn: stated.startsOn,
      endsOn: stated.endsOn,
      liabilityEndsOn: null,
      amount: stated.value?.amount ?? null,
      currency: stated.value?.currency ?? null,
      method: stated.method,
      counterparties: stated.counterparties.map(({ contacts, ...party }) => ({
        ...party,
        contacts: contacts.map((contact) => contactFacts(contact, rules)),
      })),
    },
  };
}

function contactFacts(contact: ImportedContact, rules: ReadingRules) {
  // Consent counts from its day on; without one the contract itself is the basis.
  const undated = contact.legalBasis === 'consent' && contact.legalBasisOn === null;
  return {
    name: contact.name,
    role: contact.role,
    phone:
      contact.phone === null ? null : { e164: contact.phone, country: contact.phoneCountry ?? rules.country },
    locale: contact.locale ?? rules.locale,
    legalBasis: undated ? ('contract' as const) : (contact.legalBasis ?? 'contract'),
    legalBasisOn: contact.legalBasisOn,
  };
}
