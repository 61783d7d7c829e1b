import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import type { Caller } from '../access/roles.js';
import type { Waiting } from '../access/second-look.js';
import type { CalendarSetting } from '../calendar/calendar.schema.js';
import { ContractChanges } from '../contracts/contract-changes.js';
import type { Contract } from '../contracts/contract.entity.js';
import { ContractReader } from '../contracts/contract.reader.js';
import type { Difference } from '../planning/planning.types.js';
import { type ChangeEntry, Journal } from '../proof/journal.service.js';
import { SettingActs } from '../settings/setting-acts.js';
import { SettingsService, type Versioned } from '../settings/settings.service.js';
import { CalendarPreview } from './calendar-preview.js';
import type { CalendarPreviewQuery, CalendarPreviewView } from './replanning.schema.js';
import { mayMove } from './may-move.js';

/** One transaction plans so many contracts: others who change one of them wait for a fraction of a second. */
const batchContracts = 100;

/** Whoever puts a calendar waits for so long until their contracts are planned by it; a sweep does the rest. */
const waitMs = 3000;

const nilId = '00000000-0000-0000-0000-000000000000';

type Behind = Pick<Contract, 'id'> & { calendarVersion: number };

/**
 * Replanning plans contracts again that were planned by an older calendar. Each carries the version that it was planned by, so
 * that one which was registered meanwhile, or that a crash has left out, is found by the next sweep.
 */
@Injectable()
export class Replanning {
  private readonly logger = new Logger(Replanning.name);

  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly reader: ContractReader,
    private readonly changes: ContractChanges,
    private readonly journal: Journal,
  ) {}

  /** Plans contracts by the calendar in force, batch by batch, for so many milliseconds. */
  async catchUp(forMs: number, stopping?: AbortSignal): Promise<void> {
    const end = performance.now() + forMs;
    let last: Behind = { id: nilId, calendarVersion: 0 };
    while (performance.now() < end && !stopping?.aborted) {
      const behind: Behind[] = await this.database.rows(
        `SELECT id, calendar_version FROM contract
         WHERE calendar_version < (SELECT max(version) FROM setting WHERE name = 'calendar')
           AND (calendar_version, id) > ($1, $2)
         ORDER BY calendar_version, id LIMIT ${batchContracts}`,
        [last.calendarVersion, last.id],
      );
      const ids = behind.map(({ id }) => id);
      if (ids.length === 0) return;
      const fit = await this.reader.countThatFit(ids);
      last = behind[fit - 1] ?? last;
      await this.replanAll(ids.slice(0, fit)).catch(() => this.replanEach(ids.slice(0, fit)));
    }
  }

  /** A contract that cannot be planned keeps its alerts as they are, and holds up no other. */
  private async replanEach(ids: string[]): Promise<void> {
    for (const id of ids)
      await this.replanAll([id]).catch((error: unknown) =>
        this.logger.warn(
          { err: error, contractId: id },
          'a contract cannot be planned by the calendar in force',
        ),
      );
  }

  private replanAll(ids: string[]): Promise<void> {
    return this.database.inTransaction(async () => {
      const calendar = await this.settings.inForce<CalendarSetting>('calendar');
      const contracts = (await this.reader.lockContracts(ids)).filter(
        ({ calendarVersion }) => calendarVersion !== null && calendarVersion < calendar.version,
      );
      const rows = await this.database.rows<{ id: string }>(
        `SELECT id FROM contract WHERE id = ANY($1) AND ${mayMove}`,
        [contracts.map(({ id }) => id)],
      );
      const open = new Set(rows.map(({ id }) => id));
      const by = { actor: calendar.actor, reason: null };
      const differences = await this.changes.replan(
        contracts.filter(({ id }) => open.has(id)),
        by,
      );
      await this.changes.noteCalendar(contracts.filter(({ id }) => !open.has(id)));
      await this.journal.record(...[...differences].flatMap(([id, found]) => entryOf(id, found, calendar)));
    });
  }
}

function entryOf(
  contractId: string,
  difference: Difference,
  { version, actor }: Versioned<unknown>,
): ChangeEntry[] {
  const after = {
    moved: difference.moved.length,
    added: difference.added.length,
    cancelled: difference.cancelled.length,
  };
  if (after.moved + after.added + after.cancelled === 0) return [];
  const what = { what: 'calendar-applied' as const, params: { version }, after, actor };
  return [{ subject: 'contract', subjectId: contractId, contractId, ...what }];
}

/** CalendarService puts a calendar in force, and shows before what it would move. */
@Injectable()
export class CalendarService {
  constructor(
    database: Database,
    private readonly settings: SettingsService,
    private readonly previews: CalendarPreview,
    private readonly acts: SettingActs,
    replanning: Replanning,
  ) {
    acts.putBy('calendar', (...put) =>
      database.inTransaction(async () => {
        database.afterCommit(() => replanning.catchUp(waitMs));
        return settings.put(...put);
      }),
    );
  }

  /**
   * Makes the next version, by which every contract is planned again, those of a large agency in the background. It waits
   * for a second person where the agency has one.
   */
  async put(
    caller: Caller,
    value: CalendarSetting,
    reason: string | null = null,
  ): Promise<Versioned<unknown> | Waiting> {
    return this.acts.put(caller, 'calendar', await this.withTerms(value), reason);
  }

  /** Shows which planned alerts would move. Throws what `put` would throw. */
  async preview(value: CalendarSetting, query: CalendarPreviewQuery): Promise<CalendarPreviewView> {
    const wanted = await this.settings.requirePuttable('calendar', await this.withTerms(value));
    return this.previews.preview(wanted as CalendarSetting, query);
  }

  /**
   * Keeps the statutory terms in force where a calendar says nothing of them; an empty list takes them away. A calendar that
   * cannot be read has none to keep: it is to be replaced.
   */
  private async withTerms(value: CalendarSetting): Promise<CalendarSetting> {
    if (value.terms) return value;
    try {
      const { terms } = (await this.settings.inForce<CalendarSetting>('calendar')).value;
      return terms ? { ...value, terms } : value;
    } catch (error) {
      if (error instanceof AppError && error.code === 'setting-unreadable') return value;
      throw error;
    }
  }
}
