import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import { newId, timeOfId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { translate } from '../../platform/words/words.js';
import { BrakesService, type Suspicion } from './brakes.service.js';
import { ForeignTexts } from './foreign-texts.js';
import { Instance } from './sending.entities.js';
import { SendingWatch } from './sending-watch.js';
import { sendingProblems, type StopCode } from './sending.words.js';

const markerSchema = z.object({
  id: z.uuid(),
  epoch: z.number(),
  lastAttempt: z.uuid().nullable().default(null),
  timeline: z.string().nullable().default(null),
});
type Marker = z.infer<typeof markerSchema>;

/** The file names itself in what is written to it. The version before did not do that. */
const markerFileSchema = markerSchema.extend({ file: z.string().nullable().default(null) });

/** InstanceMarker is what the service remembers of its database outside of it: a restore does not take it back. */
@Injectable()
export class InstanceMarker {
  private readonly path: string;
  /** Each process has its own: others may work on the same data folder, in containers even with the same process id. */
  private readonly draft: string;
  private current: Marker | null | undefined;
  private isOfCopiedFile = false;
  private written: Marker | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(@Inject(CONFIG) private readonly config: { dataDir: string }) {
    this.path = join(config.dataDir, 'instance.json');
    this.draft = `${this.path}.${newId()}.new`;
  }

  readMarker(): Marker | null {
    if (this.current === undefined) this.current = this.load();
    return this.current;
  }

  /** Tells whether this process found a copy of the file that was written: the data folder was copied, or restored. */
  isCopied(): boolean {
    this.readMarker();
    return this.isOfCopiedFile;
  }

  /** Remembers a database as it was last seen. */
  rememberDatabase(seen: Pick<Marker, 'id' | 'epoch' | 'timeline'>): Promise<void> {
    return this.store({ lastAttempt: null, ...this.readMarker(), ...seen });
  }

  /** Remembers an attempt before its call is made, so that a restore from just before it is noticed; null forgets it. */
  async rememberAttempt(attemptId: string | null): Promise<void> {
    const marker = this.readMarker();
    if (marker) await this.store({ ...marker, lastAttempt: attemptId });
  }

  private load(): Marker | null {
    try {
      const opened = openSync(this.path, 'r');
      try {
        const parsed = markerFileSchema.safeParse(JSON.parse(readFileSync(opened, 'utf8')));
        if (!parsed.success) return null;
        const { file, ...marker } = parsed.data;
        this.isOfCopiedFile = file !== null && file !== identityOf(fstatSync(opened, { bigint: true }));
        return marker;
      } finally {
        closeSync(opened);
      }
    } catch {
      return null;
    }
  }

  /** Resolves when this marker, or a later one, is on the disk. */
  private store(marker: Marker): Promise<void> {
    this.current = marker;
    const write = () => this.writeCurrent();
    this.writing = this.writing.then(write, write);
    return this.writing;
  }

  /** Writes the file whole or not at all: a torn one would look like a strange database. */
  private async writeCurrent(): Promise<void> {
    const marker = this.current;
    if (!marker || marker === this.written) return;
    await mkdir(this.config.dataDir, { recursive: true, mode: 0o700 });
    const draft = await open(this.draft, 'w', 0o600);
    try {
      const file = identityOf(await draft.stat({ bigint: true }));
      await draft.writeFile(JSON.stringify({ ...marker, file }));
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(this.draft, this.path);
    this.written = marker;
  }
}

/** Returns what a file keeps when it is renamed, and no copy of it has: its inode, and its birth where that is kept. */
function identityOf({ ino, birthtimeNs }: BigIntStats): string {
  return `${ino}:${birthtimeNs}`;
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

/** The clocks of the provider, the database and another life's processes may differ by so much. */
const skewMs = 5 * 60_000;

/** A fail-over loses seconds, and each process beats every ten: what lost more beats than these is a restore. */
const mostBeatsLost = 30;

/** The instance as a process sees it before it opens attempts. */
interface Seen extends Pick<Instance, 'id' | 'epoch' | 'fingerprint' | 'timeline' | 'suspectUntil'> {
  timelineNow: string;
  /** Whether the database has the last attempt that is remembered, if one is. */
  knowsLast: boolean;
}

/**
 * InstanceService knows its own database again. A restored or copied one must not send the past a second time: it starts
 * paused, asks the provider about all that fell due, and a person resumes it. After a fail-over the provider is asked in
 * the same way, and nothing is paused.
 */
@Injectable()
export class InstanceService {
  private readonly logger = new Logger(InstanceService.name);
  /** The last sign of life before this start, until the providers have shown what was sent since. */
  private startedFrom: Date | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: { instance: string | null },
    private readonly database: Database,
    private readonly brakes: BrakesService,
    private readonly marker: InstanceMarker,
    private readonly watch: SendingWatch,
    private readonly foreign: ForeignTexts,
  ) {}

  /**
   * Compares the database with what is remembered of it. It runs at the start of a process that sends, before anything is sent.
   * A new database takes the id that the environment gives: workers that start at once would each take the other's for a copy.
   */
  async recogniseDatabase(): Promise<void> {
    const [print] = await this.database.rows<{ fingerprint: string }>(fingerprintSql);
    const fingerprint = print?.fingerprint ?? '';
    const isNew = await this.database.run(
      `INSERT INTO instance (id, fingerprint, epoch) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING`,
      [this.config.instance ?? newId(), fingerprint],
    );
    if (!isNew) {
      const row = await this.requireInstance();
      const reason = this.whyStrange(row, fingerprint);
      if (reason) await this.suspectRestore(reason, fingerprint);
      else this.startedFrom = row.activeAt;
    }
    await this.beat();
  }

  /** Shows a sign of life, and whether the jobs of this process fail. What the marker remembers must never be ahead of the database. */
  async beat(): Promise<void> {
    await this.database.inTransaction(() => this.isSameLife());
    await this.compareTexts();
    const [beaten] = await this.database.rows<Pick<Instance, 'id' | 'epoch' | 'timeline'>>(
      `UPDATE instance SET epoch = epoch + 1, active_at = clock_timestamp(), timeline = coalesce(timeline, ${timelineSql}),
              failing_at = CASE WHEN $1 THEN clock_timestamp() ELSE failing_at END
       RETURNING id, epoch::float8 AS epoch, timeline`,
      [this.watch.failingJob() !== null],
    );
    if (beaten) await this.marker.rememberDatabase(beaten);
  }

  /**
   * Compares the texts that the providers took since the last sign of life with the attempts that the database knows: a
   * snapshot of a disk that was put back looks like itself in all else. It is done once after a start, since a provider's
   * list is long; when one does not answer, the next beat asks again.
   */
  private async compareTexts(): Promise<void> {
    if (!this.startedFrom) return;
    const { suspectUntil, fingerprint } = await this.requireInstance();
    const since = Math.max(this.startedFrom.getTime() - skewMs, knownUntil(suspectUntil));
    const isForeign = await this.foreign.areThere(new Date(since)).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'what was sent before the start could not be compared');
    });
    if (isForeign) await this.suspectRestore('texts-unknown', fingerprint);
    if (isForeign !== undefined) this.startedFrom = null;
  }

  /**
   * Compares the database with what is remembered of it, by one statement. Each transaction that opens attempts calls it
   * first, because the first window after a fail-over or a restore would overwrite the evidence. When it returns false, it
   * has written in that transaction what is suspect from now on, or another process has since the suspicion was read that is
   * gone by: nothing may be opened there, and the situation has to be read again.
   */
  async isSameLife(suspicion?: Suspicion | null): Promise<boolean> {
    // Read before the database: a beat meanwhile would put it ahead of the row.
    const marker = this.marker.readMarker();
    const [seen] = await this.database.rows<Seen>(
      `SELECT id, epoch::float8 AS epoch, fingerprint, timeline, suspect_until, ${timelineSql} AS timeline_now,
              $1::uuid IS NULL OR EXISTS (SELECT 1 FROM attempt WHERE attempt.id = $1) AS knows_last
       FROM instance`,
      [marker?.lastAttempt ?? null],
      'kept',
    );
    const other = seen ? otherLifeOf(seen, marker) : null;
    if (seen && other) await this.suspectOtherLife(other, seen.fingerprint);
    const isKnown = suspicion === undefined || +(suspicion?.until ?? 0) === +(seen?.suspectUntil ?? 0);
    return other === null && isKnown;
  }

  /**
   * Notices that a provider reports on attempts that this database has not made: another life of it sends, or has sent
   * after the restore that is known. Runs in a transaction.
   */
  async noticeForeignAttempts(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    // What a fail-over has lost is asked about, and pauses nothing.
    await this.isSameLife();
    const { id, suspectUntil, fingerprint } = await this.requireInstance();
    const since = Math.max(timeOfId(id), knownUntil(suspectUntil));
    if (!ids.some((attempt) => timeOfId(attempt) > since)) return;
    await this.suspectRestore('receipt-unknown', fingerprint);
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

  private whyStrange(row: Instance, fingerprint: string): StopCode | null {
    if (row.fingerprint !== fingerprint) return 'database-elsewhere';
    const marker = this.marker.readMarker();
    if (!marker) return this.config.instance === row.id ? null : 'database-unknown';
    if (marker.id !== row.id) return 'database-replaced';
    return this.marker.isCopied() ? 'folder-copied' : null;
  }

  private suspectRestore(reason: StopCode, fingerprint: string): Promise<void> {
    return this.database.inTransaction(() => this.suspectOtherLife(reason, fingerprint));
  }

  /** Makes the hours suspect in which the other life may have sent, and after a restore pauses sending. Runs in a transaction. */
  private async suspectOtherLife(reason: StopCode, fingerprint: string): Promise<void> {
    const isRestore = reason !== 'database-failed-over';
    const why = translate('en', `stops.${reason}`);
    this.logger.error(isRestore ? `sending is paused: ${why}` : why);
    const marker = this.marker.readMarker();
    // An hour before the last sign of life, for clocks that differ and for what was under way.
    const [now] = await this.database.rows<Pick<Instance, 'id' | 'epoch' | 'timeline'>>(
      `UPDATE instance SET fingerprint = $1, suspect_until = clock_timestamp(), timeline = ${timelineSql},
              suspect_from = least(suspect_from, active_at - interval '1 hour'),
              epoch = greatest(epoch, CASE WHEN id = $2 THEN $3::bigint END)
       RETURNING id, epoch::float8 AS epoch, timeline`,
      [fingerprint, marker?.id ?? null, marker?.epoch ?? 0],
    );
    if (isRestore) await this.brakes.pullBrake('system', { scope: 'instance', target: 'all', reason });
    this.database.afterCommit(async () => {
      await this.marker.rememberAttempt(null);
      if (now) await this.marker.rememberDatabase(now);
    });
  }
}

/** Returns until when another life's texts are known to be unknown: a restore was noticed since. */
function knownUntil(suspectUntil: Date | null): number {
  return suspectUntil ? suspectUntil.getTime() + skewMs : 0;
}

/** Returns the sign that the database had another life, by what it has lost. After a fail-over nobody has to look. */
function otherLifeOf(seen: Seen, marker: Marker | null): StopCode | null {
  const own = marker?.id === seen.id ? marker : null;
  const beatsLost = (own?.epoch ?? 0) - seen.epoch;
  const isOnOtherTimeline = [seen.timeline, own?.timeline ?? null].some(
    (timeline) => timeline !== null && timeline !== seen.timelineNow,
  );
  if (isOnOtherTimeline && beatsLost <= mostBeatsLost) return 'database-failed-over';
  if (beatsLost > 0) return 'database-older';
  return seen.knowsLast || !own ? null : 'last-text-unknown';
}
