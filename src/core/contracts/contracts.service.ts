import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { AppError } from '../../platform/app-error.js';
import { ContractChanges } from './contract-changes.js';
import { ContractEditor, type HowToChange } from './contract-editor.js';
import { factsOf } from './contract-facts.js';
import type { ContractPatch, MoveBody, NewContract, NewOccurrence } from './contract.schema.js';
import type { ContractView } from './contract.view.js';
import { type Move, moved } from './lifecycle.js';
import { ReadingRulesService } from './reading-rules.js';
import { RegistrationService } from './registration.service.js';
import { StatedFacts } from './stated-facts.js';

/** What officers do with contracts. */
@Injectable()
export class ContractsService {
  constructor(
    private readonly editor: ContractEditor,
    private readonly changes: ContractChanges,
    private readonly registration: RegistrationService,
    private readonly stated: StatedFacts,
    private readonly rules: ReadingRulesService,
  ) {}

  async register(caller: Caller, input: NewContract, how: HowToChange): Promise<ContractView> {
    await this.stated.mustBeNameable(caller, input);
    const facts = factsOf(input, await this.rules.inForce());
    return this.editor.make(how, async () => {
      const contract = await this.registration.insertNew(facts, actorOf(caller));
      if (contract) return contract;
      throw new AppError(
        'conflict',
        'reference-taken',
        `A contract ${facts.reference} is registered already: change that one, or give this one its own reference.`,
      );
    });
  }

  async amend(caller: Caller, id: string, patch: ContractPatch, how: HowToChange): Promise<ContractView> {
    const { amendedOn, reason, value, ...fields } = patch;
    const altered = {
      ...definedOnly(fields),
      ...(value === undefined ? {} : { amount: value?.amount ?? null, currency: value?.currency ?? null }),
    };
    const by = { what: 'amended' as const, actor: actorOf(caller), reason: reason ?? null };
    return this.editor.edit(caller, id, how, async (contract) => {
      const { departmentId } = fields;
      // Whose it is already is not asked again: it may have come from where the caller sees nobody.
      const officerId = fields.officerId === contract.officerId ? null : fields.officerId;
      await this.stated.mustBeNameable(caller, { departmentId, officerId });
      await this.changes.alter(contract, altered, by);
      if (!amendedOn) return;
      const amendment = { amendedOn, note: by.reason, externalId: null };
      await this.changes.recordAmendment(contract, amendment, by.actor);
    });
  }

  async move(
    caller: Caller,
    id: string,
    move: Move,
    body: MoveBody,
    how: HowToChange,
  ): Promise<ContractView> {
    await this.stated.mustNotBeFarAhead(body.on, 'on');
    const by = {
      what: 'moved' as const,
      params: { move },
      actor: actorOf(caller),
      reason: body.reason ?? null,
    };
    return this.editor.edit(caller, id, how, async (contract) => {
      await this.changes.alter(contract, moved(contract, move, body.on), by);
    });
  }

  async recordOccurrence(
    caller: Caller,
    id: string,
    code: string,
    body: NewOccurrence,
    how: HowToChange,
  ): Promise<ContractView> {
    await this.stated.mustNotBeFarAhead(body.occurredOn, 'occurredOn');
    const occurrence = { code, ...body, note: body.note ?? null, externalId: null };
    return this.editor.edit(caller, id, how, async (contract) => {
      if (contract.state === 'draft') {
        throw new AppError(
          'conflict',
          'contract-is-draft',
          'Sign the contract first: nothing occurs in a draft.',
        );
      }
      await this.changes.occurred(contract, occurrence, actorOf(caller));
    });
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
