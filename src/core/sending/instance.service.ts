import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { BrakesService } from './brakes.service.js';
import { Instance } from './sending.entities.js';
import { SendingWatch } from './sending-watch.js';
import { sendingProblems } from './sending.words.js';

const markerSchema = z.object({
  id: z.uuid(),
  epoch: z.number(),
  lastAttempt: z.uuid().nullable().default(null),
});
type Marker = z.infer<typeof markerSchema>;

/** InstanceMarker is what the service remembers of its database outside of it: a restore does not take it back. */
@Injectable()
export class InstanceMarker {
  private readonly path: string;
  private current: Marker | null | undefined;

  constructor(@Inject(CONFIG) private readonly config: { dataDir: string }) {
    this.path = join(config.dataDir, 'instance.json');
  }

  readMarker(): Marker | null {
    if (this.current === undefined) this.current = this.load();
    return this.current;
  }

  /** Remembers a database as it was last seen. */
  rememberDatabase(seen: { id: string; epoch: number }): void {
    this.store({ lastAttempt: null, ...this.readMarker(), ...seen });
  }

  /** Remembers an attempt before its call is made, so that a restore from just before it is noticed; null forgets it. */
  rememberAttempt(attemptId: string | null): void {
    const marker = this.readMarker();
    if (marker) this.store({ ...marker, lastAttempt: attemptId });
  }

  private load(): Marker | null {
    try {
      const parsed = markerSchema.safeParse(JSON.parse(readFileSync(this.path, 'utf8')));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  /** Writes the file whole or not at all: a torn one would look like a strange database. */
  private store(marker: Marker): void {
    this.current = marker;
    mkdirSync(this.config.dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(`${this.path}.new`, JSON.stringify(marker), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}

export const instanceView = z
  .object({
    id: z.uuid(),
    activeAt: z.string(),
    suspectFrom: z.string().nullable(),
    suspectUntil: z.string().nullable(),
    unsettled: z.object({ alerts: z.int(), attempts: z.int() }),
    possiblyDoubled: z.int().meta({ description: 'Texts that the provider showed only after the grace.' }),
    resentUnproved: z
      .int()
      .meta({ description: 'Resends after a failure that does not prove non-delivery.' }),
  })
  .meta({ id: 'Instance' });

/** This names the cluster, the database in it and its tables: two receivers of one stream of backups differ in these. */
const fingerprintSql = `SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'attempt'::regclass::oid) AS fingerprint`;

/**
 * InstanceService knows its own database again. A restored or copied one must not send the past a second time: it starts
 * paused, asks the provider about all that fell due, and a person resumes it.
 */
@Injectable()
export class InstanceService {
  private readonly logger = new Logger(InstanceService.name);

  constructor(
    @Inject(CONFIG) private readonly config: { instance: string | null },
    private readonly database: Database,
    private readonly brakes: BrakesService,
    private readonly marker: InstanceMarker,
    private readonly watch: SendingWatch,
  ) {}

  /** Compares the database with what is remembered of it. It runs at the start of a process that sends, before anything is sent. */
  async recogniseDatabase(): Promise<void> {
    const [print] = await this.database.rows<{ fingerprint: string }>(fingerprintSql);
    const fingerprint = print?.fingerprint ?? '';
    const isNew = await this.database.run(
      `INSERT INTO instance (id, fingerprint, epoch) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING`,
      [newId(), fingerprint],
    );
    if (!isNew) {
      const why = await this.whyStrange(await this.requireInstance(), fingerprint);
      if (why) await this.pause(why, fingerprint);
    }
    await this.beat();
  }

  /** Shows a sign of life, and whether the jobs of this process fail. What the marker remembers must never be ahead of the database. */
  async beat(): Promise<void> {
    const row = await this.requireInstance();
    const why = await this.whyAhead(row);
    if (why) await this.pause(why, row.fingerprint);
    const [beaten] = await this.database.rows<{ id: string; epoch: number }>(
      `UPDATE instance SET epoch = greatest(epoch, $1::bigint) + 1, active_at = clock_timestamp(),
              failing_at = CASE WHEN $2 THEN clock_timestamp() ELSE failing_at END
       RETURNING id, epoch::float8 AS epoch`,
      [why ? (this.marker.readMarker()?.epoch ?? 0) : 0, this.watch.failingJob() !== null],
    );
    if (beaten) this.marker.rememberDatabase({ id: beaten.id, epoch: beaten.epoch });
  }

  /** Shows which database this is, what a restore left to settle, and how often a text may have been doubled. */
  async describeInstance(): Promise<z.infer<typeof instanceView>> {
    const row = await this.requireInstance();
    const unsettled = await this.brakes.unsettled();
    const [counts] = await this.database.rows<{ doubled: number; resent: number }>(
      `SELECT (SELECT count(*)::int FROM attempt WHERE late) AS doubled,
              (SELECT coalesce(sum(resent_unproved), 0)::int FROM message) AS resent`,
    );
    return {
      id: row.id,
      activeAt: row.activeAt.toISOString(),
      suspectFrom: row.suspectFrom?.toISOString() ?? null,
      suspectUntil: row.suspectUntil?.toISOString() ?? null,
      unsettled,
      possiblyDoubled: counts?.doubled ?? 0,
      resentUnproved: counts?.resent ?? 0,
    };
  }

  private async requireInstance(): Promise<Instance> {
    const row = await this.database.repository(Instance).findOneBy({ singleton: true });
    if (row) return row;
    throw sendingProblems.error('instance-unknown');
  }

  private async whyStrange(row: Instance, fingerprint: string): Promise<string | null> {
    if (row.fingerprint !== fingerprint)
      return 'The database was restored or copied: it stands in another server.';
    const marker = this.marker.readMarker();
    if (!marker) {
      return this.config.instance === row.id
        ? null
        : 'This service has not run this database before: it may be a copy. If it is not, set CHORONG_INSTANCE or keep CHORONG_DATA_DIR.';
    }
    if (marker.id !== row.id) return 'The database is of another instance: it was replaced.';
    return this.whyAhead(row);
  }

  private async whyAhead(row: Instance): Promise<string | null> {
    const marker = this.marker.readMarker();
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
      await this.brakes.pullBrake('system', { scope: 'instance', target: 'all', reason });
    });
    this.marker.rememberAttempt(null);
  }
}
