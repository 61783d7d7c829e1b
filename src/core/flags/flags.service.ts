import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { httpProblems } from '../../platform/http/http.words.js';
import { actorOf, type Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { Change } from '../proof/change.entity.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Flag, FlagCase, type FlagFinding, type FlagKind } from '../planning/flag.entity.js';
import type { AssigningBody, ClosingBody, FlagView, Looked, NotingBody } from './flags.schema.js';

/** So many flags and entries of their history are shown of a contract, the newest. */
const shownOfContract = 500;

type OfRow = Pick<ClosingBody, 'contractId' | 'kind'>;

/** The history of flags keeps this of each step. */
interface Step {
  kind: FlagKind;
  assignee?: string | null;
  finding?: FlagFinding;
  count?: number;
}

/**
 * FlagsService shows the flags of a contract to auditors, who give them to one of them, note what they learn, and close them.
 * Each step stands in the history; it is no part of the contract's own, which officers read.
 */
@Injectable()
export class FlagsService {
  private auditors: () => Promise<string[]> = () => Promise.resolve([]);

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
  ) {}

  /** Lets the part of the service that keeps accounts name those of auditors. Without it, flags are given to nobody. */
  knowAuditors(auditors: () => Promise<string[]>): void {
    this.auditors = auditors;
  }

  /** Lists the flags of a contract, newest first. */
  async flagsOf(contractId: string): Promise<FlagView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const flags = await this.database
      .repository(Flag)
      .find({ where: { contractId }, order: { id: 'DESC' }, take: shownOfContract });
    return flags.map(({ contractId: _contractId, at, closedAt, lost, ...flag }) => ({
      ...flag,
      at: zonedIso(at, timeZone),
      closedAt: closedAt && zonedIso(closedAt, timeZone),
      lost: lost.map((text) => ({ ...text, dueAt: zonedIso(new Date(text.dueAt), timeZone) })),
    }));
  }

  /** Lists what auditors did about the flags of a contract, newest first. */
  async historyOf(contractId: string): Promise<Looked[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<
      Pick<Change, 'at' | 'actor' | 'reason'> & { what: Looked['what']; after: Step }
    >(
      `SELECT what, after, actor, reason, at FROM change
       WHERE subject = 'flag' AND subject_id = $1 ORDER BY id DESC LIMIT ${shownOfContract}`,
      [contractId],
    );
    return rows.map(({ at, what, actor, reason: note, after }) => ({
      at: zonedIso(at, timeZone),
      what,
      actor,
      note,
      kind: after.kind,
      assignee: after.assignee ?? null,
      finding: after.finding ?? null,
      count: after.count ?? null,
    }));
  }

  /** Tells by kind which auditor looks after the flags of a contract. */
  async assigneesOf(contractId: string): Promise<Map<FlagKind, string | null>> {
    const cases = await this.database.repository(FlagCase).findBy({ contractId });
    return new Map(cases.map(({ kind, assignee }) => [kind, assignee]));
  }

  /** Gives the flags of a kind that a contract has to an auditor, or to nobody. Throws when that is no auditor who can sign in. */
  async assign(caller: Caller, { contractId, kind, assignee }: AssigningBody): Promise<void> {
    if (assignee !== null && !(await this.auditors()).includes(assignee))
      throw httpProblems.error('reference-unknown');
    await this.database.inTransaction(async () => {
      await this.requireFlags({ contractId, kind });
      await this.database.repository(FlagCase).upsert({ contractId, kind, assignee }, ['contractId', 'kind']);
      await this.step(caller, contractId, 'flag-assigned', { kind, assignee });
    });
  }

  async note(caller: Caller, { contractId, kind, note }: NotingBody): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.requireFlags({ contractId, kind });
      await this.step(caller, contractId, 'flag-noted', { kind }, note);
    });
  }

  /** Closes the flags of a kind that a contract has open, with what was found. Throws when it has none. */
  async close(caller: Caller, { contractId, kind, finding, note }: ClosingBody): Promise<number> {
    return this.database.inTransaction(async () => {
      const [closedAt, closedBy] = [await this.clock.now(), actorOf(caller)];
      const closed = await this.database.rows<{ id: string }>(
        `UPDATE flag SET closed_at = $3, closed_by = $4, finding = $5, note = $6
         WHERE contract_id = $1 AND kind = $2 AND closed_at IS NULL RETURNING id`,
        [contractId, kind, closedAt, closedBy, finding, note],
      );
      const { length: count } = closed;
      if (count === 0) throw notFound('flag that is open');
      await this.journal.state(
        'flag',
        closed.map(({ id }) => id),
      );
      await this.step(caller, contractId, 'flag-closed', { kind, finding, count }, note);
      return count;
    });
  }

  private async requireFlags(row: OfRow): Promise<void> {
    if (!(await this.database.repository(Flag).existsBy(row))) throw notFound('flag');
  }

  private step(
    caller: Caller,
    contractId: string,
    what: Looked['what'],
    after: Step,
    reason: string | null = null,
  ): Promise<void> {
    const entry = { subject: 'flag', subjectId: contractId, what, actor: actorOf(caller), reason };
    return this.journal.record({ ...entry, after: { ...after } });
  }
}
