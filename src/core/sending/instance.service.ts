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
  timeline: z.string().nullable().default(null),
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
  rememberDatabase(seen: Pick<Marker, 'id' | 'epoch' | 'timeline'>): void {
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
    possiblyDoubled: z
      .int()
      .meta({ description: 'Texts that the provider showed only after they were sent again.' }),
    resentUnproved: z
      .int()
      .meta({ description: 'Resends after a failure that does not prove non-delivery.' }),
  })
  .meta({ id: 'Instance' });

/** This names the cluster, the database in it and its tables: two receivers of one stream of backups differ in these. */
const fingerprintSql = `SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'attempt'::regclass::oid) AS fingerprint`;

/**
 * This names the timeline, which PostgreSQL counts up when a replica is promoted and when a backup is restored to a point
 * in time: the first eight digits of a WAL file's name. `pg_control_checkpoint` names the old one until the first
 * checkpoint after a promotion.
 */
const timelineSql = `left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

/** A fail-over loses seconds, and each process beats every ten: what lost more beats than these is a restore. */
const mostBeatsLost = 30;

/** The instance as a process sees it before it opens attempts. */
interface Seen extends Pick<Instance, 'id' | 'epoch' | 'fingerprint' | 'timeline'> {
  timelineNow: string;
  /** Whether the database has the last attempt that is remembered, if one is. */
  knowsLast: boolean;
}

/** An OtherLife is a sign that the database had one. After a restore a person is to look; a fail-over settles itself. */
interface OtherLife {
  kind: 'fail-over' | 'restore';
  reason: string;
}

/**
 * InstanceService knows its own database again. A restored or copied one must not send the past a second time: it starts
 * paused, asks the provider about all that fell due, and a person resumes it. After a fail-over the provider is asked in
 * the same way, and nothing is paused.
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
      const reason = this.whyStrange(await this.requireInstance(), fingerprint);
      if (reason) {
        const other: OtherLife = { kind: 'restore', reason };
        await this.database.inTransaction(() => this.suspectOtherLife(other, fingerprint));
      }
    }
    await this.beat();
  }

  /** Shows a sign of life, and whether the jobs of this process fail. What the marker remembers must never be ahead of the database. */
  async beat(): Promise<void> {
    await this.database.inTransaction(() => this.isSameLife());
    const [beaten] = await this.database.rows<Pick<Instance, 'id' | 'epoch' | 'timeline'>>(
      `UPDATE instance SET epoch = epoch + 1, active_at = clock_timestamp(), timeline = coalesce(timeline, ${timelineSql}),
              failing_at = CASE WHEN $1 THEN clock_timestamp() ELSE failing_at END
       RETURNING id, epoch::float8 AS epoch, timeline`,
      [this.watch.failingJob() !== null],
    );
    if (beaten) this.marker.rememberDatabase(beaten);
  }

  /**
   * Compares the database with what is remembered of it, by one statement. Each transaction that opens attempts calls it
   * first, because the first window after a fail-over or a restore would overwrite the evidence. When it returns false, it
   * has written in that transaction what is suspect from now on: nothing may be opened there, and what was read before
   * (the situation) has to be read again.
   */
  async isSameLife(): Promise<boolean> {
    // Read before the database: a beat meanwhile would put it ahead of the row.
    const marker = this.marker.readMarker();
    const [seen] = await this.database.rows<Seen>(
      `SELECT id, epoch::float8 AS epoch, fingerprint, timeline, ${timelineSql} AS timeline_now,
              $1::uuid IS NULL OR EXISTS (SELECT 1 FROM attempt WHERE attempt.id = $1) AS knows_last
       FROM instance`,
      [marker?.lastAttempt ?? null],
    );
    const other = seen ? otherLifeOf(seen, marker) : null;
    if (seen && other) await this.suspectOtherLife(other, seen.fingerprint);
    return other === null;
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

  private whyStrange(row: Instance, fingerprint: string): string | null {
    if (row.fingerprint !== fingerprint)
      return 'The database was restored or copied: it stands in another server.';
    const marker = this.marker.readMarker();
    if (!marker) {
      return this.config.instance === row.id
        ? null
        : 'This service has not run this database before: it may be a copy. If it is not, set CHORONG_INSTANCE or keep CHORONG_DATA_DIR.';
    }
    return marker.id === row.id ? null : 'The database is of another instance: it was replaced.';
  }

  /** Makes the hours suspect in which the other life may have sent, and after a restore pauses sending. Runs in a transaction. */
  private async suspectOtherLife({ kind, reason }: OtherLife, fingerprint: string): Promise<void> {
    this.logger.error(kind === 'restore' ? `sending is paused: ${reason}` : reason);
    const marker = this.marker.readMarker();
    // An hour before the last sign of life, for clocks that differ and for what was under way.
    const [now] = await this.database.rows<Pick<Instance, 'id' | 'epoch' | 'timeline'>>(
      `UPDATE instance SET fingerprint = $1, suspect_until = clock_timestamp(), timeline = ${timelineSql},
              suspect_from = least(suspect_from, active_at - interval '1 hour'),
              epoch = greatest(epoch, CASE WHEN id = $2 THEN $3::bigint END)
       RETURNING id, epoch::float8 AS epoch, timeline`,
      [fingerprint, marker?.id ?? null, marker?.epoch ?? 0],
    );
    if (kind === 'restore')
      await this.brakes.pullBrake('system', { scope: 'instance', target: 'all', reason });
    this.database.afterCommit(() => {
      this.marker.rememberAttempt(null);
      if (now) this.marker.rememberDatabase(now);
    });
  }
}

/** Tells whether the database had another life, by what it has lost, and what kind. */
function otherLifeOf(seen: Seen, marker: Marker | null): OtherLife | null {
  const own = marker?.id === seen.id ? marker : null;
  const beatsLost = (own?.epoch ?? 0) - seen.epoch;
  const isOnOtherTimeline = [seen.timeline, own?.timeline ?? null].some(
    (timeline) => timeline !== null && timeline !== seen.timelineNow,
  );
  if (isOnOtherTimeline && beatsLost <= mostBeatsLost) {
    const reason =
      'The database has failed over: the provider is asked first about all that fell due until now.';
    return { kind: 'fail-over', reason };
  }
  if (beatsLost > 0) {
    const reason = 'The database is older than what this service has done: it was restored.';
    return { kind: 'restore', reason };
  }
  if (seen.knowsLast || !own) return null;
  const reason = 'The database does not know the last text this service sent: it was restored.';
  return { kind: 'restore', reason };
}
