import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

const statuses = `'planned', 'messaged', 'held', 'missed', 'covered', 'history', 'cancelled'`;

/** These are the tables that every text writes to. */
const hotTables = ['alert', 'message', 'attempt'];

/**
 * A drain locks what is due and freezes it in one transaction, so that no alert is ever `claimed`: a worker of the version
 * before is refused that, and sends nothing. Its columns stay until the next release, since its other processes read them.
 * Indexes that answer no question of their own are gone, because each is written again whenever a status changes.
 */
export class SendingPath1790000000090 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE alert SET status = 'planned', claimed_by = NULL, lease_until = NULL WHERE status = 'claimed'`);
    await queryRunner.query(`
      DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT conname FROM pg_constraint
          WHERE conrelid = 'alert'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%claimed%'
        LOOP EXECUTE format('ALTER TABLE alert DROP CONSTRAINT %I', name); END LOOP;
      END $$`);
    await queryRunner.query(`
      ALTER TABLE alert
        ADD CONSTRAINT alert_status CHECK (status IN (${statuses})),
        ADD CONSTRAINT alert_has_number CHECK (status NOT IN ('planned', 'messaged') OR number_index IS NOT NULL),
        ADD CONSTRAINT alert_has_reason CHECK (status IN ('planned', 'messaged') OR reason IS NOT NULL)`);
    await queryRunner.query(`DROP INDEX alert_claimed, alert_next_due, alert_number_day`);
    await queryRunner.query(
      `CREATE INDEX alert_number_day ON alert (number_index, due_day) WHERE status = 'planned'`,
    );
    // Most attempts have no reference yet when they are stored, and the open ones are few.
    await queryRunner.query(`
      CREATE UNIQUE INDEX attempt_reference ON attempt (provider, reference) WHERE reference IS NOT NULL`);
    await queryRunner.query(`ALTER TABLE attempt DROP CONSTRAINT attempt_provider_reference_key`);
    await queryRunner.query(`DROP INDEX attempt_open, attempt_ambiguous`);
    // The attempt comes first: it keeps other messages from the number while the text is made.
    await queryRunner.query(
      `ALTER TABLE attempt ALTER CONSTRAINT attempt_message_id_fkey DEFERRABLE INITIALLY DEFERRED`,
    );
    // The index of words was written again with each status of a message; here a text is stored once, and never changed.
    await queryRunner.query(`
      CREATE TABLE message_words (
        message_id uuid PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
        text text NOT NULL
      )`);
    await queryRunner.query(`INSERT INTO message_words SELECT id, text FROM message`);
    await queryRunner.query(`
      CREATE INDEX message_words_text ON message_words USING gin (text gin_trgm_ops) WITH (gin_pending_list_limit = 1024)`);
    await queryRunner.query(`DROP INDEX message_text`);
    await queryRunner.query(`
      CREATE FUNCTION keep_message_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO message_words (message_id, text) SELECT id, text FROM frozen;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER message_words AFTER INSERT ON message REFERENCING NEW TABLE AS frozen
      FOR EACH STATEMENT EXECUTE FUNCTION keep_message_words()`);
    // What one transaction does has one time, and the attempt stands behind its message.
    await queryRunner.query(`ALTER TABLE message ALTER frozen_at SET DEFAULT now()`);
    await grant(queryRunner, 'append-only', 'message_words');
    for (const table of hotTables) {
      await queryRunner.query(`
        ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
          autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500, autovacuum_vacuum_cost_delay = 0)`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of hotTables) {
      await queryRunner.query(`
        ALTER TABLE ${table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
          autovacuum_analyze_scale_factor, autovacuum_analyze_threshold, autovacuum_vacuum_cost_delay)`);
    }
    await queryRunner.query(`ALTER TABLE message ALTER frozen_at SET DEFAULT clock_timestamp()`);
    await queryRunner.query(`DROP TRIGGER message_words ON message`);
    await queryRunner.query(`DROP FUNCTION keep_message_words`);
    await queryRunner.query(`DROP TABLE message_words`);
    await queryRunner.query(`CREATE INDEX message_text ON message USING gin (text gin_trgm_ops)`);
    await queryRunner.query(`ALTER TABLE attempt ALTER CONSTRAINT attempt_message_id_fkey NOT DEFERRABLE`);
    await queryRunner.query(`CREATE INDEX attempt_open ON attempt (lease_until) WHERE status = 'open'`);
    await queryRunner.query(
      `CREATE INDEX attempt_ambiguous ON attempt (check_at) WHERE status = 'ambiguous'`,
    );
    await queryRunner.query(`ALTER TABLE attempt ADD UNIQUE (provider, reference)`);
    await queryRunner.query(`DROP INDEX attempt_reference, alert_number_day`);
    await queryRunner.query(`CREATE INDEX alert_claimed ON alert (lease_until) WHERE status = 'claimed'`);
    await queryRunner.query(`CREATE INDEX alert_next_due ON alert (due_at) WHERE status = 'planned'`);
    await queryRunner.query(`
      CREATE INDEX alert_number_day ON alert (number_index, due_day) WHERE status IN ('planned', 'claimed')`);
    await queryRunner.query(`
      ALTER TABLE alert DROP CONSTRAINT alert_status, DROP CONSTRAINT alert_has_number, DROP CONSTRAINT alert_has_reason,
        ADD CHECK (status IN ('claimed', ${statuses})),
        ADD CHECK (status NOT IN ('planned', 'claimed', 'messaged') OR number_index IS NOT NULL),
        ADD CHECK ((status = 'claimed') = (lease_until IS NOT NULL)),
        ADD CHECK (status IN ('planned', 'claimed', 'messaged') OR reason IS NOT NULL)`);
  }
}
