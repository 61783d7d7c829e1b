import { Injectable } from '@nestjs/common';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { Journal } from '../../core/proof/journal.service.js';
import { Database } from '../../platform/database/database.js';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Account } from './account.entities.js';
import { emailField } from './account.schema.js';

/** AccountRecords keeps accounts: addresses and names sealed, an address found by its blind index, changes journalled. */
@Injectable()
export class AccountRecords {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
  ) {}

  /** What is no address finds nobody, and takes as long. */
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
    const known = [...new Set(ids.values())].filter((id) => id !== undefined);
    const rows = await this.database.rows<Pick<Account, 'id' | 'nameSealed'>>(
      `SELECT id, name_sealed FROM account WHERE id = ANY($1)`,
      [known],
    );
    const names = new Map(rows.map((row) => [row.id, this.nameOf(row)]));
    return new Map(actors.map((actor) => [actor, names.get(ids.get(actor) ?? '') ?? actor]));
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

  /** Writes a change of an account into the log: what somebody may do in plain, who they are masked. */
  async journalChange(
    account: Account,
    what: ChangeKind,
    by: { before?: Account; actor: string; reason?: string | null },
  ): Promise<void> {
    await this.journal.record({
      subject: 'account',
      subjectId: account.id,
      what,
      before: by.before ? this.forTheLog(by.before) : null,
      after: this.forTheLog(account),
      actor: by.actor,
      reason: by.reason ?? null,
    });
  }

  private forTheLog(account: Account) {
    return {
      name: maskName(this.nameOf(account)),
      role: account.role,
      departmentId: account.departmentId,
      officerId: account.officerId,
      active: account.disabledAt === null,
    };
  }
}

function placeOf(column: 'email_sealed' | 'name_sealed', rowId: string) {
  return { table: 'account', column, rowId };
}
