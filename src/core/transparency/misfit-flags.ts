import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type ChangedFact, ofAgency } from '../planning/flag.entity.js';
import { Flags, type NewFlag } from '../planning/flags.js';
import { factTableOf } from '../proof/facts.js';
import type { LogFinding } from './log-findings.words.js';

type Flagged = Pick<NewFlag, 'contractId' | 'departmentId' | 'officerId'>;

/** The field of a flag that has the code of what was found; the others are the parameters of the code. */
const codeField = 'misfit';

/**
 * MisfitFlags flags what a check of the log and the tables finds: for each contract that the row is about, else once for the agency.
 * What is still flagged and open is not flagged again by the next check. What an auditor has closed is, if it is still there: a
 * finding mends no table.
 */
@Injectable()
export class MisfitFlags {
  constructor(
    private readonly database: Database,
    private readonly flags: Flags,
  ) {}

  async raise(finding: LogFinding): Promise<void> {
    const changed = factsOf(finding);
    const contracts = await this.contractsOf(finding);
    const flagged =
      contracts.length > 0 ? contracts : [{ contractId: ofAgency, departmentId: null, officerId: null }];
    const open = await this.database.rows<{ contractId: string }>(
      `SELECT contract_id FROM flag
       WHERE kind = 'log-misfit' AND closed_at IS NULL AND contract_id = ANY($1::uuid[]) AND changed = $2::jsonb`,
      [flagged.map(({ contractId }) => contractId), JSON.stringify(changed)],
    );
    const isOpen = new Set(open.map(({ contractId }) => contractId));
    await this.flags.write(
      flagged
        .filter(({ contractId }) => !isOpen.has(contractId))
        .map((one) => ({ ...one, kind: 'log-misfit', actor: 'system', reason: null, lost: [], changed })),
    );
  }

  /** Finds the contracts of the row by the table and by its leaves: either may be what was rewritten. */
  private async contractsOf({ params: { table, row } }: LogFinding): Promise<Flagged[]> {
    if (table === undefined || row === undefined) return [];
    const {
      from,
      key,
      keyType,
      facts,
      kinds,
      keyOfLeaf = 'l.subject_id',
      contracts,
    } = factTableOf(String(table));
    if (!contracts && !('contract_id' in facts)) return [];
    const named =
      contracts ??
      `SELECT r.contract_id FROM ${from} WHERE ${key} = $1::${keyType}
       UNION SELECT (l.body ->> 'contract_id')::uuid FROM leaf l WHERE ${keyOfLeaf} = $1::text AND l.kind = ANY($2)`;
    return this.database.rows<Flagged>(
      `SELECT c.id AS contract_id, c.department_id, c.officer_id FROM contract c WHERE c.id IN (${named}) ORDER BY c.id`,
      contracts ? [row] : [row, kinds],
    );
  }
}

function factsOf({ code, params }: LogFinding): ChangedFact[] {
  return Object.entries({ [codeField]: code, ...params }).map(([field, to]) => ({
    field,
    from: null,
    to: String(to),
  }));
}

/** Returns what was found when a flag was raised; null for a flag of another kind. */
export function findingOfFlag(changed: ChangedFact[] | null): LogFinding | null {
  const { [codeField]: code, ...params } = Object.fromEntries(
    (changed ?? []).map(({ field, to }) => [field, to ?? '']),
  );
  return code === undefined ? null : { code: code as LogFinding['code'], params };
}
