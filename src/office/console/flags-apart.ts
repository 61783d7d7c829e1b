import { Injectable } from '@nestjs/common';
import type { FlagList } from '../../core/flags/flags.schema.js';
import { closingBody, notingBody } from '../../core/flags/flags.schema.js';
import { FlagsService } from '../../core/flags/flags.service.js';
import { findings, type FlagKind } from '../../core/planning/flag.entity.js';
import { AccountRecords } from '../accounts/account-records.js';
import { actorText, changedText } from './contracts/history.js';
import type { Visit } from './visit.js';

/** FlagsApart shows auditors flags that are about no contract here, and lets them note what they learn and close them. */
@Injectable()
export class FlagsApart {
  constructor(
    private readonly flags: FlagsService,
    private readonly names: AccountRecords,
  ) {}

  async listOf(id: string): Promise<FlagList> {
    return { items: await this.flags.flagsOf(id), history: await this.flags.historyOf(id) };
  }

  /** Returns what the partial `flagsApart` shows. */
  async shown(visit: Visit, { items, history }: FlagList) {
    const { locale, shown } = visit;
    const actors = await this.names.namesOfActors([
      ...items.map(({ actor, closedBy }) => closedBy ?? actor),
      ...history.map(({ actor }) => actor),
    ]);
    const others = new Map<string, string>();
    return {
      flags: items.map((flag) => ({
        ...flag,
        changed: changedText(flag, { actors, others }, locale),
        closer: flag.closedBy && actorText(flag.closedBy, actors, locale),
      })),
      notes: history.map((step) => ({ ...step, who: actorText(step.actor, actors, locale) })),
      findings: visit.choices('contracts.finding-', findings),
      values: shown.values,
      problem: shown.problem,
    };
  }

  /** Notes something about the flags of a kind and, with a finding, closes those that are open. Returns what was done. */
  async look({ caller, form }: Visit, row: { contractId: string; kind: FlagKind }): Promise<string> {
    if (!form.has('finding')) {
      await this.flags.note(caller, form.read(notingBody, row));
      return 'flags-noted';
    }
    await this.flags.close(caller, form.read(closingBody, row));
    return 'flags-closed';
  }
}
