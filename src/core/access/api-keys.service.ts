import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Journal } from '../proof/journal.service.js';
import { accessProblems } from './access.words.js';
import { ApiKey } from './api-key.entity.js';
import { actorOf, type Caller } from './roles.js';

const keyPattern = /^chr_([A-Za-z0-9]{8})_([A-Za-z0-9_-]{32,})$/;

export type NewApiKey = Pick<ApiKey, 'name' | 'role' | 'departmentId' | 'officerId' | 'expiresAt'>;

/** ApiKeysService keeps API keys: of each a public prefix to find its row by, and the SHA-256 of its secret. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** Returns the caller of a key. Null when it is unknown, waits, is expired or revoked: all look and take the same. */
  async authenticate(presented: string): Promise<Caller | null> {
    const match = keyPattern.exec(presented);
    const prefix = match?.[1] ?? 'absent00';
    const [row] = await this.database.rows<ApiKey & { stale: boolean }>(
      `SELECT *, coalesce(last_used_at < clock_timestamp() - interval '1 minute', true) AS stale FROM api_key
       WHERE prefix = $1 AND NOT waits AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
      [prefix],
    );
    const expected = row?.secretHash ?? Buffer.alloc(32);
    if (!timingSafeEqual(secretHash(presented), expected) || !row) return null;
    if (row.stale) {
      await this.database.run(`UPDATE api_key SET last_used_at = clock_timestamp() WHERE id = $1`, [row.id]);
    }
    const { id, name, role, departmentId, officerId } = row;
    return { keyId: id, accountId: null, name, role, departmentId, officerId };
  }

  /** Makes a key and returns it; it is not kept, and cannot be shown again. An auditor's waits until `open`. */
  async create(caller: Caller, wanted: NewApiKey): Promise<{ id: string; key: string }> {
    const key = makeKey();
    const id = await this.database.inTransaction(async () => {
      await this.requireFreeName(wanted.name);
      const made = await this.store(key, wanted, wanted.role === 'auditor');
      await this.journal.record({
        subject: 'api-key',
        subjectId: made,
        what: 'created',
        after: { name: wanted.name, role: wanted.role, departmentId: wanted.departmentId },
        actor: actorOf(caller),
      });
      return made;
    });
    return { id, key };
  }

  async revoke(caller: Caller, id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      const [revoked] = await this.database.rows<Pick<ApiKey, 'name' | 'role'>>(
        `UPDATE api_key SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL RETURNING name, role`,
        [id],
      );
      if (!revoked) throw notFound('key');
      if (id === caller.keyId) throw accessProblems.error('own-key');
      await this.journal.state('api_key', [id]);
      await this.journal.record({
        subject: 'api-key',
        subjectId: id,
        what: 'revoked',
        before: { ...revoked },
        actor: actorOf(caller),
      });
    });
  }

  /** Lets a key that waits be used. */
  async open(id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      const { affected } = await this.database
        .repository(ApiKey)
        .update({ id, waits: true, revokedAt: IsNull() }, { waits: false });
      if (!affected) throw notFound('key');
      await this.journal.state('api_key', [id]);
    });
  }

  list(): Promise<ApiKey[]> {
    return this.database.repository(ApiKey).find({ order: { id: 'ASC' } });
  }

  /** Makes the key that the environment or the embedded start names, once; a second start finds it. */
  async ensure(key: string, wanted: NewApiKey): Promise<void> {
    const prefix = keyPattern.exec(key)?.[1];
    if (!prefix) throw new Error('the bootstrap key is malformed');
    const known = await this.database.repository(ApiKey).findOne({ where: { prefix } });
    if (!known) await this.database.inTransaction(() => this.store(key, wanted));
    else if (!known.secretHash.equals(secretHash(key))) {
      throw new Error(`BOOTSTRAP_API_KEY: another key has the prefix ${prefix}; choose another prefix`);
    }
  }

  /**
   * Throws `key-name-taken`: the log names programs by their keys' names, so that no two keys ever have the same one, and
   * none has one that reads as the id of an account. The lock makes those who create at once take turns.
   */
  private async requireFreeName(name: string): Promise<void> {
    await this.database.run(`LOCK TABLE api_key IN SHARE ROW EXCLUSIVE MODE`);
    const [taken] = await this.database.rows(`SELECT FROM api_key WHERE lower(name) = lower($1)`, [name]);
    if (taken || name.startsWith('@')) throw accessProblems.error('key-name-taken', { name });
  }

  private async store(key: string, wanted: NewApiKey, waits = false): Promise<string> {
    const id = newId();
    await this.database.repository(ApiKey).insert({
      id,
      ...wanted,
      prefix: keyPattern.exec(key)?.[1] ?? '',
      secretHash: secretHash(key),
      lastUsedAt: null,
      revokedAt: null,
      waits,
    });
    await this.journal.state('api_key', [id]);
    return id;
  }
}

export function makeKey(): string {
  const letters = randomBytes(16)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 8)
    .padEnd(8, 'x');
  return `chr_${letters}_${randomBytes(32).toString('base64url')}`;
}

/** Hashes a secret that we made ourselves, long and random, for keeping: it needs no salt and no slowness. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
