import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AlertCounts, Promptness } from '../../core/log/alert-days.service.js';
import { defineFacts, hexDigest, isoTime } from '../../core/proof/facts.js';
import type { Words } from '../../platform/words/words.js';
import type { MonthCosts } from './costs.js';
import type { Figures } from '../coverage/coverage.schema.js';

/** ReportLine is what became of the milestones that called for an alert in a month, and of the texts made in it. */
export interface ReportLine {
  coverage: Figures;
  alerts: Pick<AlertCounts, 'sent' | 'delivered' | 'failed'>;
}

export interface ReportFigures extends ReportLine {
  /** Not of those made before it was counted. */
  costs?: MonthCosts;
  /** Each department for itself, without those below it; those without any figures are left out. */
  departments: (ReportLine & { department: { id: string; code: string; name: Words } })[];
  /** Of the agency's reports alone, and not of those made before it was counted. */
  promptness?: Promptness | null;
  /** Null in a department's report: nobody of a department learns of flags. */
  flags: { opened: number; closed: number } | null;
}

/** A Report is what the figures of a month were when it was made; names too are of then. */
@Entity()
export class Report {
  @PrimaryColumn('uuid') id!: string;
  /** `2026-05` */
  @Column('text') month!: string;
  /** With those that were below it; null for the agency. */
  @Column('uuid') departmentId!: string | null;
  @Column('jsonb') figures!: ReportFigures;
  /** By the service clock. */
  @Column('timestamptz') madeAt!: Date;
}

/** What is published of a month is reckoned from the agency's report of it. */
defineFacts('report', {
  facts: {
    month: 'r.month',
    department_id: 'r.department_id',
    figures: hexDigest('r.figures::text'),
    made_at: isoTime('r.made_at'),
  },
});
