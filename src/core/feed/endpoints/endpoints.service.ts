import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { notFound } from '../../../platform/app-error.js';
import { Database } from '../../../platform/database/database.js';
import { newId } from '../../../platform/ids.js';
import { takeRandomBytes } from '../../../platform/random.js';
import { Sealer } from '../../../platform/sealing/sealer.js';
import { actorOf, type Caller } from '../../access/roles.js';
import { zonedIso } from '../../calendar/zoned-iso.js';
import type { ChangeKind } from '../../proof/change.entity.js';
import { Journal } from '../../proof/journal.service.js';
import { SettingsService } from '../../settings/settings.service.js';
import { feedProblems } from '../feed.words.js';
import { FeedEndpoint, secretPlace } from './endpoint.entity.js';
import type { EndpointView, NewEndpoint } from './endpoint.schema.js';
import { EndpointCalls } from './endpoint-calls.js';

const newSecret = () => `whsec_${takeRandomBytes(32).toString('base64')}`;

/** FeedEndpoints keep the addresses that the feed is pushed to. Their secrets are sealed, and each is shown once. */
@Injectable()
export class FeedEndpoints {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly settings: SettingsService,
    private readonly calls: EndpointCalls,
  ) {}

  /** Throws `endpoint-address` for an address that the service may not call. */
  async register(
    caller: Caller,
    { url, kinds, after }: NewEndpoint,
  ): Promise<{ id: string; secret: string }> {
    if (!this.calls.mayCall(new URL(url))) {
      const fields = [feedProblems.field('url', 'endpoint-address')];
      throw feedProblems.error('endpoint-address', {}, { fields });
    }
    const [id, secret] = [newId(), newSecret()];
    const sealed = this.sealer.seal(secret, secretPlace(id, 'secret_sealed'));
    await this.database.inTransaction(async () => {
      await this.database.run(
        `INSERT INTO feed_endpoint (id, url, kinds, status, secret_sealed, after, attempts, next_at, created_at)
         SELECT $1, $2, $3, 'active', $4, least(coalesce($5, size), size), 0, clock_timestamp(), clock_timestamp()
         FROM (SELECT coalesce(max(index) + 1, 0) AS size FROM log_entry) log`,
        [id, url, [...new Set(kinds)], sealed, after ?? null],
      );
      await this.record(caller, id, 'created', { url, kinds });
    });
    return { id, secret };
  }

  async list(): Promise<EndpointView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database
      .repository(FeedEndpoint)
      .find({ where: { status: In(['active', 'paused']) }, order: { id: 'ASC' } });
    return rows.map(({ id, url, kinds, status, after, failingSince, lastFailure, createdAt }) => ({
      id,
      url,
      kinds,
      after,
      lastFailure,
      status: status === 'paused' ? status : 'active',
      failingSince: failingSince && zonedIso(failingSince, timeZone),
      createdAt: zonedIso(createdAt, timeZone),
    }));
  }

  /** Gives an endpoint another secret. The one before signs beside it for a day, so that receivers can change over. */
  async rotate(caller: Caller, id: string): Promise<{ id: string; secret: string }> {
    const secret = newSecret();
    await this.database.inTransaction(async () => {
      const [row] = await this.database.rows<{ secretSealed: Buffer }>(
        `SELECT secret_sealed FROM feed_endpoint WHERE id = $1 AND status <> 'removed' FOR UPDATE`,
        [id],
      );
      if (!row) throw notFound('endpoint');
      const former = this.sealer.open(row.secretSealed, secretPlace(id, 'secret_sealed'));
      await this.database.run(
        `UPDATE feed_endpoint SET secret_sealed = $2, former_secret_sealed = $3,
           former_until = clock_timestamp() + interval '1 day' WHERE id = $1`,
        [
          id,
          this.sealer.seal(secret, secretPlace(id, 'secret_sealed')),
          this.sealer.seal(former, secretPlace(id, 'former_secret_sealed')),
        ],
      );
      await this.record(caller, id, 'reset');
    });
    return { id, secret };
  }

  /** Goes on with an endpoint that was paused, from where it was. */
  resume(caller: Caller, id: string): Promise<void> {
    const active = `status = 'active', attempts = 0, failing_since = NULL, last_failure = NULL, next_at = clock_timestamp()`;
    return this.put(caller, id, 'enabled', `${active} WHERE id = $1 AND status = 'paused'`);
  }

  remove(caller: Caller, id: string): Promise<void> {
    const removed = `status = 'removed', secret_sealed = NULL, former_secret_sealed = NULL`;
    return this.put(caller, id, 'revoked', `${removed} WHERE id = $1 AND status <> 'removed'`);
  }

  private async put(caller: Caller, id: string, what: ChangeKind, set: string): Promise<void> {
    await this.database.inTransaction(async () => {
      if ((await this.database.run(`UPDATE feed_endpoint SET ${set}`, [id])) === 0)
        throw notFound('endpoint');
      await this.record(caller, id, what);
    });
  }

  private record(caller: Caller, subjectId: string, what: ChangeKind, after: object | null = null) {
    const entry = { subject: 'endpoint', subjectId, what, actor: actorOf(caller) };
    return this.journal.record({ ...entry, after: after && { ...after } });
  }
}
