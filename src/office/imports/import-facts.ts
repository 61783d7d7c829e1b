import type { ContractFacts, ReadingRules } from '../../core/contracts/contract-facts.js';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import type { DepartmentFinder } from './import-directory.js';
import {
  type Finding,
  type ImportedContact,
  type ImportedContract,
  type RowProblem,
  rowProblem,
} from './import.types.js';

const officerUnknown: Finding = {
  code: 'officer-unknown',
  message: 'No officer of the department goes by this name or staff number, or more than one does.',
  advice: 'Write the staff number, or choose the officer at the contract.',
};

/** Sheets and the API name contracts out of one numbering: the same contract by both ways must be one. */
const sourceOf = { sheet: 'agency', ocds: 'ocds' } as const;

/** What a file states, as the contracts know it; a problem that is fatal leaves no facts. */
export function toFacts(
  stated: ImportedContract,
  finder: DepartmentFinder,
  rules: ReadingRules,
): { facts: ContractFacts | null; problems: RowProblem[] } {
  const department = finder.find(stated.department, { strict: stated.source === 'sheet' });
  const at = {
    line: stated.line,
    field: stated.source === 'sheet' ? '담당부서' : 'buyer.name',
    value: stated.department ?? '',
  };
  if (!department.ok) return { facts: null, problems: [rowProblem(at, department.finding, 'fatal')] };
  const problems = department.note ? [rowProblem(at, department.note, 'information')] : [];
  const officerId = stated.officer === null ? null : finder.officer(department.id, stated.officer);
  if (stated.officer !== null && officerId === null) {
    const officer = { line: stated.line, field: '담당공무원', value: maskName(stated.officer) };
    problems.push(rowProblem(officer, officerUnknown, 'information'));
  }
  return {
    problems,
    facts: {
      source: sourceOf[stated.source],
      reference: stated.reference,
      revision: stated.revision ?? 0,
      kind: stated.kind,
      title: stated.title,
      departmentId: department.id,
      officerId,
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
