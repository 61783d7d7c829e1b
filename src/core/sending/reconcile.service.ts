import { Inject, Injectable, Logger } from '@nestjs/common';
import { workAtOnce } from '../../platform/at-once.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Providers } from '../providers/providers.module.js';
import { askedAtOnce, graceSecondsOf, type SmsProvider } from '../providers/sms-provider.js';
import { AttemptStates } from './attempt-states.js';
import { Outcomes } from './outcomes.js';
import { type HeldText, type NumberList, ProviderLists } from './provider-lists.js';

/** A LostAttempt is one whose answer was lost, or whose text was taken for absent not long ago. */
interface LostAttempt {
  id: string;
  messageId: string;
  status: 'ambiguous' | 'absent';
  openedAt: Date;
  checks: number;
  text: string;
  numberIndex: Buffer;
  numberSealed: Buffer;
  suspect: boolean;
  twoPhase: boolean;
  handle: string | null;
  /** Whether its call may have been made until its lease ended, since no answer says that it was over before. */
  mayBeCalledInLease: boolean;
  /** How many attempts of its message were taken for absent before. */
  absences: number;
}

/**
 * The provider's clock and ours may differ by so much. A text that reads like the attempt's own and is older is not adopted: it
 * may be of an earlier installation. For as long after an attempt was taken for absent its text is looked for, too.
 */
const windowHours = 25;

/** When absence could not be proved for so many times the grace, a person is asked to look. */
const unprovedGraces = 6;

const batch = 50;

/** ReconcileService settles ambiguous attempts by what providers hold: adopted once, or proved absent twice past the grace. */
@Injectable()
export class ReconcileService {
  private readonly logger = new Logger(ReconcileService.name);
  private hasReportedMissing = false;

  /** Since when this process has seen each ambiguous attempt, in milliseconds of its monotonic clock. */
  private seenSince = new Map<string, number>();

  constructor(
    @Inject(CONFIG)
    private readonly config: { sending: { graceSeconds: number | null; leaseSeconds: number } },
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly lists: ProviderLists,
    private readonly attempts: AttemptStates,
    private readonly outcomes: Outcomes,
  ) {}

  /** Expires leases that ran out, and looks at the attempts whose turn it is. After the signal it asks no more. */
  async reconcileAttempts(stopping?: AbortSignal): Promise<void> {
    await this.attempts.expire();
    await this.watchAmbiguous();
    if (!this.hasReportedMissing) await this.reportMissingProviders();
    const { all } = this.providers;
    await workAtOnce(all.length, all, async (provider) => {
      await this.reconcileProvider(provider, 'ambiguous', stopping);
      await this.reconcileProvider(provider, 'absent', stopping);
    });
  }

  /**
   * Notes which attempts are ambiguous, by the monotonic clock. The database's clock may jump, and then a grace that it counts
   * is over at once; so the grace of an attempt is what this process has lived through, and begins anew when it starts.
   */
  private async watchAmbiguous(): Promise<void> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM attempt WHERE status = 'ambiguous'`,
    );
    const now = performance.now();
    this.seenSince = new Map(rows.map(({ id }) => [id, this.seenSince.get(id) ?? now]));
  }

  /** Logs which providers cannot be asked. Once is enough: a process reads the configuration at its start alone. */
  private async reportMissingProviders(): Promise<void> {
    const rows = await this.database.rows<{ provider: string }>(
      `SELECT provider FROM attempt WHERE status IN ('open', 'ambiguous')
       UNION SELECT provider FROM message WHERE status IN ('waiting', 'accepted', 'sent')`,
    );
    for (const { provider } of rows) this.providers.for(provider);
    this.hasReportedMissing = true;
  }

  private async reconcileProvider(
    provider: SmsProvider,
    status: LostAttempt['status'],
    stopping?: AbortSignal,
  ): Promise<void> {
    const due = await this.takeDue(provider, status);
    const ofNumbers = [...groupedBy(due, ({ numberIndex }) => numberIndex.toString('hex')).values()];
    const settleAll = async (attempts: LostAttempt[]) => {
      for (const attempt of attempts) await this.trySettle(provider, attempt);
    };
    await workAtOnce(askedAtOnce, ofNumbers, settleAll, stopping);
  }

  private async trySettle(provider: SmsProvider, attempt: LostAttempt): Promise<void> {
    try {
      await this.settle(provider, attempt);
    } catch (error) {
      // A list that fails proves nothing: the attempt stays as it is and is looked at again.
      this.logger.warn({ err: error, attempt: attempt.id }, 'the provider could not be asked');
    }
  }

  /**
   * Takes attempts whose turn it is. It puts their next look off, so that two reconcilers do not ask twice: for as long as the
   * attempt has been open, and for an ambiguous one for a quarter of the grace at the longest.
   */
  private takeDue(provider: SmsProvider, status: LostAttempt['status']): Promise<LostAttempt[]> {
    return this.database.rows<LostAttempt>(
      `WITH due AS (
         SELECT id FROM attempt WHERE status = '${status}' AND provider = $2 AND check_at <= clock_timestamp()
           ${status === 'absent' ? `AND settled_at > clock_timestamp() - interval '${windowHours} hours'` : ''}
         ORDER BY check_at LIMIT ${batch} FOR UPDATE SKIP LOCKED
       )
       UPDATE attempt t SET check_at = clock_timestamp() + interval '1 second' * greatest(1,
                least($1::float8, extract(epoch FROM clock_timestamp() - t.opened_at)))
       FROM due, message m WHERE t.id = due.id AND m.id = t.message_id
       RETURNING t.id, t.message_id, t.status, t.opened_at, t.checks, m.text, t.number_index,
                 m.number_sealed, t.suspect, t.two_phase, t.handle, t.suspect OR t.detail = 'lease-ran-out' AS may_be_called_in_lease,
                 (SELECT count(*)::int FROM attempt absent
                  WHERE absent.message_id = m.id AND absent.status = 'absent') AS absences`,
      [status === 'ambiguous' ? this.graceOf(provider) / 4 : null, provider.name],
    );
  }

  /**
   * Settles one attempt by the texts that its provider holds. A suspected one is looked for at every provider, because the
   * database's other life may have sent it before `SMS_PROVIDER` was changed, or after; it is absent only once all of them
   * have answered. A text that turns up after it was taken for absent is given to its attempt, which counts it as late.
   */
  private async settle(own: SmsProvider, attempt: LostAttempt): Promise<void> {
    const asked = attempt.suspect ? this.providers.all : [own];
    const graces = this.gracesWatched(asked, attempt);
    if (attempt.twoPhase && (await this.settleByHandle(own, attempt, graces))) return;
    const to = this.lists.numberOf(attempt);
    if (to === null) {
      if (graces >= 1) await this.outcomes.holdForAPerson(attempt, 'number-unreadable');
      return;
    }
    const answers = await Promise.allSettled(
      asked.map((provider) => this.lists.listFor(provider, { to, text: attempt.text })),
    );
    const lists = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const [first] = lists
      .flatMap(({ unadopted }) => unadopted)
      .filter((text) => text.text === attempt.text && isInWindow(text, attempt))
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    if (first) return this.outcomes.adopt(first.provider, attempt, first);
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    if (attempt.status === 'ambiguous' && graces >= 1) await this.settleMissing(attempt, lists, graces);
  }

  /**
   * Settles an attempt that was made in two phases, without a grace: the provider refuses to release what was revoked, however late it is
   * asked to, and nothing was released without a handle. Returns false where the database had another life since: what that life did with
   * the text is then looked for by the list as well.
   */
  private async settleByHandle(
    provider: SmsProvider,
    attempt: LostAttempt,
    graces: number,
  ): Promise<boolean> {
    const { handle } = attempt;
    const fate = handle === null ? 'revoked' : await provider.twoPhase?.revoke(handle);
    if (fate === undefined) throw new Error(`${provider.name} cannot be asked about a handle`);
    if (fate === 'revoked')
      return attempt.status === 'absent' || this.outcomes.closeAbsent(attempt, { byHandle: true });
    // It may not be shown yet.
    if (fate !== 'unknown') await this.outcomes.adopt(provider, attempt, fate);
    else if (attempt.status === 'ambiguous' && graces >= 1)
      await this.outcomes.holdForAPerson(attempt, 'handle-unknown');
    return true;
  }

  /** Returns for how many times its grace this process has watched an attempt. Each absence of its message doubles the grace. */
  private gracesWatched(asked: SmsProvider[], attempt: LostAttempt): number {
    const now = performance.now();
    const seconds = (now - (this.seenSince.get(attempt.id) ?? now)) / 1000;
    const callable = attempt.mayBeCalledInLease ? this.config.sending.leaseSeconds : 0;
    const grace = Math.max(...asked.map((provider) => this.graceOf(provider))) * 2 ** attempt.absences;
    return (seconds - callable) / grace;
  }

  private graceOf(provider: SmsProvider): number {
    return this.config.sending.graceSeconds ?? graceSecondsOf(provider.deduplication);
  }

  /**
   * Closes an attempt that was not found past the grace: its message may be attempted again once that was proved twice. Where
   * a provider's list cannot prove it, the message is held for a person.
   */
  private async settleMissing(attempt: LostAttempt, lists: NumberList[], graces: number): Promise<void> {
    const held = lists.flatMap(({ unadopted }) => unadopted);
    const other = await this.otherVersion(attempt, held);
    if (other)
      return this.outcomes.holdForAPerson(attempt, 'look-at-provider', `another-text-${other.reference}`);
    if (held.some((text) => text.text === '' && isInWindow(text, attempt)))
      return this.outcomes.holdForAPerson(attempt, 'text-not-shown');
    if (!(await this.isProvedAbsent(attempt, lists))) {
      if (graces >= unprovedGraces) await this.outcomes.holdForAPerson(attempt, 'absence-not-proved');
      return;
    }
    if (attempt.checks >= 1) return void (await this.outcomes.closeAbsent(attempt));
    await this.database.run(`UPDATE attempt SET checks = checks + 1 WHERE id = $1 AND status = 'ambiguous'`, [
      attempt.id,
    ]);
  }

  /** Finds a text that may be the attempt's own: it reads alike and is too old, or is another of a restored contract. */
  private async otherVersion(attempt: LostAttempt, held: HeldText[]): Promise<HeldText | undefined> {
    const alike = held.find(({ text }) => text === attempt.text);
    return alike ?? (attempt.suspect ? this.lists.textOfTheSameContract(attempt, held) : undefined);
  }

  private async isProvedAbsent(attempt: LostAttempt, lists: NumberList[]): Promise<boolean> {
    for (const list of lists) if (!(await this.lists.provesAbsence(list, attempt))) return false;
    return true;
  }
}

function isInWindow({ createdAt }: HeldText, { openedAt }: LostAttempt): boolean {
  return createdAt.getTime() >= openedAt.getTime() - windowHours * 3_600_000;
}
