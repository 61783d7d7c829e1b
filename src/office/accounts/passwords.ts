import { accountProblems } from './accounts.words.js';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { SettingsService } from '../../core/settings/settings.service.js';
import { AccountRecords } from './account-records.js';
import type { Account } from './account.entities.js';
import { whyPasswordWillNotDo } from './password-rules.js';
import { Database } from '../../platform/database/database.js';

/**
 * OWASP Password Storage Cheat Sheet: Argon2id, which is the library's default, with 19 MiB (here in KiB), two passes
 * and one lane.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Kept and compared as Argon2id, in PHC form, so that the parameters can grow with the machines. */
@Injectable()
export class Passwords {
  private readonly nobodys = this.hashed('a password that is nobody’s');

  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly settings: SettingsService,
  ) {}

  /** Without a hash it takes as long as with one, and is false. */
  async matches(kept: string | null, password: string): Promise<boolean> {
    const right = await verify(kept ?? (await this.nobodys), password.normalize('NFC'));
    return kept !== null && right;
  }

  /** Throws `password-unusable` when it is too short, too common, or made of what others know of the person. */
  async set(account: Account, password: string): Promise<void> {
    const { value: agency } = await this.settings.agency();
    const known = [
      this.records.emailOf(account),
      this.records.nameOf(account),
      agency.name.ko,
      agency.name.en,
    ];
    const why = whyPasswordWillNotDo(password, known);
    if (why) {
      throw accountProblems.error(
        'password-unusable',
        { why: { word: `problems.${why}` } },
        { fields: [accountProblems.field('password', why)] },
      );
    }
    await this.keep(account.id, await this.hashed(password));
  }

  /** Hashes again what was hashed when machines were slower. */
  async strengthen(account: Account, password: string): Promise<void> {
    if (account.passwordHash && isWeaker(account.passwordHash)) {
      await this.keep(account.id, await this.hashed(password), account.passwordHash);
    }
  }

  private hashed(password: string): Promise<string> {
    return hash(password.normalize('NFC'), cost);
  }

  private async keep(id: string, passwordHash: string, inPlaceOf: string | null = null): Promise<void> {
    await this.database.run(
      `UPDATE account SET password_hash = $2 WHERE id = $1 AND ($3::text IS NULL OR password_hash = $3)`,
      [id, passwordHash, inPlaceOf],
    );
  }
}

function isWeaker(kept: string): boolean {
  const [, memory = 0, time = 0] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(kept) ?? [];
  return Number(memory) < cost.memoryCost || Number(time) < cost.timeCost;
}
