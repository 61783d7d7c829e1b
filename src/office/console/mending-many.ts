import { Injectable } from '@nestjs/common';
import { contactPatchSchema, newOccurrenceSchema } from '../../core/contracts/contract.schema.js';
import type { ContractView } from '../../core/contracts/contract.view.js';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import { ContractsService } from '../../core/contracts/contracts.service.js';
import { AppError } from '../../platform/app-error.js';
import { parsed } from '../../platform/http/schema.pipe.js';
import type { WorkRow } from '../work/work.schema.js';
import { ContractInPage } from './contracts/contract.pages.js';
import type { differenceShown } from './contracts/plan-shown.js';
import { type ShownProblem, shownProblem } from './form.js';
import type { Visit } from './visit.js';

/** Lists whose rows are mended where they stand, and the field of a row that says how. */
const typedIn: Partial<Record<string, Field['kind']>> = {
  'no-number': 'phone',
  'dead-numbers': 'phone',
  unrecorded: 'day',
};

/** Field is where a row's number or day is typed: its name says of which contract it is, and of which contact or milestone. */
export interface Field {
  name: string;
  kind: 'phone' | 'day';
}

/** Left is a row that is not mended yet: what is wrong with it, or what mending it would do to somebody today. */
interface Left {
  problem?: ShownProblem;
  found?: ReturnType<typeof differenceShown>;
}

/** Rows that are left, by the names of their fields. */
export type RowsLeft = ReadonlyMap<string, Left>;

/** MendingMany mends what people typed into the rows of a work list, each row by itself: one that fails keeps no other back. */
@Injectable()
export class MendingMany {
  constructor(
    private readonly contacts: ContactsService,
    private readonly contracts: ContractsService,
    private readonly inPage: ContractInPage,
  ) {}

  /** Returns the rows that are left, how many are mended, and whether any of these waits for a second person. */
  async mend(visit: Visit, list: string): Promise<{ left: RowsLeft; mended: number; waits: boolean }> {
    const left = new Map<string, Left>();
    let [mended, waits] = [0, false];
    for (const name of fieldsSent(visit, list)) {
      const done = await this.mendRow(visit, name).catch((error: unknown): Left => {
        if (!(error instanceof AppError)) throw error;
        return { problem: shownProblem(error, visit.locale) };
      });
      if ('id' in done) [mended, waits] = [mended + 1, waits || Boolean(done.proposal)];
      else left.set(name, done);
    }
    return { left, mended, waits };
  }

  private async mendRow({ caller, form }: Visit, name: string): Promise<ContractView | Left> {
    const [kind, id = '', of = ''] = name.split('.');
    const edit = { caller, id, dryRun: false };
    if (kind === 'phone') {
      const patch = parsed(contactPatchSchema, { phone: form.text(name), reason: form.text('reason') });
      const isSeen = form.text(`seen.${name}`) === patch.phone;
      const change = (dryRun: boolean) => this.contacts.changeContact({ ...edit, dryRun }, of, patch);
      const done = await this.inPage.saveUnlessFelt(change, { isSeen, renumbered: of });
      return 'saved' in done ? done.saved : done;
    }
    const occurrence = parsed(newOccurrenceSchema, {
      occurredOn: form.text(name),
      note: form.text('reason'),
    });
    return this.contracts.recordOccurrence(edit, of, occurrence);
  }
}

/** Returns the field into which a row's number or day is typed. */
export function fieldOf(list: string, { contract, contact, facts }: WorkRow): Field | null {
  const kind = typedIn[list];
  const of = kind === 'phone' ? contact?.id : facts['milestone'];
  return kind && contract && typeof of === 'string'
    ? { name: [kind, contract.id, of].join('.'), kind }
    : null;
}

/** Returns the fields that somebody filled in: a number, or a day whose row is ticked. */
function fieldsSent({ form }: Visit, list: string): string[] {
  const kind = typedIn[list];
  return Object.keys(form.values()).filter(
    (name) =>
      /^(phone|day)\.[0-9a-f-]{36}\.[\w-]{1,60}$/.test(name) &&
      name.startsWith(`${kind}.`) &&
      form.has(kind === 'day' ? `take.${name}` : name),
  );
}
