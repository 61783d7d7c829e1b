import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { ContractReader } from '../contracts/contract.reader.js';
import type { AppError } from '../../platform/app-error.js';
import type { Wording } from '../planning/planning.types.js';
import { SettingsService } from '../settings/settings.service.js';
import type { SubjectFacts } from '../texts/variables.service.js';
import { logProblems } from './log.words.js';
import type { PreviewBody } from './preview.schema.js';
import { Database } from '../../platform/database/database.js';

interface MilestoneRow {
  departmentName: string;
  departmentNameEn: string | null;
  date: string | null;
  wording: Wording | null;
}

export interface PreviewSubject {
  facts: SubjectFacts;
  wording: Wording;
  /** The milestone has none yet; the facts hold today's. */
  dateAssumed: boolean;
}

/** The milestone that a text is previewed for. */
@Injectable()
export class PreviewSubjects {
  constructor(
    private readonly reader: ContractReader,
    private readonly database: Database,
    private readonly settings: SettingsService,
  ) {}

  /** A milestone that was not planned yet will do; one that the contract's plan does not have is refused. */
  async of(caller: Caller, asked: PreviewBody): Promise<PreviewSubject> {
    const contract = await this.reader.requireVisible(caller, asked.contractId);
    const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
    const codes = plan.milestones.map((milestone) => milestone.code);
    if (!codes.includes(asked.milestone)) throw unknownMilestone(asked.milestone, codes);
    const row = await this.row(asked);
    const wording = asked.wording ?? row.wording ?? 'milestone';
    return {
      facts: {
        locale: asked.locale ?? (await this.settings.agency()).value.locale,
        kind: contract.kind,
        reference: contract.reference,
        title: contract.title,
        planName: contract.planName,
        planVersion: contract.planVersion,
        departmentName: row.departmentName,
        departmentNameEn: row.departmentNameEn,
        code: asked.milestone,
        date: row.date ?? (await this.settings.today()),
      },
      wording,
      dateAssumed: row.date === null && wording === 'milestone',
    };
  }

  private async row({ contractId, milestone, occurrence }: PreviewBody): Promise<MilestoneRow> {
    const [row] = await this.database.rows<MilestoneRow>(
      `SELECT d.name AS department_name, d.name_en AS department_name_en, s.date, s.wording
       FROM contract c JOIN department d ON d.id = c.department_id
         LEFT JOIN milestone s ON s.contract_id = c.id AND s.code = $2 AND s.occurrence = $3 AND NOT s.withdrawn
       WHERE c.id = $1`,
      [contractId, milestone, occurrence],
    );
    if (!row) throw new Error('the contract went away meanwhile');
    return row;
  }
}

function unknownMilestone(code: string, known: string[]): AppError {
  const fields = [logProblems.field('milestone', 'milestone-unknown.preview', { code, known })];
  return logProblems.error('milestone-unknown.preview', { code, known }, { fields });
}
