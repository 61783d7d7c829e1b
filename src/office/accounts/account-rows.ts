import { Injectable } from '@nestjs/common';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Account } from './account.entity.js';
import { emailField } from './account.schema.js';
import { Database } from '../../platform/database/database.js';

type Column = 'email_sealed' | 'name_sealed';

/** Accounts as they are kept: e-mail addresses and names sealed, an address found by its blind index. */
@Injectable()
export class AccountRows {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
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

  async names(ids: string[]): Promise<Map<string, string>> {
    const rows = await this.database.rows<{ id: string; nameSealed: Buffer }>(
      `SELECT id, name_sealed FROM account WHERE id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, this.openName(row.id, row.nameSealed)]));
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

  openName(id: string, sealed: Buffer): string {
    return this.sealer.open(sealed, placeOf('name_sealed', id));
  }

  openEmail(account: Account): string {
    return this.sealer.open(account.emailSealed, placeOf('email_sealed', account.id));
  }
}

function placeOf(column: Column, rowId: string) {
  return { table: 'account', column, rowId };
}
