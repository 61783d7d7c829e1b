import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** Messages, attempts and receipts; brakes; the identity of this instance. */
export class Sending1790000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE message (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        sender text NOT NULL,
        number_sealed bytea NOT NULL,
        number_index bytea NOT NULL,
        country text,
        shard smallint NOT NULL,
        locale text NOT NULL,
        template_version_id uuid NOT NULL REFERENCES template_version (id),
        text text NOT NULL,
        text_hash bytea NOT NULL,
        salt bytea NOT NULL,
        encoding text NOT NULL,
        parts smallint NOT NULL,
        status text NOT NULL CHECK (status IN
          ('sending', 'waiting', 'accepted', 'sent', 'delivered', 'failed', 'held', 'unconfirmed')),
        reason text,
        attempts integer NOT NULL DEFAULT 0,
        resent_unproved integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        poll_at timestamptz,
        polls integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        service_time timestamptz NOT NULL,
        frozen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        final_at timestamptz,
        CHECK ((status = 'waiting') = (next_attempt_at IS NOT NULL))
      )`);
    // Texts to one number never read alike, so that reconciliation cannot take one for its twin.
    await queryRunner.query(`CREATE UNIQUE INDEX message_reads_alike ON message (number_index, text_hash)`);
    await queryRunner.query(
      `CREATE INDEX message_waiting ON message (shard, next_attempt_at) WHERE status = 'waiting'`,
    );
    await queryRunner.query(
      `CREATE INDEX message_poll ON message (poll_at) WHERE status IN ('accepted', 'sent') AND poll_at IS NOT NULL`,
    );
    await queryRunner.query(`CREATE INDEX message_status ON message (status, id)`);
    await queryRunner.query(`CREATE INDEX message_text ON message USING gin (text gin_trgm_ops)`);
    await queryRunner.query(`
      ALTER TABLE alert ADD CONSTRAINT alert_message_id_fkey FOREIGN KEY (message_id) REFERENCES message (id)`);
    await queryRunner.query(`
      CREATE TABLE attempt (
        id uuid PRIMARY KEY,
        message_id uuid NOT NULL REFERENCES message (id),
        number_index bytea NOT NULL,
        provider text NOT NULL,
        status text NOT NULL CHECK (status IN ('open', 'accepted', 'refused', 'ambiguous', 'absent')),
        opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        lease_until timestamptz NOT NULL,
        reference text,
        code text,
        detail text,
        -- May have been sent by the database's other life: nothing was called for it here.
        suspect boolean NOT NULL DEFAULT false,
        checks integer NOT NULL DEFAULT 0,
        check_at timestamptz,
        settled_at timestamptz,
        UNIQUE (provider, reference)
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX attempt_one_open_for_a_message ON attempt (message_id)
      WHERE status IN ('open', 'ambiguous')`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX attempt_one_open_for_a_number ON attempt (number_index)
      WHERE status IN ('open', 'ambiguous')`);
    await queryRunner.query(`CREATE INDEX attempt_open ON attempt (lease_until) WHERE status = 'open'`);
    await queryRunner.query(
      `CREATE INDEX attempt_ambiguous ON attempt (check_at) WHERE status = 'ambiguous'`,
    );
    await queryRunner.query(`CREATE INDEX attempt_message ON attempt (message_id, id)`);
    await queryRunner.query(`
      CREATE TABLE receipt (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        reference text NOT NULL,
        attempt_id uuid,
        status text NOT NULL CHECK (status IN ('accepted', 'sent', 'delivered', 'failed')),
        code text NOT NULL DEFAULT '',
        origin text NOT NULL CHECK (origin IN ('webhook', 'poll', 'list')),
        received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (provider, reference, status, code)
      )`);
    await queryRunner.query(
      `CREATE INDEX receipt_attempt ON receipt (attempt_id) WHERE attempt_id IS NOT NULL`,
    );
    await queryRunner.query(`
      CREATE TABLE brake (
        id uuid PRIMARY KEY,
        scope text NOT NULL CHECK (scope IN ('agency', 'department', 'template', 'sender', 'route', 'instance')),
        target text NOT NULL,
        reason text NOT NULL,
        actor text NOT NULL,
        pulled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        released_at timestamptz,
        released_by text,
        release_reason text
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX brake_once ON brake (scope, target) WHERE released_at IS NULL`);
    await queryRunner.query(`
      CREATE TABLE pace (
        sender text PRIMARY KEY,
        -- The time from which the next text may go out: a token bucket kept as one instant.
        next_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE TABLE instance (
        id uuid PRIMARY KEY,
        singleton boolean NOT NULL DEFAULT true UNIQUE CHECK (singleton),
        fingerprint text NOT NULL,
        epoch bigint NOT NULL,
        active_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- After a restore: what fell due in between may have been sent by the database's other life.
        suspect_from timestamptz,
        suspect_until timestamptz
      )`);
    await grant(queryRunner, 'read-write', 'message', 'attempt', 'brake', 'pace', 'instance');
    await grant(queryRunner, 'append-only', 'receipt');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE alert DROP CONSTRAINT alert_message_id_fkey`);
    await queryRunner.query(`DROP TABLE instance, pace, brake, receipt, attempt, message`);
  }
}
