import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { earliestOf } from '../../platform/clock/service-clock.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Contact } from '../contracts/contract.entity.js';
import { AlertStates, type DigestWanted, type DueAlert } from '../planning/alert-states.js';
import { type Alert, ownNumberPlace } from '../planning/planning.entities.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { SettingsService } from '../settings/settings.service.js';
import { domesticPrefixBytes, koreanLength, smsLength } from '../texts/lengths.js';
import { compileTemplate } from '../texts/rendering.js';
import { TemplatesService } from '../texts/templates.service.js';
import { type SubjectFacts, VariablesService } from '../texts/variables.service.js';
import { AttemptStates, type OpenAttempt, type Share } from './attempt-states.js';
import { isPaused, type Situation } from './brakes.service.js';
import { FrozenTexts } from './frozen-texts.js';
import { InstanceService } from './instance.service.js';
import { MessageStates, type MessageToFreeze } from './message-states.js';

/** Composed is one text to one number, for one alert or a digest of several. */
export interface Composed {
  alertIds: string[];
  departments: string[];
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
    Pick<Alert, 'id' | 'departmentId' | 'wording' | 'dueDay'>,
    Pick<Contact, 'phoneSealed' | 'phoneIndex' | 'phoneCountry'> {
  /** The number of an alert that keeps its own; `phoneCountry` is that number's then. */
  ownNumber: Buffer | null;
  /** When the alert should first have gone out; one that is registered late, or again after a restore, is due at once. */
  dueAt: Date;
  /** When it is to go out. */
  plannedFor: Date;
  shard: number;
  numberIndex: Buffer;
  contactId: string;
}

/** TextComposer makes the texts of alerts. One that cannot be made does not hold up the others. */
@Injectable()
export class TextComposer {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  /** Reads what the texts of alerts are made of, in the order in which they fell due. */
  ingredientsOf(alertIds: string[]): Promise<Ingredient[]> {
    return this.database.rows<Ingredient>(
      // A subquery of its own looks each alert up by the indexes, whatever the planner believes of the tables.
      `SELECT alert.* FROM unnest($1::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
         SELECT a.id, m.code, m.date, a.wording, least(a.due_at, m.due_at) AS due_at, a.due_at AS planned_for,
                a.due_day, a.shard,
                a.department_id, c.reference, c.signed_on, c.title, c.kind, c.plan_name, c.plan_version,
                d.name AS department_name, d.name_en AS department_name_en, p.id AS contact_id,
                p.phone_sealed, p.phone_index, a.number_index, p.locale, a.number_sealed AS own_number,
                CASE WHEN a.number_sealed IS NULL THEN p.phone_country ELSE a.number_country END AS phone_country
         FROM alert a JOIN milestone m ON m.id = a.milestone_id JOIN contract c ON c.id = a.contract_id
           JOIN department d ON d.id = c.department_id JOIN contact p ON p.id = a.contact_id
         WHERE a.id = wanted.id OFFSET 0) AS alert
       ORDER BY alert.due_at, alert.id`,
      [alertIds],
      'kept',
    );
  }

  /**
   * Composes one message for each group of alerts. A group is in the order in which its alerts fell due, so that a digest
   * of a restored database reads as it did in the other life.
   */
  async composeMessages(
    groups: Ingredient[][],
    { provider, now }: { provider: SmsProvider; now: Date },
  ): Promise<{ composed: Composed[]; failed: Uncomposable[] }> {
    const templates = await this.templates.inForce();
    const variables = await this.variables.from(provider.sender);
    const origin = { provider: provider.name, sender: provider.sender };
    const composed: Composed[] = [];
    const failed: Uncomposable[] = [];
    for (const parts of groups) {
      const alertIds = parts.map(({ id }) => id);
      const departments = parts.map(({ departmentId }) => departmentId);
      try {
        const { template, ...text } = await this.composeText(parts, templates, variables);
        const serviceTime = laterOf(now, earliestOf(parts.map(({ plannedFor }) => plannedFor)));
        const message = { ...text, ...origin, serviceTime, id: newId(), templateVersionId: template.id };
        composed.push({ alertIds, departments, templateKey: template.key, message });
      } catch (error) {
        failed.push({ alertIds, why: error instanceof Error ? error.message : String(error) });
      }
    }
    return { composed, failed };
  }

  private async composeText(
    parts: Ingredient[],
    templates: Awaited<ReturnType<TemplatesService['inForce']>>,
    variables: Awaited<ReturnType<VariablesService['from']>>,
  ) {
    const [first] = parts;
    if (!first) throw new Error('its contract or contact is gone');
    const to = this.numberOf(first);
    const { locale, kind, code, wording, dueDay: day, numberIndex, shard } = first;
    const isDigest = parts.length > 1;
    const template = isDigest
      ? templates.digest(locale)
      : templates.choose({ locale, kind, milestone: code, wording });
    const text = compileTemplate(template.body)(
      isDigest
        ? variables.digest(locale, { count: parts.length, day, first })
        : variables.milestone(await this.variables.subjectOf(first)),
    );
    return {
      to,
      numberIndex,
      country: first.phoneCountry,
      shard,
      locale,
      template,
      dueAt: earliestOf(parts.map((part) => part.dueAt)),
      ...measured(text),
    };
  }

  private numberOf({ id, ownNumber, phoneSealed, phoneIndex, numberIndex, contactId }: Ingredient): string {
    if (ownNumber) return this.sealer.open(ownNumber, ownNumberPlace(id));
    if (!phoneSealed || !phoneIndex?.equals(numberIndex))
      throw new Error('its contact has another number now');
    return this.sealer.open(phoneSealed, { table: 'contact', column: 'phone_sealed', rowId: contactId });
  }
}

/** An alert whose sending is paused is looked at again after so many seconds. */
const pausedSeconds = 30;

/** DueMessages finds what is due and makes messages of it; what is not to be sent now it holds, misses or puts off. */
@Injectable()
export class DueMessages {
  constructor(
    private readonly settings: SettingsService,
    private readonly composer: TextComposer,
    private readonly alerts: AlertStates,
  ) {}

  /**
   * Locks what is due, in groups of one message each: all alerts of a number and day when they are enough for a digest.
   * Where somebody else had some of them locked, what falls due later stays for then.
   */
  async lockGroups(share: Share, situation: Situation): Promise<Ingredient[][]> {
    const { digestFrom } = (await this.settings.agency()).value;
    const { departments: pausedDepartments } = situation.brakes;
    const { limits, provider } = share;
    const slices = situation.routes.slicesOf([provider]);
    const wanted = { limits, dueUntil: dueUntil(situation), pausedDepartments, slices };
    const due = await this.alerts.lockDue(wanted);
    if (due.length === 0) return [];
    const ids = due.map(({ id }) => id);
    const later = await this.alerts.lockForDigests(digestsWanted(due, digestFrom), ids, pausedDepartments);
    const ingredients = await this.composer.ingredientsOf([...ids, ...later.map(({ id }) => id)]);
    return [...groupedBy(ingredients, groupOf).values()].flatMap((group) =>
      group.length >= digestFrom
        ? [group]
        : group.filter(({ id }) => ids.includes(id)).map((alert) => [alert]),
    );
  }

  /** Composes the messages of groups that may be sent now through a provider. */
  async composeReady(
    groups: Ingredient[][],
    provider: SmsProvider,
    situation: Situation,
  ): Promise<Composed[]> {
    const origin = { provider, now: situation.now };
    const { composed, failed } = await this.composer.composeMessages(groups, origin);
    for (const { alertIds, why } of failed) await this.alerts.hold(alertIds, why);
    return this.withoutPaused(await this.withoutMissed(composed), situation);
  }

  /** Drops what a rehearsal does not text: it reaches listed numbers only. */
  private async withoutMissed(composed: Composed[]): Promise<Composed[]> {
    const { rehearsal } = (await this.settings.agency()).value;
    if (!rehearsal.on) return composed;
    const listed = new Set(rehearsal.numbers.map((number) => number.index));
    const isListed = (one: Composed) => listed.has(numberOf(one));
    const missed = composed.filter((one) => !isListed(one));
    await this.alerts.miss(
      missed.flatMap((one) => one.alertIds),
      'rehearsal',
    );
    return composed.filter(isListed);
  }

  private async withoutPaused(composed: Composed[], { brakes }: Situation): Promise<Composed[]> {
    const isOn = ({ message: { sender, country }, templateKey, departments }: Composed) =>
      isPaused(brakes, { sender, country, templateKey, departments });
    const paused = composed.filter(isOn);
    if (paused.length === 0) return composed;
    await this.alerts.putOff(
      paused.flatMap((one) => one.alertIds),
      pausedSeconds,
    );
    return composed.filter((one) => !isOn(one));
  }
}

/** What came of a window: the attempts that are to be called, and how many messages and alerts were moved on. */
interface Frozen {
  attempts: OpenAttempt[];
  handled: number;
}

/**
 * MessageFreezer turns due alerts into messages and commits their attempts, before any call, in one transaction whose locks
 * keep other drains away: a process that dies before the commit leaves the alerts as they were. What it returns is all that
 * may be called; whatever becomes of the process afterwards, the attempt shows that a call may have been made.
 */
@Injectable()
export class MessageFreezer {
  constructor(
    private readonly database: Database,
    private readonly due: DueMessages,
    private readonly messages: MessageStates,
    private readonly texts: FrozenTexts,
    private readonly attempts: AttemptStates,
    private readonly instance: InstanceService,
  ) {}

  /**
   * Freezes what is due in its shards, and what falls due later that day when it joins a digest. After a restore, what the
   * database's other life may have sent gets attempts that are born ambiguous, to be asked about; until a person resumes,
   * the rest waits.
   */
  freezeDue(share: Share, situation: Situation): Promise<Frozen> {
    const { suspicion, brakes } = situation;
    const isSuspect = ([first]: Ingredient[]) =>
      suspicion !== null && first !== undefined && first.dueAt <= suspicion.until;
    return this.database.inTransaction(async () => {
      // The situation that this one was read in is over: the drain reads it again.
      if (!(await this.instance.isSameLife(suspicion))) return { attempts: [], handled: 1 };
      const groups = await this.due.lockGroups(share, situation);
      const suspects = groups.filter(isSuspect);
      const sure = brakes.instance ? [] : groups.filter((group) => !isSuspect(group));
      const { provider } = share;
      const asked = await this.freeze(suspects, provider, situation, suspicion?.from ?? null);
      const { attempts, handled } = await this.freeze(sure, provider, situation, null);
      return { attempts, handled: asked.handled + handled };
    }, 'kept');
  }

  private async freeze(
    groups: Ingredient[][],
    provider: SmsProvider,
    situation: Situation,
    suspectFrom: Date | null,
  ): Promise<Frozen> {
    if (groups.length === 0) return { attempts: [], handled: 0 };
    const ready = await this.due.composeReady(groups, provider, situation);
    const attempts = await this.commit(ready, provider, situation, suspectFrom);
    // What is left is a number's second message: it waits until the first is settled.
    const left = ready.length - attempts.length;
    return { attempts: suspectFrom ? [] : attempts, handled: groups.length - left };
  }

  /** Stores the messages whose numbers have no attempt under way, each with its attempt. */
  private async commit(
    composed: Composed[],
    provider: SmsProvider,
    { now, readAt }: Situation,
    suspectFrom: Date | null,
  ): Promise<OpenAttempt[]> {
    const wanted = composed.map(({ departments, templateKey, message }) => {
      const { id: messageId, numberIndex, shard, country, to, text, serviceTime } = message;
      return {
        id: newId(),
        messageId,
        provider,
        numberIndex,
        shard,
        country,
        to,
        text,
        departments,
        templateKey,
        callAt: readAt + serviceTime.getTime() - now.getTime(),
      };
    });
    const opened = new Map(
      (await this.attempts.open(wanted, suspectFrom)).map((attempt) => [attempt.messageId, attempt]),
    );
    const frozen = await this.unlikeTexts(composed.filter(({ message }) => opened.has(message.id)));
    await this.texts.store(frozen);
    return frozen.flatMap(({ message: { id, text } }) => {
      const attempt = opened.get(id);
      return attempt ? [{ ...attempt, text }] : [];
    });
  }

  /**
   * Makes texts unlike those that their numbers already have. It needs the attempts of the numbers, which keep any other
   * message of theirs from being frozen meanwhile.
   */
  private async unlikeTexts(composed: Composed[]): Promise<Composed[]> {
    const alike = await this.messages.textsLike(composed.map(({ message }) => message));
    if (alike.size === 0) return composed;
    return composed.map((one) => {
      const { numberIndex, text } = one.message;
      const number = numberIndex.toString('hex');
      const unlikeText = unlike(text, (hash) => alike.has(`${number} ${hash}`));
      return { ...one, message: { ...one.message, ...unlikeText } };
    });
  }
}

/** Returns until when alerts have to be due: a restored database looks only for what its other life may have sent. */
export function dueUntil({ now, aheadMs, isClockStopped, brakes, suspicion }: Situation): Date {
  if (brakes.instance && suspicion) return earliestOf([suspicion.until, now]);
  return isClockStopped ? now : new Date(now.getTime() + aheadMs);
}

/** Returns for each number and day of these alerts how many more make a digest. */
function digestsWanted(due: DueAlert[], digestFrom: number): DigestWanted[] {
  return [...groupedBy(due, numberAndDay).values()].flatMap(([first, ...others]) =>
    first ? [{ number: first.number, dueDay: first.dueDay, atLeast: digestFrom - 1 - others.length }] : [],
  );
}

const numberAndDay = ({
  dueDay,
  ...of
}: { dueDay: string } & ({ number: string } | { numberIndex: Buffer })) =>
  `${'number' in of ? of.number : of.numberIndex.toString('hex')} ${dueDay}`;

function laterOf(one: Date, other: Date): Date {
  return one > other ? one : other;
}

/** What a former number is told stands in no digest: its text says something else. */
function groupOf(one: Ingredient): string {
  return one.ownNumber ? one.id : numberAndDay(one);
}

function numberOf({ message }: Composed): string {
  return message.numberIndex.toString('hex');
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

type Measured = Pick<MessageToFreeze, 'text' | 'textHash' | 'encoding' | 'parts' | 'koreanClass'>;

function measured(text: string): Measured {
  const { encoding, parts } = smsLength(text);
  // Templates keep every text within an LMS.
  const koreanClass = koreanLength(text, domesticPrefixBytes).class === 'SMS' ? 'SMS' : 'LMS';
  return { text, textHash: createHash('sha256').update(text).digest(), encoding, parts, koreanClass };
}
