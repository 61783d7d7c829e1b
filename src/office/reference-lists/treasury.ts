import { Injectable } from '@nestjs/common';
import { daysBetween } from '../../core/calendar/local-date.js';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import { listActor } from '../../core/contracts/contract-revisions.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import type { Contract } from '../../core/contracts/contract.entity.js';
import { contractProblems } from '../../core/contracts/contracts.words.js';
import { Flags } from '../../core/planning/flags.js';
import { isNear, listedId } from '../../core/planning/late-records.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { AppError } from '../../platform/app-error.js';
import { breathe } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import type { Finding } from '../../platform/findings.js';
import { refusedFinding } from '../imports/import-problems.words.js';
import { type RowProblem, rowProblem, type Weight } from '../imports/import.types.js';
import { plainReference } from './comparing.js';
import { happenedBy, type StatedPayment } from './payments-sheet.js';
import type { ReferenceList } from './reference-list.entities.js';
import { listFinding, listProblems } from './reference-lists.words.js';

/** Happened is one thing that a row states of a contract here. */
interface Happened {
  payment: StatedPayment;
  contractId: string;
  code: string;
  occurredOn: string;
}

/** An occurrence that stands here; what a list gave has an id that says how the list stated it. */
interface Recorded {
  code: string;
  occurredOn: string;
  externalId: string | null;
}

type PlanOf = Pick<Contract, 'planName' | 'planVersion'>;

/** Taken is what came of one thing that a sheet states, or of the rows that state nothing of a contract here. */
interface Taken {
  isNew: boolean;
  isFlagged: boolean;
  problems: RowProblem[];
}

const nothing = { isNew: false, isFlagged: false };

/** Treasury records what another system paid or inspected and no officer recorded, so that silence ends. It never takes back or moves anything. */
@Injectable()
export class Treasury {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly changes: ContractChanges,
    private readonly settings: SettingsService,
    private readonly flags: Flags,
  ) {}

  /** Records what a sheet states, one after the other, and says after each what came of it. */
  async *record(list: ReferenceList, payments: StatedPayment[]): AsyncGenerator<Taken> {
    const problems: RowProblem[] = [];
    const sheet = new Sheet(list.id, await this.happenedIn(payments, problems));
    yield { ...nothing, problems };
    for (const one of sheet.inOrder) {
      yield await this.tryOne(list, sheet, one);
      await breathe();
    }
  }

  private async tryOne(list: ReferenceList, sheet: Sheet, one: Happened): Promise<Taken> {
    try {
      const { finding, ...taken } = await this.database.inTransaction(() => this.recordOne(list, sheet, one));
      return { ...taken, problems: finding ? [problemOf(one.payment, finding, 'information')] : [] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...nothing, problems: [problemOf(one.payment, refusedFinding('occurrence-refused', error))] };
    }
  }

  /** Finds the contracts of rows and the milestones of their plans. */
  private async happenedIn(payments: StatedPayment[], problems: RowProblem[]): Promise<Happened[]> {
    const contracts = await this.contractsOf([...new Set(payments.map(({ reference }) => reference))]);
    const found: Happened[] = [];
    for (const payment of payments) {
      const contract = contracts.get(payment.reference);
      const { reference, kind } = payment;
      if (!contract) {
        problems.push(problemOf(payment, listFinding('payment-contract-unknown', { reference })));
        continue;
      }
      const plan = (await this.settings.plan(contract.planName, contract.planVersion)).value;
      const happened = happenedBy(plan, payment);
      if (happened.length === 0)
        problems.push(problemOf(payment, listFinding('payment-kind-unknown', { reference, kind })));
      found.push(...happened.map((one) => ({ ...one, payment, contractId: contract.id })));
    }
    return found;
  }

  /** Returns the one contract of each reference: the one that a list's record of it is taken for, else that of the same reference. */
  private async contractsOf(references: string[]) {
    const rows = await this.database.rows<PlanOf & { reference: string; id: string }>(
      `WITH wanted AS MATERIALIZED (SELECT reference, ${plainReference('reference')} AS plain FROM unnest($1::text[]) AS w (reference)),
         listed AS MATERIALIZED (
           SELECT w.reference, r.contract_id FROM wanted w JOIN reference_record r ON ${plainReference('r.reference')} = w.plain
           WHERE r.matched_by IS NOT NULL),
         meant AS (
           SELECT reference, contract_id FROM listed
           UNION SELECT w.reference, c.id FROM wanted w JOIN contract c ON ${plainReference('c.reference')} = w.plain
                 WHERE w.reference NOT IN (SELECT reference FROM listed))
       SELECT m.reference, (array_agg(c.id))[1] AS id, min(c.plan_name) AS plan_name, min(c.plan_version) AS plan_version
       FROM meant m JOIN contract c ON c.id = m.contract_id WHERE c.state <> 'draft'
       GROUP BY m.reference HAVING count(*) = 1`,
      [references],
    );
    return new Map(rows.map((row) => [row.reference, row]));
  }

  /** Records what is not recorded yet, as an officer would have; throws what would refuse an officer, and what would put off a text. */
  private async recordOne(list: ReferenceList, sheet: Sheet, one: Happened) {
    const { contractId, code, occurredOn } = one;
    const [contract] = await this.reader.lockContracts([contractId]);
    if (!contract) throw new Error('a contract vanished');
    const known = sheet.knownAs(one, await this.recordedOf(contractId));
    if (known) return { ...nothing, finding: known.finding };
    if (contract.state === 'draft') throw contractProblems.error('contract-is-draft');
    await this.changes.requireOccurrenceDay(contract, occurredOn);
    const actor = listActor;
    const occurrence = { code, occurredOn, note: null, externalId: sheet.idOf(one) };
    await this.changes.recordOccurrence(contract, occurrence, actor, 'hand');
    const { lost } = await this.changes.replanOne(contract, { actor, reason: list.name });
    if (lost.length > 0) throw listProblems.error('payment-puts-off', { reference: contract.reference });
    const days = daysBetween(occurredOn, await this.settings.today());
    const isFlagged = days > list.graceDays;
    const { departmentId, officerId } = contract;
    const changed = [
      { field: 'milestone', from: null, to: code },
      { field: 'occurredOn', from: null, to: occurredOn },
      { field: 'daysUnrecorded', from: null, to: String(days) },
    ];
    if (isFlagged)
      await this.flags.write([
        {
          contractId,
          kind: 'not-recorded',
          actor,
          reason: list.name,
          departmentId,
          officerId,
          lost: [],
          changed,
        },
      ]);
    return { isNew: true, isFlagged, finding: null };
  }

  private recordedOf(contractId: string): Promise<Recorded[]> {
    return this.database.rows(
      `SELECT code, occurred_on::text, external_id FROM milestone WHERE contract_id = $1 AND occurred_on IS NOT NULL`,
      [contractId],
    );
  }
}

/** A Sheet is all that one sheet states, by which its rows are told from each other and from those of earlier sheets. */
class Sheet {
  readonly inOrder: Happened[];
  private readonly idStart: string;
  /** What earlier sheets stated, and a row of this one was taken for already. */
  private readonly replaced = new Set<string>();

  constructor(listId: string, happened: Happened[]) {
    this.idStart = `${listedId}${listId}:`;
    this.inOrder = happened.toSorted((a, b) => (a.occurredOn < b.occurredOn ? -1 : 1));
  }

  idOf({ payment: { number }, occurredOn }: Happened): string {
    return `${this.idStart}${number}:${occurredOn}`;
  }

  /**
   * Returns null for what nobody has recorded. Else it is recorded within a few days of it; or this list gave it before, under the
   * same number, or on a day in the sheet's span that no row states any more: then the row was revised, and the finding says so.
   */
  knownAs(one: Happened, recorded: Recorded[]): { finding: Finding | null } | null {
    const ofCode = recorded.filter(({ code }) => code === one.code);
    if (ofCode.some(({ occurredOn }) => isNear(occurredOn, one.occurredOn))) return { finding: null };
    const { number, reference } = one.payment;
    const given = ofCode
      .flatMap(({ externalId }) => this.givenAs(externalId))
      .filter((earlier) => earlier.number === number);
    const same = given.find(({ day }) => number !== '' || isNear(day, one.occurredOn));
    const revised = same ?? given.find(({ day }) => this.isReplaced(one, day));
    if (!revised) return null;
    this.replaced.add(`${one.contractId} ${one.code} ${revised.day}`);
    if (revised.day === one.occurredOn) return { finding: null };
    return { finding: listFinding('payment-moved', { reference, known: revised.day }) };
  }

  private givenAs(externalId: string | null): { number: string; day: string }[] {
    if (!externalId?.startsWith(this.idStart)) return [];
    return [{ number: externalId.slice(this.idStart.length, -11), day: externalId.slice(-10) }];
  }

  private isReplaced({ contractId, code }: Happened, day: string): boolean {
    const [first, last] = [this.inOrder[0]?.occurredOn ?? '', this.inOrder.at(-1)?.occurredOn ?? ''];
    const isStated = this.inOrder.some(
      (other) => other.contractId === contractId && other.code === code && isNear(other.occurredOn, day),
    );
    return day >= first && day <= last && !isStated && !this.replaced.has(`${contractId} ${code} ${day}`);
  }
}

function problemOf(
  { line, reference }: StatedPayment,
  finding: Finding,
  weight: Weight = 'warning',
): RowProblem {
  return rowProblem({ line, value: reference }, finding, weight);
}
