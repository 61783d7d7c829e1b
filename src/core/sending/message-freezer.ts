import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Contact } from '../contracts/contract.entity.js';
import { AlertStates, type ClaimedAlert } from '../planning/alert-states.js';
import type { Alert } from '../planning/planning.entities.js';
import { SettingsService } from '../settings/settings.service.js';
import { smsLength } from '../texts/lengths.js';
import { compileTemplate } from '../texts/rendering.js';
import { TemplatesService } from '../texts/templates.service.js';
import { type SubjectFacts, VariablesService } from '../texts/variables.service.js';
import { AttemptStates, type OpenAttempt } from './attempt-states.js';
import type { Situation } from './brakes.service.js';
import { MessageStates, type MessageToFreeze } from './message-states.js';

/** Composed is one text to one number, for one alert or a digest of several. */
export interface Composed {
  alertIds: string[];
  templateKey: string;
  message: MessageToFreeze;
}

interface Uncomposable {
  alertIds: string[];
  why: string;
}

/** An Ingredient holds what the text of an alert is made of. */
interface Ingredient
  extends
    SubjectFacts,
    Pick<Alert, 'id' | 'wording' | 'dueAt' | 'dueDay'>,
    Pick<Contact, 'phoneSealed' | 'phoneIndex' | 'phoneCountry'> {
  shard: number;
  numberIndex: Buffer;
  contactId: string;
}

/** TextComposer makes the texts of claimed alerts. One that cannot be made does not hold up the others. */
@Injectable()
export class TextComposer {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  /** Composes one message for each group of alerts, given by their ids. */
  async composeMessages(
    groups: string[][],
    { provider, now }: Pick<Situation, 'provider' | 'now'>,
  ): Promise<{ composed: Composed[]; failed: Uncomposable[] }> {
    const ingredients = await this.gather(groups.flat());
    const templates = await this.templates.inForce();
    const variables = await this.variables.from(provider.sender);
    const origin = { provider: provider.name, sender: provider.sender, serviceTime: now };
    const composed: Composed[] = [];
    const failed: Uncomposable[] = [];
    for (const group of groups) {
      // In the order in which they fell due, so that a digest of a restored database reads as it did in the other life.
      const parts = ingredients.filter(({ id }) => group.includes(id));
      try {
        const { template, ...text } = await this.composeText(parts, templates, variables);
        const message = { ...text, ...origin, id: newId(), templateVersionId: template.id };
        composed.push({ alertIds: group, templateKey: template.key, message });
      } catch (error) {
        failed.push({ alertIds: group, why: error instanceof Error ? error.message : String(error) });
      }
    }
    return { composed, failed };
  }

  private gather(alertIds: string[]): Promise<Ingredient[]> {
    return this.database.rows<Ingredient>(
      `SELECT a.id, m.code, m.date, a.wording, a.due_at, a.due_day, a.shard,
              c.reference, c.title, c.kind, c.plan_name, c.plan_version,
              d.name AS department_name, d.name_en AS department_name_en, p.id AS contact_id,
              p.phone_sealed, p.phone_index, p.phone_country,
              a.number_index, p.locale
       FROM alert a JOIN milestone m ON m.id = a.milestone_id JOIN contract c ON c.id = a.contract_id
         JOIN department d ON d.id = c.department_id JOIN contact p ON p.id = a.contact_id
       WHERE a.id = ANY($1) ORDER BY a.due_at, a.id`,
      [alertIds],
    );
  }

  private async composeText(
    parts: Ingredient[],
    templates: Awaited<ReturnType<TemplatesService['inForce']>>,
    variables: Awaited<ReturnType<VariablesService['from']>>,
  ) {
    const [first] = parts;
    if (!first) throw new Error('its contract or contact is gone');
    if (!first.phoneSealed || !first.phoneIndex?.equals(first.numberIndex)) {
      throw new Error('its contact has another number now');
    }
    const { locale, kind, code, wording, dueDay: day, reference, numberIndex, shard } = first;
    const isDigest = parts.length > 1;
    const template = isDigest
      ? templates.digest(locale)
      : templates.choose({ locale, kind, milestone: code, wording });
    const text = compileTemplate(template.body)(
      isDigest
        ? variables.digest(locale, { count: parts.length, day, reference })
        : variables.milestone(await this.variables.subjectOf(first)),
    );
    const place = { table: 'contact', column: 'phone_sealed', rowId: first.contactId };
    return {
      to: this.sealer.open(first.phoneSealed, place),
      numberIndex,
      country: first.phoneCountry,
      shard,
      locale,
      template,
      dueAt: new Date(Math.min(...parts.map((part) => part.dueAt.getTime()))),
      ...measured(text),
    };
  }
}

interface FreezeRequest {
  claimId: string;
  /** Ids of alerts; one group becomes one message. */
  groups: string[][];
  situation: Situation;
  /** Set for what the database's other life may have sent: the attempts are born ambiguous, and nothing is called. */
  suspectFrom: Date | null;
}

/** These are the waits of an alert whose number has an attempt under way, or whose sending is paused. */
const lookAgainSeconds = { numberBusy: 2, paused: 30 };

/**
 * MessageFreezer freezes messages and commits their attempts, before any call. What it returns is all that may be
 * called; whatever becomes of the process afterwards, the attempt shows that a call may have been made.
 */
@Injectable()
export class MessageFreezer {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly composer: TextComposer,
    private readonly alerts: AlertStates,
    private readonly messages: MessageStates,
    private readonly attempts: AttemptStates,
  ) {}

  /**
   * Freezes a claim's groups of alerts, one message each. What the database's other life may have sent is frozen first, to
   * be asked about; until a restored database is resumed, the rest is given back.
   */
  async freezeWindow(
    claimId: string,
    groups: ClaimedAlert[][],
    situation: Situation,
  ): Promise<OpenAttempt[]> {
    const { suspicion, brakes } = situation;
    const isSuspect = (group: ClaimedAlert[]) =>
      suspicion !== null && group.some((alert) => alert.dueAt <= suspicion.until);
    const idsOf = (some: ClaimedAlert[][]) => some.map((group) => group.map((alert) => alert.id));
    const suspects = idsOf(groups.filter(isSuspect));
    const sure = idsOf(groups.filter((group) => !isSuspect(group)));
    if (suspicion && suspects.length > 0) {
      await this.freeze({ claimId, groups: suspects, situation, suspectFrom: suspicion.from });
    }
    if (sure.length === 0) return [];
    if (!brakes.instance) return this.freeze({ claimId, groups: sure, situation, suspectFrom: null });
    await this.alerts.giveBack(claimId, sure.flat(), lookAgainSeconds.paused);
    return [];
  }

  private async freeze(request: FreezeRequest): Promise<OpenAttempt[]> {
    const { claimId, groups, situation } = request;
    return this.database.inTransaction(async () => {
      const held = await this.alerts.lockClaimed(claimId, groups.flat());
      const { composed, failed } = await this.composer.composeMessages(
        groups.map((group) => group.filter((id) => held.has(id))).filter((group) => group.length > 0),
        situation,
      );
      for (const { alertIds, why } of failed) await this.alerts.hold(claimId, alertIds, why);
      const rehearsed = await this.withoutMissed(composed, claimId);
      const ready = await this.withoutBraked(rehearsed, request);
      return this.commit(await this.withoutBusyNumbers(ready, claimId), request);
    });
  }

  /** Drops what a rehearsal does not text: it reaches listed numbers only. */
  private async withoutMissed(composed: Composed[], claimId: string): Promise<Composed[]> {
    const { rehearsal } = (await this.settings.agency()).value;
    if (!rehearsal.on) return composed;
    const listed = new Set(rehearsal.numbers.map((number) => number.index));
    const isListed = (one: Composed) => listed.has(numberOf(one));
    const missed = composed.filter((one) => !isListed(one));
    await this.alerts.miss(claimId, idsOf(missed), 'rehearsal');
    return composed.filter(isListed);
  }

  private async withoutBraked(composed: Composed[], request: FreezeRequest): Promise<Composed[]> {
    const { brakes, provider } = request.situation;
    const isBraked = (one: Composed) =>
      brakes.templates.has(one.templateKey) ||
      brakes.routes.has(`${provider.sender}/${one.message.country ?? ''}`);
    const braked = composed.filter(isBraked);
    await this.alerts.giveBack(request.claimId, idsOf(braked), lookAgainSeconds.paused);
    return composed.filter((one) => !isBraked(one));
  }

  /** Drops what has to wait: a number has one open attempt, and its next message waits until that is settled. */
  private async withoutBusyNumbers(composed: Composed[], claimId: string): Promise<Composed[]> {
    const rows = await this.database.rows<{ number: string }>(
      `SELECT encode(number_index, 'hex') AS number FROM attempt
       WHERE number_index = ANY($1) AND status IN ('open', 'ambiguous')`,
      [composed.map((one) => one.message.numberIndex)],
    );
    const busy = new Set(rows.map((row) => row.number));
    const free: Composed[] = [];
    const waiting: Composed[] = [];
    for (const one of composed) {
      const number = numberOf(one);
      (busy.has(number) ? waiting : free).push(one);
      busy.add(number);
    }
    await this.alerts.giveBack(claimId, idsOf(waiting), lookAgainSeconds.numberBusy);
    return free;
  }

  private async commit(composed: Composed[], request: FreezeRequest): Promise<OpenAttempt[]> {
    const { claimId, situation, suspectFrom } = request;
    const { provider } = situation;
    const frozen = await this.unlikeTexts(composed);
    await this.messages.freeze(frozen.map(({ message }) => message));
    const attempts = frozen.map(({ message: { id: messageId, numberIndex, to, text } }) => ({
      id: newId(),
      messageId,
      provider,
      numberIndex,
      to,
      text,
    }));
    await this.attempts.open(attempts, suspectFrom);
    await this.alerts.putIntoMessages(
      claimId,
      frozen.flatMap(({ alertIds, message }) => alertIds.map((id) => ({ id, messageId: message.id }))),
    );
    return suspectFrom ? [] : attempts;
  }

  private async unlikeTexts(composed: Composed[]): Promise<Composed[]> {
    const rows = await this.database.rows<{ number: string; hash: string }>(
      `SELECT encode(number_index, 'hex') AS number, encode(text_hash, 'hex') AS hash FROM message
       WHERE number_index = ANY($1) AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS wanted WHERE starts_with(text, wanted))`,
      [composed.map(({ message }) => message.numberIndex), composed.map(({ message }) => message.text)],
    );
    const taken = new Set(rows.map((row) => `${row.number} ${row.hash}`));
    return composed.map((one) => {
      const text = unlike(one.message.text, (hash) => taken.has(`${numberOf(one)} ${hash}`));
      taken.add(`${numberOf(one)} ${text.textHash.toString('hex')}`);
      return { ...one, message: { ...one.message, ...text } };
    });
  }
}

function numberOf({ message }: Composed): string {
  return message.numberIndex.toString('hex');
}

function idsOf(composed: Composed[]): string[] {
  return composed.flatMap((one) => one.alertIds);
}

/**
 * Makes a text unlike those that its number already has, or reconciliation could take one for the other: a second
 * occurrence of a milestone gets a number at its end. `isTaken` is asked by the hex of a text's hash.
 */
export function unlike(text: string, isTaken: (hash: string) => boolean): Measured {
  let candidate = measured(text);
  for (let n = 2; isTaken(candidate.textHash.toString('hex')); n += 1) candidate = measured(`${text} (${n})`);
  return candidate;
}

type Measured = Pick<MessageToFreeze, 'text' | 'textHash' | 'encoding' | 'parts'>;

function measured(text: string): Measured {
  const { encoding, parts } = smsLength(text);
  return { text, textHash: createHash('sha256').update(text).digest(), encoding, parts };
}
