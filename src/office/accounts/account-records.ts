import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import type { Caller } from '../../core/access/roles.js';
import { secretHash } from '../../core/access/api-keys.service.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { defineFacts, digestOfIndex, digestOfLines, hexDigest, isoTime } from '../../core/proof/facts.js';
import { Journal } from '../../core/proof/journal.service.js';
import type { SecondPerson } from '../../core/proposals/deciders.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { type Locale, type Params, translate } from '../../platform/words/words.js';
import type { MailKind } from '../mail/mail.entity.js';
import { Mails, type NewMail } from '../mail/mails.service.js';
import '../mail/mail.words.js';
import { Account, AccountLink } from './account.entities.js';
import { emailField, forgottenHours, linkHours } from './account.schema.js';
import { type Carried, openCarried, sealCarried } from './carried.js';

defineFacts('account', {
  facts: {
    role: 'r.role',
    department_id: 'r.department_id',
    officer_id: 'r.officer_id',
    disabled_at: isoTime('r.disabled_at'),
    // Whoever puts another in the place of one of these signs in as that person.
    email: digestOfIndex('r', 'email_index'),
    password: hexDigest('r.password_hash'),
    issuer: digestOfIndex('r', 'issuer_index'),
    second_factor: 'r.totp_sealed IS NOT NULL',
    passkeys: digestOfLines(
      `SELECT concat_ws(' ', encode(p.credential_id, 'hex'), encode(p.public_key, 'hex')) AS line
       FROM passkey p WHERE p.account_id = r.id`,
    ),
  },
});

/** A link works until it is used, replaced, or past its time by the database's clock. */
const liveLink = `token_hash = $1 AND expires_at > clock_timestamp()`;

/** An Addressee is a person as mail is written to them: what they may read, and in which language. */
export interface Addressee {
  caller: Caller;
  locale: Locale;
  email: string;
}

const newAddressPlace = { table: 'account', column: 'email_sealed', rowId: 'wanted' };

interface NewAddress extends Carried {
  accountId: string;
  email: string;
  /** The digest of what the account was found and entered by when it was asked for. */
  state: string;
}

type FoundLink = Pick<AccountLink, 'accountId' | 'purpose'>;

/**
 * AccountRecords keeps accounts (addresses and names sealed, an address found by its blind index, changes journalled) and
 * the one-time links by which a person chooses a password; of a link's token only the SHA-256 is kept.
 */
@Injectable()
export class AccountRecords {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly settings: SettingsService,
    private readonly mails: Mails,
  ) {}

  /** Whether people are written mail to; else links are handed on by whoever makes them. */
  get writesMail(): boolean {
    return this.mails.isOn;
  }

  /** Computes the blind index of an address. What is no address finds nobody, and takes as long. */
  emailIndex(email: string): Buffer {
    const parsed = emailField.safeParse(email);
    return this.sealer.blindIndex(`account:${parsed.success ? parsed.data : email.slice(0, 300)}`);
  }

  byEmailIndex(emailIndex: Buffer): Promise<Account | null> {
    return this.database.repository(Account).findOne({ where: { emailIndex } });
  }

  byId(id: string): Promise<Account | null> {
    return this.database.repository(Account).findOne({ where: { id } });
  }

  /** Returns a name for each `role:@id` of the log; an actor that names no account (a key, `set-up`) is its own name. */
  async namesOfActors(actors: string[]): Promise<Map<string, string>> {
    const ids = new Map(actors.map((actor) => [actor, /:@([0-9a-f-]{36})$/.exec(actor)?.[1]]));
    const rows = await this.database.rows<Pick<Account, 'id' | 'nameSealed'>>(
      `SELECT id, name_sealed FROM account WHERE id = ANY($1)`,
      [[...new Set(ids.values())]],
    );
    const names = new Map(rows.map((row) => [row.id, this.nameOf(row)]));
    return new Map(actors.map((actor) => [actor, names.get(ids.get(actor) ?? '') ?? actor]));
  }

  /** Returns those who may be asked to decide as second persons: they have accepted their invitation, and are not disabled. */
  secondPersons(): Promise<SecondPerson[]> {
    return this.database.rows<SecondPerson>(
      `SELECT id AS account_id, role, department_id FROM account
       WHERE disabled_at IS NULL AND password_hash IS NOT NULL AND role IN ('manager', 'auditor', 'admin')`,
    );
  }

  /** Returns the auditors who can sign in, by name. */
  async auditors(): Promise<{ id: string; name: string }[]> {
    const rows = await this.database.rows<Pick<Account, 'id' | 'nameSealed'>>(
      `SELECT id, name_sealed FROM account WHERE role = 'auditor' AND disabled_at IS NULL AND password_hash IS NOT NULL`,
    );
    return rows
      .map((row) => ({ id: row.id, name: this.nameOf(row) }))
      .sort((one, other) => one.name.localeCompare(other.name, 'ko'));
  }

  sealed(id: string, email: string, name: string) {
    return {
      emailSealed: this.sealer.seal(email, placeOf('email_sealed', id)),
      emailIndex: this.emailIndex(email),
      nameSealed: this.sealName(id, name),
    };
  }

  sealName(id: string, name: string): Buffer {
    return this.sealer.seal(name, placeOf('name_sealed', id));
  }

  nameOf({ id, nameSealed }: Pick<Account, 'id' | 'nameSealed'>): string {
    return this.sealer.open(nameSealed, placeOf('name_sealed', id));
  }

  emailOf({ id, emailSealed }: Account): string {
    return this.sealer.open(emailSealed, placeOf('email_sealed', id));
  }

  /** Tells whether somebody else has a name that people would read as the same: spaces, case and width are no difference. */
  async isNameOfAnother({ id }: Account, name: string): Promise<boolean> {
    const others = await this.database.rows<Pick<Account, 'id' | 'nameSealed'>>(
      `SELECT id, name_sealed FROM account WHERE id <> $1`,
      [id],
    );
    return others.some((other) => asRead(this.nameOf(other)) === asRead(name));
  }

  /** Records what somebody did to their own account. */
  journalOwnChange(account: Account, what: ChangeKind, before?: Account): Promise<void> {
    const actor = `${account.role}:@${account.id}`;
    return this.journalChange(account, what, before ? { before, actor } : { actor });
  }

  /** Writes into the log what an account shows, where nobody has changed it. */
  logState(accountId: string): Promise<void> {
    return this.journal.state('account', [accountId]);
  }

  /** Writes a change of an account into the log: what the person may do in plain, their name masked, and so their address where it changes. */
  async journalChange(
    account: Account,
    what: ChangeKind,
    by: { before?: Account; actor: string; reason?: string | null },
  ): Promise<void> {
    await this.logState(account.id);
    await this.journal.record({
      subject: 'account',
      subjectId: account.id,
      what,
      before: by.before ? this.forTheLog(by.before, what) : null,
      after: this.forTheLog(account, what),
      actor: by.actor,
      reason: by.reason ?? null,
    });
  }

  /**
   * Makes a link, mails it to its person, and returns its token; earlier links of the account stop working. An auditor's is for
   * the auditor alone, and null, wherever mail reaches them: whoever held it could decide and close flags in that name.
   */
  async makeLink(
    accountId: string,
    purpose: AccountLink['purpose'],
    { kind = purpose, hours = linkHours }: { kind?: MailKind; hours?: number } = {},
  ): Promise<string | null> {
    const token = randomBytes(32).toString('base64url');
    await this.voidLinks(accountId);
    await this.database.run(
      `INSERT INTO account_link (token_hash, account_id, purpose, expires_at)
       VALUES ($1, $2, $3, clock_timestamp() + make_interval(hours => $4))`,
      [secretHash(token), accountId, purpose, hours],
    );
    const account = await this.byId(accountId);
    if (account)
      await this.mailTo(this.addresseeOf(account), {
        kind,
        key: `link:${secretHash(token).toString('hex')}`,
        params: { hours },
        paragraphs: [this.mails.addressOf(`/console/welcome/${token}`)],
      });
    return this.mails.isPrivate && account?.role === 'auditor' ? null : token;
  }

  /** Mails a link to the address that somebody wants. It works for an hour, and while address and password stay as they are. */
  async mailNewAddress(account: Account, email: string): Promise<void> {
    const wanted: NewAddress = { accountId: account.id, email, state: stateOf(account), at: Date.now() };
    const change = sealCarried(this.sealer, newAddressPlace, wanted);
    await this.mailTo(
      { ...this.addresseeOf(account), email },
      {
        kind: 'new-address',
        key: `address:${secretHash(change).toString('hex')}`,
        params: { hours: forgottenHours },
        paragraphs: [this.mails.addressOf(`/console/account/email?change=${change}`)],
      },
    );
  }

  /** Returns the address that a link of `mailNewAddress` gives an account; null for another account's link, and for one that is over. */
  newAddressOf(account: Account, change: string): string | null {
    const wanted = openCarried<NewAddress>(this.sealer, newAddressPlace, change, forgottenHours * 3_600_000);
    const isTheirs = wanted?.accountId === account.id && wanted.state === stateOf(account);
    return isTheirs ? wanted.email : null;
  }

  /** Puts another address in the place of an account's; whoever reads the old one is told, and its links stop working. */
  async putAddress(before: Account, email: string): Promise<void> {
    const { emailSealed, emailIndex } = this.sealed(before.id, email, '');
    const after = { ...before, emailSealed, emailIndex };
    await this.database.repository(Account).update({ id: before.id }, { emailSealed, emailIndex });
    await this.voidLinks(before.id);
    await this.mailTo(this.addresseeOf(before), {
      kind: 'address-changed',
      // Each change is told, also one that was made and taken back before.
      key: `address:${newId()}`,
      params: {},
      paragraphs: [],
    });
    await this.journalOwnChange(after, 'address-changed', before);
  }

  /** Returns everybody who can sign in, as mail is written to them. */
  async addressees(): Promise<Addressee[]> {
    const accounts = await this.database
      .repository(Account)
      .find({ where: { disabledAt: IsNull(), passwordHash: Not(IsNull()) }, order: { id: 'ASC' } });
    return accounts.map((account) => this.addresseeOf(account));
  }

  /** Writes a mail to somebody, in their language: what its kind says, then its paragraphs. */
  async mailTo(
    { email, locale }: Addressee,
    {
      kind,
      key,
      params,
      paragraphs,
    }: Pick<NewMail, 'kind' | 'key'> & { params: Params; paragraphs: string[] },
  ): Promise<void> {
    const agency = (await this.settings.agency()).value.name[locale];
    const words = (part: string) => translate(locale, `mails.${part}-${kind}`, { agency, ...params });
    const head = kind === 'morning' ? [] : [words('text')];
    const text = [...head, ...paragraphs, translate(locale, 'mails.why')].join('\n\n');
    await this.mails.put({ kind, key, to: email, subject: words('subject'), text });
  }

  private addresseeOf(account: Account): Addressee {
    const { id: accountId, role, departmentId, officerId, locale } = account;
    const caller = { keyId: null, accountId, name: '', role, departmentId, officerId };
    return { caller, locale, email: this.emailOf(account) };
  }

  /** Returns the link of a token; null when it was used, replaced, or is past its time. */
  readLink(token: string): Promise<FoundLink | null> {
    return this.foundLink(`SELECT account_id, purpose FROM account_link WHERE ${liveLink}`, token);
  }

  /** Uses up the link of a token. Of two who use it at the same moment, one succeeds. */
  useLink(token: string): Promise<FoundLink | null> {
    return this.foundLink(`DELETE FROM account_link WHERE ${liveLink} RETURNING account_id, purpose`, token);
  }

  /** Returns until when the last link of each account works; null for one that is over. */
  async linkEnds(): Promise<Map<string, Date | null>> {
    const rows = await this.database.rows<{ accountId: string; endsAt: Date | null }>(
      `SELECT account_id, max(expires_at) FILTER (WHERE expires_at > clock_timestamp()) AS ends_at
       FROM account_link GROUP BY account_id`,
    );
    return new Map(rows.map(({ accountId, endsAt }) => [accountId, endsAt]));
  }

  /** Tells whether an account has had a link for less long than half of so many hours. */
  async hasFreshLink(accountId: string, hours: number): Promise<boolean> {
    const [row] = await this.database.rows<{ isFresh: boolean }>(
      `SELECT EXISTS (SELECT FROM account_link WHERE account_id = $1
         AND expires_at > clock_timestamp() + make_interval(hours => $2) / 2) AS is_fresh`,
      [accountId, hours],
    );
    return row?.isFresh ?? false;
  }

  async voidLinks(accountId: string): Promise<void> {
    await this.database.repository(AccountLink).delete({ accountId });
  }

  private async foundLink(sql: string, token: string): Promise<FoundLink | null> {
    const [row] = await this.database.rows<FoundLink>(sql, [secretHash(token)]);
    return row ?? null;
  }

  private forTheLog(account: Account, what: ChangeKind) {
    const { role, departmentId, officerId, disabledAt } = account;
    return {
      name: maskName(this.nameOf(account)),
      role,
      departmentId,
      officerId,
      active: disabledAt === null,
      ...(what === 'address-changed' && { address: maskName(this.emailOf(account)) }),
    };
  }
}

function stateOf({ emailIndex, passwordHash }: Account): string {
  return secretHash(`${emailIndex.toString('hex')} ${passwordHash}`).toString('base64url');
}

function placeOf(column: 'email_sealed' | 'name_sealed', rowId: string) {
  return { table: 'account', column, rowId };
}

function asRead(name: string): string {
  return name.normalize('NFKC').replace(/\s/gu, '').toLowerCase();
}
