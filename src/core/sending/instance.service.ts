import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { newId } from '../../platform/ids.js';
import { BrakesService } from './brakes.service.js';
import { InstanceMarker } from './instance-marker.js';
import { Database } from '../../platform/database/database.js';

/** From when to when the database may have had another life that sent what this one takes for unsent. */
export interface Suspicion {
  from: Date;
  until: Date;
}

interface InstanceRow {
  id: string;
  fingerprint: string;
  epoch: number;
  activeAt: Date;
  suspectFrom: Date | null;
  suspectUntil: Date | null;
}

const columns = `id, fingerprint, epoch::float8 AS epoch, active_at, suspect_from,
  suspect_until`;

/** Two receivers of one stream of backups differ in these: the cluster, the database in it, and its tables. */
const fingerprintSql = `SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'attempt'::regclass::oid) AS fingerprint`;

/**
 * Knows its own database again. A restored or copied one must not send the past a second time: it starts paused,
 * asks the provider about all that fell due, and a person resumes it.
 */
@Injectable()
export class InstanceService {
  private readonly logger = new Logger(InstanceService.name);

  constructor(
    @Inject(CONFIG) private readonly config: { instance: string | null },
    private readonly database: Database,
    private readonly brakes: BrakesService,
    private readonly marker: InstanceMarker,
  ) {}

  /** At the start of a process that sends, before anything is claimed. */
  async recognise(): Promise<void> {
    const [print] = await this.database.rows<{ fingerprint: string }>(fingerprintSql);
    const fingerprint = print?.fingerprint ?? '';
    const [made] = await this.database.rows<InstanceRow>(
      `INSERT INTO instance (id, fingerprint, epoch) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING RETURNING ${columns}`,
      [newId(), fingerprint],
    );
    if (!made) {
      const why = await this.whyStrange(await this.row(), fingerprint);
      if (why) await this.pause(why, fingerprint);
    }
    await this.beat();
  }

  /** Now and then: what the marker remembers must never be ahead of the database. */
  async beat(): Promise<void> {
    const row = await this.row();
    const why = await this.whyAhead(row);
    if (why) await this.pause(why, row.fingerprint);
    const [beaten] = await this.database.rows<{ id: string; epoch: number }>(
      `UPDATE instance SET epoch = greatest(epoch, $1::bigint) + 1, active_at = clock_timestamp()
       RETURNING id, epoch::float8 AS epoch`,
      [why ? (this.marker.read()?.epoch ?? 0) : 0],
    );
    if (beaten) this.marker.write({ id: beaten.id, epoch: beaten.epoch });
  }

  async suspicion(): Promise<Suspicion | null> {
    const row = await this.find();
    return row?.suspectFrom && row.suspectUntil ? { from: row.suspectFrom, until: row.suspectUntil } : null;
  }

  async row(): Promise<InstanceRow> {
    const row = await this.find();
    if (row) return row;
    throw new AppError(
      'not-found',
      'instance-unknown',
      'No process that sends has run on this database yet: start one with CHORONG_ROLE=all or worker.',
    );
  }

  private async find(): Promise<InstanceRow | null> {
    const [row] = await this.database.rows<InstanceRow>(`SELECT ${columns} FROM instance`);
    return row ?? null;
  }

  private async whyStrange(row: InstanceRow, fingerprint: string): Promise<string | null> {
    if (row.fingerprint !== fingerprint)
      return 'The database was restored or copied: it stands in another server.';
    const marker = this.marker.read();
    if (!marker) {
      return this.config.instance === row.id
        ? null
        : 'This service has not run this database before: it may be a copy. If it is not, set CHORONG_INSTANCE or keep CHORONG_DATA_DIR.';
    }
    if (marker.id !== row.id) return 'The database is of another instance: it was replaced.';
    return this.whyAhead(row);
  }

  private async whyAhead(row: InstanceRow): Promise<string | null> {
    const marker = this.marker.read();
    if (!marker || marker.id !== row.id) return null;
    if (marker.epoch > row.epoch)
      return 'The database is older than what this service has done: it was restored.';
    if (!marker.lastAttempt) return null;
    const [known] = await this.database.rows(`SELECT 1 FROM attempt WHERE id = $1`, [marker.lastAttempt]);
    return known ? null : 'The database does not know the last text this service sent: it was restored.';
  }

  private async pause(reason: string, fingerprint: string): Promise<void> {
    this.logger.error(`sending is paused: ${reason}`);
    await this.database.inTransaction(async () => {
      // An hour before the last sign of life, for clocks that differ and for what was under way.
      await this.database.run(
        `UPDATE instance SET fingerprint = $1, suspect_until = clock_timestamp(),
                suspect_from = least(suspect_from, active_at - interval '1 hour')`,
        [fingerprint],
      );
      await this.brakes.pull('system', { scope: 'instance', target: 'all', reason });
    });
    this.marker.forgetLastAttempt();
  }
}
