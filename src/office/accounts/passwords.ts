import { createHash } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { dataLines } from '../../platform/project-files.js';
import { AccountRecords } from './account-records.js';
import type { Account } from './account.entities.js';
import { accountProblems } from './accounts.words.js';

/** Limits in characters: length counts, composition does not (NIST SP 800-63B-4, 3.1.1.2). */
const shortestPassword = 12;
const longestPassword = 128;

/** The beginnings of the SHA-256 of common passwords; `data/make-common-passwords.mjs` says which. */
const commonDigests = new Set(dataLines('common-passwords.txt'));
const digestLength = 10;
/** So many characters have to be left of a password without the words that anybody knows of its owner. */
const ownShare = 8;

type PasswordProblem = 'password-short' | 'password-long' | 'password-common' | 'password-personal';

/**
 * OWASP Password Storage Cheat Sheet: Argon2id, which is the library's default, with 19 MiB (here in KiB), two passes
 * and one lane.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Passwords are kept and compared as Argon2id, in PHC form, so that the parameters can grow with the machines. */
@Injectable()
export class Passwords {
  private readonly nobodys = this.hashed('a password that is nobody’s');

  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly settings: SettingsService,
  ) {}

  /** Compares a password with what is kept. Without a hash it takes as long as with one, and is false. */
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
      const fields = [accountProblems.field('password', why)];
      throw accountProblems.error('password-unusable', { why: { word: `problems.${why}` } }, { fields });
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
    await this.database.inTransaction(async () => {
      await this.database.run(
        `UPDATE account SET password_hash = $2 WHERE id = $1 AND ($3::text IS NULL OR password_hash = $3)`,
        [id, passwordHash, inPlaceOf],
      );
      await this.records.logState(id);
    });
  }
}

function isWeaker(kept: string): boolean {
  const [, memory = 0, time = 0] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(kept) ?? [];
  return Number(memory) < cost.memoryCost || Number(time) < cost.timeCost;
}

/**
 * Returns why a password cannot be used; null when it will do. `known` is what anybody knows of the person: the e-mail
 * address, the name, the agency.
 */
export function whyPasswordWillNotDo(password: string, known: string[]): PasswordProblem | null {
  const plain = password.normalize('NFC').toLowerCase();
  const length = [...plain].length;
  if (length < shortestPassword) return 'password-short';
  if (length > longestPassword) return 'password-long';
  if (isCommon(plain) || isMonotonous(plain)) return 'password-common';
  return isPersonal(plain, known) ? 'password-personal' : null;
}

/** On the list as it is, or without the digits and signs around it, or as one word said several times. */
function isCommon(plain: string): boolean {
  const word = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [plain, word, repeatedPart(plain)].some((one) => one.length >= 5 && isListed(one));
}

/** Tells whether a password has few characters, repeats a short part, or walks along the alphabet or the digits. */
function isMonotonous(plain: string): boolean {
  const characters = [...plain];
  if (new Set(characters).size < 5 || repeatedPart(plain).length < 6) return true;
  const steps = characters.slice(1).filter((character, n) => {
    const step = (character.codePointAt(0) ?? 0) - (characters[n]?.codePointAt(0) ?? 0);
    return Math.abs(step) <= 1 || Math.abs(step) === 9;
  });
  return steps.length >= (characters.length - 1) * 0.8;
}

function isPersonal(plain: string, known: string[]): boolean {
  const lower = known.map((each) => each.normalize('NFC').toLowerCase());
  const words = lower
    .flatMap((each) => each.split(/[^\p{L}\p{N}]+/u))
    .filter((word) => [...word].length >= 2)
    .sort((a, b) => b.length - a.length);
  const left = words.reduce((rest, word) => rest.replaceAll(word, ''), plain);
  return left !== plain && [...left].length < ownShare;
}

/** `abcabcabc` is `abc`; what does not repeat itself is itself. */
function repeatedPart(plain: string): string {
  const at = (plain + plain).indexOf(plain, 1);
  return plain.slice(0, at);
}

function isListed(word: string): boolean {
  return commonDigests.has(createHash('sha256').update(word).digest('hex').slice(0, digestLength));
}
