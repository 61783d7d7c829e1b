import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ExportedMessage } from '../../core/log/exports.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import type { Cell, Columns, TableFile } from '../../platform/sheets/table-file.js';
import { hasWords } from '../../platform/words/words.js';
import { figuresTable, type CountedRow } from '../coverage/coverage-figures.js';
import type { CoveredMilestone, Dimension } from '../coverage/coverage.schema.js';
import { type Reason, reasonWords } from '../coverage/coverage.words.js';
import type { WorkRow } from '../work/work.schema.js';
import type { Head } from '../work/work.service.js';
import { FormChoices } from './choices.js';
import { keyName, percentOf } from './coverage/coverage-shown.js';
import type { Visit } from './visit.js';
import './exported.words.js';

/** An address asks for a list as a file by one more field. */
export const fileAsked = { format: z.enum(['csv', 'xlsx']).optional() };
export type FileFormat = 'csv' | 'xlsx';

interface Asked {
  format: FileFormat;
  from?: string | undefined;
  to?: string | undefined;
}

/** Writes a moment into a cell, which stays empty where there is none. */
export const at = (moment: string | null): Cell => (moment === null ? null : { moment });

/**
 * ExportedFiles describe the files that people take with them: headings, states and kinds in the reader's words, moments by the
 * clock of the agency. Programs get the same lists from the API, under names that stay as they are.
 */
@Injectable()
export class ExportedFiles {
  constructor(
    private readonly settings: SettingsService,
    private readonly choices: FormChoices,
  ) {}

  async messages(visit: Visit, asked: Asked): Promise<TableFile<ExportedMessage>> {
    const { locale } = visit;
    const departments = await this.choices.departmentNames(visit);
    // A code that several plans have stands for the name of the first.
    const milestones = new Map((await this.choices.milestoneNames(locale)).toReversed());
    const named = (names: Map<string, string>, codes: string[]) =>
      codes.map((code) => names.get(code) ?? code).join(', ');
    return this.describe(visit, { name: 'messages', title: visit.t('navigation.messages') }, asked, {
      due: ({ dueAt }) => at(dueAt),
      sent: ({ frozenAt }) => at(frozenAt),
      status: ({ statusText }) => statusText[locale],
      reason: ({ reason, reasonText }) => reasonText?.[locale] ?? reason,
      number: ({ number }) => number,
      contract: ({ contracts }) => contracts.join(', '),
      milestone: (row) => named(milestones, row.milestones),
      department: (row) => named(departments, row.departments),
      text: ({ text }) => text,
      language: (row) => visit.t(row.locale === 'ko' ? 'contracts.korean' : 'contracts.english'),
      templateVersion: ({ template }) => template.version,
      parts: ({ parts }) => parts,
      attempts: ({ attempts }) => attempts,
      provider: ({ provider }) => provider,
      sender: ({ sender }) => sender,
      country: ({ country }) => country,
      messageId: ({ id }) => id,
    });
  }

  milestones(visit: Visit, asked: Asked): Promise<TableFile<CoveredMilestone>> {
    const { locale } = visit;
    const title = visit.t('coverage.milestones');
    return this.describe<CoveredMilestone>(
      visit,
      { name: 'coverage-milestones', title: `${visit.t('navigation.coverage')} ${title}` },
      asked,
      {
        at: (row) => at(row.at),
        department: ({ department }) => department.name[locale],
        contract: ({ contract }) => contract.reference,
        title: ({ contract }) => contract.title,
        kind: ({ contract }) => visit.t(`kinds.${contract.kind}`),
        officer: ({ officer }) => officer?.name ?? visit.t('coverage.nobodyNamed'),
        milestone: ({ milestone }) => milestone.name?.[locale] ?? milestone.code,
        occurrence: ({ milestone }) => milestone.occurrence,
        outcome: ({ outcomeText }) => outcomeText[locale],
        reason: ({ reasonText }) => reasonText?.[locale] ?? null,
        neutral: ({ neutral }) => visit.t(neutral ? 'exported.yes' : 'exported.no'),
        counterparties: ({ counterparties }) => counterparties,
        untold: ({ untold }) => untold,
      },
      (rows) => this.choices.withOfficers(visit, rows),
    );
  }

  figures(visit: Visit, groupBy: Dimension[], asked: Asked): Promise<TableFile<CountedRow>> {
    const { locale } = visit;
    return this.describe<CountedRow>(
      visit,
      { name: 'coverage', title: visit.t('navigation.coverage') },
      asked,
      {
        ...figuresTable(
          groupBy,
          (row, by) => (by === 'month' ? (row.month ?? '') : keyName(row, by, locale)),
          visit.t('coverage.total'),
        ),
        share: ({ figures }) => percentOf(figures),
      },
      (rows) => this.choices.withOfficers(visit, rows),
    );
  }

  workList(visit: Visit, { list, name, todo }: Head, asked: Asked): Promise<TableFile<WorkRow>> {
    const { locale } = visit;
    return this.describe<WorkRow>(
      visit,
      { name: list, title: name[locale] },
      asked,
      {
        since: ({ since }) => at(since),
        days: ({ days }) => days,
        department: ({ department }) => department?.name[locale] ?? null,
        contract: ({ contract }) => contract?.reference ?? null,
        title: ({ contract }) => contract?.title ?? null,
        kind: ({ contract }) => contract && visit.t(`kinds.${contract.kind}`),
        state: ({ contract }) => contract && visit.t(`states.${contract.state}`),
        officer: ({ officer }) => officer?.name ?? null,
        contact: ({ contact }) => contact?.name ?? null,
        position: ({ contact }) => contact && positionText(contact.role, visit),
        number: ({ contact }) => contact?.number ?? null,
        what: ({ what }) => what[locale],
        todo: () => todo[locale],
      },
      (rows) => this.choices.withOfficers(visit, rows),
    );
  }

  /** Describes a file by its columns. `shown` prepares rows before they are written, a page of them at a time. */
  async describe<Row, Shown = Row>(
    visit: Visit,
    { name, title }: { name: string; title: string },
    { format, from, to }: Asked,
    columns: Columns<Shown>,
    shown: (rows: Row[]) => Promise<Shown[]> = (rows) => Promise.resolve(rows as unknown as Shown[]),
  ): Promise<TableFile<Row>> {
    const agency = (await this.settings.agency()).value.name;
    const zone = (await this.settings.calendar()).setting.timeZone;
    const period = from || to ? `${from ?? ''}~${to ?? ''}` : await this.settings.today();
    const cells = Object.values(columns);
    return {
      name: [title, agency[visit.locale], period].map(inFileName).join('_'),
      asciiName: [name, agency.en, period].map(inAscii).filter(Boolean).join('_'),
      format,
      headings: Object.keys(columns).map((column) => headingOf(column, visit, zone)),
      cellsOf: async (rows) => (await shown([...rows])).map((row) => cells.map((cellOf) => cellOf(row))),
      tooLong: visit.t('exported.tooLong'),
    };
  }
}

/** Columns of figures count what has one reason: `missed_no_contact`. */
function headingOf(column: string, visit: Visit, zone: string): string {
  const [, outcome, name] = /^(partly|missed)_(.+)$/.exec(column) ?? [];
  const reason = name?.replaceAll('_', '-');
  return reason === undefined
    ? visit.t(`exported.${column}`, { zone })
    : visit.t(`exported.${outcome}Because`, { reason: reasonWords[reason as Reason][visit.locale] });
}

function positionText(role: string | null, visit: Visit): string | null {
  return role !== null && hasWords(`positions.${role}`) ? visit.t(`positions.${role}`) : role;
}

/** Leaves out what the names of files cannot hold, and the line between their parts. */
function inFileName(part: string): string {
  return part.replace(/[\\/:*?"<>|_\p{Cc}]+/gu, ' ').trim();
}

function inAscii(part: string): string {
  return part.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
}
