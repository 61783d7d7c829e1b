import fc from 'fast-check';
import {
  anySheet,
  bytesOf,
  type GeneratedSheet,
  suppliersOf,
} from '../../../../test/support/generated-sheets.js';
import { inChunks } from '../../../../test/support/workbooks.js';
import type { ImportedContract, RowProblem } from '../import.types.js';
import { readSheet } from './reader.js';

/**
 * Whatever a sheet looks like: every supplier with a usable number either stands in a contract that is taken and signed, as
 * a contact with that number, or is named by a problem on its line, on the first line of its contract, or of the whole file.
 */
const rules = { country: 'KR', currency: 'KRW', allowFiction: true };

interface Found {
  contracts: ImportedContract[];
  problems: RowProblem[];
}

async function taken(one: GeneratedSheet): Promise<Found> {
  const { format, bytes } = await bytesOf(one);
  const found: Found = { contracts: [], problems: [] };
  for await (const { contract, problems } of readSheet(format, inChunks(bytes), rules)) {
    if (contract) found.contracts.push(contract);
    found.problems.push(...problems);
  }
  return found;
}

const hasContact = ({ counterparties }: ImportedContract, e164: string) =>
  counterparties.some(({ contacts }) => contacts.some(({ phone: number }) => number === e164));

type Fate = 'told' | 'named' | 'lost';

function fateOf({ lines, e164 }: ReturnType<typeof suppliersOf>[number], found: Found): Fate {
  if (found.contracts.some((contract) => contract.signedOn !== null && hasContact(contract, e164)))
    return 'told';
  const isWhole =
    found.contracts.length === 0 && found.problems.some(({ fatal, field }) => fatal && field === '');
  const isNamed = found.problems.some(({ informative, line }) => !informative && lines.includes(line));
  return isWhole || isNamed ? 'named' : 'lost';
}

it('loses no supplier who has a number, whatever the sheet looks like', async () => {
  const fates: Record<Fate, number> = { told: 0, named: 0, lost: 0 };
  await fc.assert(
    fc.asyncProperty(anySheet, async (one) => {
      const found = await taken(one);
      for (const supplier of suppliersOf(one)) {
        const fate = fateOf(supplier, found);
        fates[fate] += 1;
        expect(fate === 'lost' ? { supplier, ...found } : null).toBeNull();
      }
      // Nothing taken is never silence.
      if (found.contracts.length === 0) expect(found.problems).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(fates.told, fates.named)).toBeGreaterThan(100);
}, 120_000);
