import { Injectable } from '@nestjs/common';
import type { AlertStatus, Wording } from '../planning/planning.types.js';
import { Database } from '../../platform/database/database.js';

export interface MilestoneOfContract {
  id: string;
  code: string;
  occurrence: number;
  date: string | null;
  occurredOn: string | null;
  expectedBy: string | null;
  wording: Wording;
  withdrawn: boolean;
  note: string | null;
}

export interface AlertOfContract {
  id: string;
  code: string;
  occurrence: number;
  contactId: string;
  nameSealed: Buffer | null;
  role: string | null;
  phoneSealed: Buffer | null;
  wording: Wording;
  dueAt: Date;
  status: AlertStatus;
  reason: string | null;
  failure: string | null;
  messageId: string | null;
}

/** What was planned for one contract. */
@Injectable()
export class TimelineRows {
  constructor(private readonly database: Database) {}

  /** One that was withdrawn before anything was planned for it never mattered. */
  milestonesOf(contractId: string): Promise<MilestoneOfContract[]> {
    return this.database.rows<MilestoneOfContract>(
      `SELECT s.id, s.code, s.occurrence, s.date, s.occurred_on, s.expected_by,
              s.wording, s.withdrawn, s.note
       FROM milestone s
       WHERE s.contract_id = $1
         AND (NOT s.withdrawn OR EXISTS (SELECT 1 FROM alert a WHERE a.milestone_id = s.id))`,
      [contractId],
    );
  }

  alertsOf(contractId: string): Promise<AlertOfContract[]> {
    return this.database.rows<AlertOfContract>(
      `SELECT a.id, s.code, s.occurrence, p.id AS contact_id, p.name_sealed, p.role,
              p.phone_sealed, a.wording, a.due_at, a.status, a.reason, a.failure,
              a.message_id
       FROM alert a JOIN milestone s ON s.id = a.milestone_id JOIN contact p ON p.id = a.contact_id
       WHERE a.contract_id = $1`,
      [contractId],
    );
  }
}
