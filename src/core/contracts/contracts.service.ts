import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, isSystem } from '../access/roles.js';
import { AppError, type FieldProblem } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import type { Correction, Difference, RecordedOccurrence } from '../planning/planning.types.js';
import { Proposals, secondPersons } from '../proposals/proposals.service.js';
import { ContractChanges } from './contract-changes.js';
import { type ContractFacts, FactsRules } from './contract-facts.js';
import { ContractRevisions } from './contract-revisions.js';
import type { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';
import {
  type ContractPatch,
  moneyColumns,
  type MoveBody,
  type NewContract,
  type NewOccurrence,
} from './contract.schema.js';
import { type ContractView, ContractViewer } from './contract.view.js';
import { contractProblems } from './contracts.words.js';
import { type Move, stateAfter } from './lifecycle.js';
import { requireRisingRevision } from './validity.js';

interface HowToChange {
  caller: Caller;
  /** A dry run answers what the change would do, and changes nothing. */
  dryRun: boolean;
  /** Whether odd dates are refused until a person confirms them: programs find them in the answer. */
  unasked?: boolean;
}

/** An Edit says which contract is changed, and by whom. */
export interface Edit extends HowToChange {
  id: string;
  /** The entity tag's number that the caller last saw; null when they do not say. */
  ifVersion?: number | null;
  /** Why; it may be left out where nobody loses a text by the change. */
  reason?: string | null;
  /** The body's fields that hold it, and the day, where they have other names. */
  reasonField?: 'note';
  dayField?: 'on';
  /** The second person who has approved it; without one, what keeps somebody from being told waits. */
  approvedBy?: string;
}

/** The acts that change a contract, by the names under which they wait. */
type ContractAct =
  | keyof Omit<ContractsService, 'register'>
  | 'addCounterparty'
  | 'addContact'
  | 'changeContact'
  | 'removeContact';

/** A Changing is an edit as data, with the work that it comes to. */
interface Changing {
  act: ContractAct;
  args: unknown[];
  work: (contract: Contract, actor: string) => Promise<void>;
}

/** ContractEditor runs one change of a contract in one transaction: seen, locked, altered, planned again and answered. */
@Injectable()
export class ContractEditor {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly changes: ContractChanges,
    private readonly viewer: ContractViewer,
    private readonly proposals: Proposals,
    private readonly rules: FactsRules,
  ) {}

  /** Changes a contract. What keeps somebody from being told waits for a second person: the contract is answered as it is. */
  async edit(edit: Edit, { act, args, work }: Changing): Promise<ContractView> {
    await this.reader.requireVisible(edit.caller, edit.id);
    const whole = () => this.make(edit, (actor) => this.change(edit, work, actor));
    if (edit.dryRun || edit.approvedBy !== undefined) return whole();
    const asked = {
      name: act,
      args,
      contractId: edit.id,
      reason: edit.reason ?? null,
      deciders: secondPersons,
    };
    const { result, proposalId } = await this.proposals.doOrPropose(edit.caller, asked, lossShown, whole);
    if (proposalId === null) return result;
    const standing = await this.viewer.view(await this.reader.requireVisible(edit.caller, edit.id));
    return { ...result, ...standing, proposal: { id: proposalId } };
  }

  /** Runs the work in a transaction; what a dry run did is undone. */
  make<T>({ caller, dryRun }: HowToChange, work: (actor: string) => Promise<T>): Promise<T> {
    const whole = () => this.database.together(() => work(actorOf(caller)));
    return dryRun ? this.database.rehearse(whole) : this.database.inTransaction(whole);
  }

  private async change(edit: Edit, work: Changing['work'], actor: string): Promise<ContractView> {
    const { dryRun, reason = null, reasonField, approvedBy = null } = edit;
    const contract = await this.lockVersion(edit);
    const was = { ...contract };
    await work(contract, actor);
    const questions = await this.rules.askOddPeriods(edit, contract, was);
    const parties = await this.reader.partiesOf([contract.id]);
    const how = { known: parties, areAltered: contract.version !== was.version };
    const difference = await this.changes.replanOne(contract, { actor, reason, approvedBy }, how);
    if (!dryRun && !reason) requireNoLoss(difference, reasonField);
    return {
      ...(await this.viewer.view(contract, parties)),
      difference: await this.viewer.differenceOf(difference),
      ...questionsShown(questions),
    };
  }

  private async lockVersion({ id, ifVersion }: Edit): Promise<Contract> {
    const [contract] = await this.reader.lockContracts([id]);
    if (!contract) throw new Error('a contract vanished');
    const { version } = contract;
    if ((ifVersion ?? version) !== version) throw contractProblems.error('contract-changed', { version });
    return contract;
  }
}

/** ContractsService does what officers do with contracts: it registers, amends and moves them, and records occurrences. */
@Injectable()
export class ContractsService {
  constructor(
    private readonly database: Database,
    private readonly editor: ContractEditor,
    private readonly changes: ContractChanges,
    private readonly revisions: ContractRevisions,
    private readonly rules: FactsRules,
    private readonly viewer: ContractViewer,
  ) {}

  async register(how: HowToChange, input: NewContract): Promise<ContractView> {
    return this.editor.make(how, async (actor) => {
      await this.rules.requireNameable(how.caller, input);
      if (input.source !== 'agency' || input.revision !== 0) requireSystem(how.caller);
      const facts = await this.rules.read((reading) => reading.contract(input));
      const questions = await this.rules.askOddPeriods(how, facts);
      const view = await this.viewer.viewNew(await this.registerOrNote(how, facts, actor));
      return { ...view, ...questionsShown(questions) };
    });
  }

  async amend(edit: Edit, patch: ContractPatch): Promise<ContractView> {
    const { amendedOn, reason = null, value, ...fields } = patch;
    const altered = { ...fields, ...(value === undefined ? {} : moneyColumns(value)) };
    const work = async (contract: Contract, actor: string) => {
      const { departmentId } = fields;
      // Whose it is already is not asked again: it may have come from where the caller sees nobody.
      const officerId = fields.officerId === contract.officerId ? null : fields.officerId;
      await this.rules.requireNameable(edit.caller, { departmentId, officerId });
      const { revision = contract.revision } = fields;
      if (revision !== contract.revision) requireSystem(edit.caller);
      requireRisingRevision(revision, contract.revision);
      const by = { what: 'amended' as const, actor, reason, approvedBy: edit.approvedBy ?? null };
      await this.changes.alter(contract, altered, by);
      if (!amendedOn) return;
      await this.changes.requireOccurrenceDay(contract, amendedOn, 'amendedOn');
      await this.changes.recordAmendment(contract, { amendedOn, note: reason, externalId: null }, actor);
    };
    return this.editor.edit({ ...edit, reason }, { act: 'amend', args: [patch], work });
  }

  async move(edit: Edit, move: Move, body: MoveBody): Promise<ContractView> {
    const { on, reason = null } = body;
    await this.rules.requireNearDay(on, 'on');
    const work = async (contract: Contract, actor: string) => {
      if (endings.includes(move) && edit.caller.role !== 'auditor')
        await this.revisions.requireNotWaiting(contract);
      const by = { what: 'moved' as const, params: { move }, actor, reason };
      await this.changes.alter(contract, stateAfter(contract, move, on), by);
    };
    return this.editor.edit({ ...edit, reason, dayField: 'on' }, { act: 'move', args: [move, body], work });
  }

  async recordOccurrence(edit: Edit, code: string, occurrence: NewOccurrence): Promise<ContractView> {
    const { occurredOn, note = null } = occurrence;
    const work = async (contract: Contract, actor: string) => {
      if (contract.state === 'draft') throw contractProblems.error('contract-is-draft');
      await this.changes.requireOccurrenceDay(contract, occurredOn);
      await this.changes.recordOccurrence(contract, { code, occurredOn, note, externalId: null }, actor);
    };
    const changing = { act: 'recordOccurrence' as const, args: [code, occurrence], work };
    return this.editor.edit({ ...edit, reason: note, reasonField: 'note' }, changing);
  }

  /** `reason` is null in a preview, which is shown before anybody gives one. */
  async correctOccurrence(edit: Edit, occurrence: Correction, reason: string | null): Promise<ContractView> {
    const work = async (contract: Contract, actor: string) => {
      if (occurrence.occurredOn !== undefined)
        await this.changes.requireOccurrenceDay(contract, occurrence.occurredOn);
      await this.changes.correctOccurrence(contract, occurrence, { actor, reason });
    };
    const args = [occurrence, reason];
    return this.editor.edit({ ...edit, reason }, { act: 'correctOccurrence', args, work });
  }

  async withdrawOccurrence(
    edit: Edit,
    occurrence: Omit<RecordedOccurrence, 'occurredOn'>,
    reason: string | null,
  ): Promise<ContractView> {
    const work = (contract: Contract, actor: string) =>
      this.changes.withdrawOccurrence(contract, occurrence, { actor, reason });
    const args = [occurrence, reason];
    return this.editor.edit({ ...edit, reason }, { act: 'withdrawOccurrence', args, work });
  }

  private async registerOrNote({ dryRun }: HowToChange, facts: ContractFacts, actor: string) {
    try {
      return await this.revisions.register(facts, actor);
    } catch (error) {
      if (!dryRun && error instanceof AppError && error.code === 'reference-taken')
        this.database.afterFailure(() => this.revisions.noteRefused(facts, actor));
      throw error;
    }
  }
}

function questionsShown(questions: FieldProblem[]): Pick<ContractView, 'questions'> {
  if (questions.length === 0) return {};
  return { questions: questions.map(({ path, code, message }) => ({ path, code, message })) };
}

/** The moves by which a contract leaves the work lists. */
const endings: readonly Move[] = ['complete', 'terminate'];

const lossShown = ({ difference }: ContractView) => difference?.lost ?? [];

/** Throws `reason-needed`: whoever keeps somebody from being told says why. */
function requireNoLoss({ lost }: Difference, field: Edit['reasonField'] | 'reason' = 'reason'): void {
  if (lost.length === 0) return;
  const people = new Set(lost.map(({ contactId }) => contactId)).size;
  throw contractProblems.error(
    'reason-needed',
    { people },
    { fields: [contractProblems.field(field, 'reason-needed.field')] },
  );
}

/** Throws `identity-not-yours` for people, and for keys of officers: what tells contracts and revisions apart is a system's to set. */
function requireSystem(caller: Caller): void {
  if (!isSystem(caller)) throw contractProblems.error('identity-not-yours');
}
