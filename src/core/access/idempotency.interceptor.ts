import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { accessProblems } from './access.words.js';
import type { IdempotencyKey } from './api-key.entity.js';
import { type CalledRequest, shownOnceKey } from './rules.js';

/**
 * `Idempotency-Key` on calls that create: the key, what was asked and what was answered commit in the transaction of
 * the creation itself, so that a repeated call gets the first answer and creates nothing. Kept for 24 hours; a secret
 * that is shown once is not kept.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<CalledRequest>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || typeof key !== 'string' || !request.caller?.keyId) return next.handle();
    if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw accessProblems.error('idempotency-key-malformed');
    if (/^multipart\//i.test(request.headers['content-type'] ?? '')) {
      // Read by the handler itself: two different files would look alike here.
      throw accessProblems.error('idempotency-key-on-upload');
    }
    const secret = this.reflector.get<string | undefined>(shownOnceKey, context.getHandler());
    return from(
      this.once(request.caller.keyId, { key, secret }, request, http.getResponse<FastifyReply>(), next),
    );
  }

  private once(
    keyId: string,
    { key, secret }: { key: string; secret: string | undefined },
    request: CalledRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const asked = createHash('sha256')
      .update(`${request.method} ${request.url}\n${canonicalBody(request.body)}`)
      .digest();
    const work = async () => {
      const [kept] = await this.database.rows<IdempotencyKey>(
        `SELECT * FROM idempotency_key
         WHERE api_key_id = $1 AND key = $2 AND created_at > clock_timestamp() - interval '24 hours'`,
        [keyId, key],
      );
      if (kept) return this.replay(kept, asked, reply);
      const answer: unknown = await lastValueFrom(next.handle());
      const rowId = newId();
      const response = JSON.stringify(without(secret, answer) ?? null);
      await this.database.run(
        `INSERT INTO idempotency_key (api_key_id, key, request_hash, status, response_sealed, row_id)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (api_key_id, key) DO UPDATE SET request_hash = $3, status = $4, response_sealed = $5,
           row_id = $6, created_at = clock_timestamp()`,
        [keyId, key, asked, reply.statusCode, this.sealer.seal(response, placeOf(rowId)), rowId],
      );
      return answer;
    };
    return this.database.ifFree(`${keyId} ${key}`, work, () => {
      throw accessProblems.error('idempotency-key-in-flight');
    });
  }

  private replay(kept: IdempotencyKey, asked: Buffer, reply: FastifyReply): unknown {
    if (!kept.requestHash.equals(asked)) throw accessProblems.error('idempotency-key-reused');
    void reply.status(kept.status).header('Idempotent-Replayed', 'true');
    return JSON.parse(this.sealer.open(kept.responseSealed, placeOf(kept.rowId))) as unknown;
  }
}

function without(member: string | undefined, answer: unknown): unknown {
  if (member === undefined || typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).filter(([name]) => name !== member));
}

/** Writes a body with its fields in one order. It was not validated yet, and may hold what the log's own form has no place for. */
function canonicalBody(body: unknown): string {
  if (body === undefined || body === null) return '';
  return JSON.stringify(body, (_name, value: unknown) => {
    if (typeof value === 'number') return `${value}`;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? inOrder(value) : value;
  });
}

function inOrder(object: object): object {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function placeOf(rowId: string) {
  return { table: 'idempotency_key', column: 'response_sealed', rowId };
}
