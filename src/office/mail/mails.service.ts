import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Timers } from '../../platform/timers.js';
import { isPermanent, MailServer } from './mail-server.js';
import { Mail, type MailKind } from './mail.entity.js';

export interface NewMail {
  kind: MailKind;
  key: string;
  to: string;
  subject: string;
  text: string;
}

/** MailShown is a mail as administrators look at it: to whom and what it said only where the sandbox keeps that. */
export interface MailShown extends Pick<Mail, 'id' | 'kind' | 'at' | 'sentAt' | 'attempts' | 'error'> {
  isWaiting: boolean;
  to: string;
  subject: string | null;
  text: string | null;
}

const everyMs = 5000;

/** After its first failure a mail waits for a minute, then for twice as long each time, for two hours at the most. */
const backOff = `least(interval '1 minute' * 2 ^ least(attempts, 8), interval '2 hours')`;

/** For so long a mail is tried; it is of use on its day. */
const patience = `interval '1 day'`;

const keptFor = `interval '90 days'`;

/**
 * Mails keeps letters in the transaction of what they tell of, and hands them to the server afterwards: a server that is
 * away delays nothing and loses nothing. Where there is no server, nothing is kept.
 */
@Injectable()
export class Mails implements OnApplicationBootstrap {
  private readonly logger = new Logger(Mails.name);
  private sending: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null; port: number },
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly clock: ServiceClock,
    private readonly server: MailServer,
    private readonly timers: Timers,
  ) {}

  get isOn(): boolean {
    return this.server.isOn;
  }

  /** Whether mail reaches people outside: a link that opens an account then needs nobody who hands it on. */
  get isPrivate(): boolean {
    return this.server.isPrivate;
  }

  onApplicationBootstrap(): void {
    if (this.isOn) this.timers.every(everyMs, 'the sending of mail', () => this.sendDue());
  }

  /** Returns the whole address of one of the service's own pages. */
  addressOf(path: string): string {
    return `${this.config.publicUrl ?? `http://127.0.0.1:${this.config.port}`}${path}`;
  }

  /** Keeps a mail until it is sent; one of the same key to the same person is there already, and stays. */
  async put({ kind, key, to, subject, text }: NewMail): Promise<void> {
    if (!this.isOn) return;
    const id = newId();
    await this.database.run(
      `INSERT INTO mail (id, kind, key, to_sealed, to_index, content_sealed, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (to_index, key) DO NOTHING`,
      [
        id,
        kind,
        key,
        this.sealer.seal(to, placeOf('to_sealed', id)),
        this.sealer.blindIndex(`mail:${to}`),
        this.sealer.seal(JSON.stringify({ subject, text }), placeOf('content_sealed', id)),
        await this.clock.now(),
      ],
    );
  }

  /** Sends what is due, one after another. Returns how many the server took. */
  async sendDue(): Promise<number> {
    const sending = this.sending.then(
      () => this.sendAll(),
      () => this.sendAll(),
    );
    this.sending = sending;
    return sending;
  }

  /** Forgets mails of long ago: to whom they went is a person's, and nobody needs them any more. */
  async forgetOld(): Promise<void> {
    await this.database.run(`DELETE FROM mail WHERE created_at < clock_timestamp() - ${keptFor}`);
  }

  /** Returns the newest mails. */
  async newest(limit: number): Promise<MailShown[]> {
    const rows = await this.database
      .repository(Mail)
      .find({ order: { at: 'DESC', id: 'DESC' }, take: limit });
    return rows.map((mail) => {
      const { id, kind, at, sentAt, attempts, error, nextAttemptAt } = mail;
      const content = this.server.keepsLetters ? this.contentOf(mail) : null;
      const to = this.sealer.open(mail.toSealed, placeOf('to_sealed', id));
      const shown = { to, subject: content?.subject ?? null, text: content?.text ?? null };
      return { id, kind, at, sentAt, attempts, error, isWaiting: nextAttemptAt !== null, ...shown };
    });
  }

  private async sendAll(): Promise<number> {
    let taken = 0;
    for (let mail = await this.claimNext(); mail; mail = await this.claimNext())
      if (await this.send(mail)) taken += 1;
    return taken;
  }

  /** Takes the mail that is due next; until its next attempt is due, no other process takes it. */
  private async claimNext(): Promise<Mail | null> {
    const [mail] = await this.database.rows<Mail>(
      `UPDATE mail SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + ${backOff}
       WHERE id = (SELECT id FROM mail WHERE next_attempt_at <= clock_timestamp()
                   ORDER BY next_attempt_at FOR UPDATE SKIP LOCKED LIMIT 1)
       RETURNING *`,
    );
    return mail ?? null;
  }

  private async send(mail: Mail): Promise<boolean> {
    const content = this.contentOf(mail);
    if (!content) return false;
    try {
      await this.server.take({
        id: mail.id,
        to: this.sealer.open(mail.toSealed, placeOf('to_sealed', mail.id)),
        ...content,
      });
    } catch (error) {
      await this.noteFailure(mail, error);
      return false;
    }
    await this.database.run(
      `UPDATE mail SET sent_at = clock_timestamp(), next_attempt_at = NULL, error = NULL,
         content_sealed = CASE WHEN $2 THEN content_sealed END
       WHERE id = $1`,
      [mail.id, this.server.keepsLetters],
    );
    return true;
  }

  private async noteFailure({ id, kind }: Mail, error: unknown): Promise<void> {
    // Servers repeat the address that they refuse, which is a person's.
    const said = String((error as Error).message)
      .replace(/[^\s<>"]+@[^\s<>"]+/g, '…')
      .slice(0, 500);
    this.logger.warn({ mail: id, kind, said }, 'a mail could not be sent');
    await this.database.run(
      `WITH over AS (SELECT id FROM mail WHERE id = $1 AND ($3 OR clock_timestamp() > created_at + ${patience}))
       UPDATE mail m SET error = $2,
         next_attempt_at = CASE WHEN over.id IS NULL THEN m.next_attempt_at END,
         content_sealed = CASE WHEN over.id IS NULL THEN m.content_sealed END
       FROM (SELECT 1) one LEFT JOIN over ON true WHERE m.id = $1`,
      [id, said, isPermanent(error)],
    );
  }

  private contentOf({ id, contentSealed }: Mail): { subject: string; text: string } | null {
    if (!contentSealed) return null;
    return JSON.parse(this.sealer.open(contentSealed, placeOf('content_sealed', id))) as {
      subject: string;
      text: string;
    };
  }
}

function placeOf(column: 'to_sealed' | 'content_sealed', rowId: string) {
  return { table: 'mail', column, rowId };
}
