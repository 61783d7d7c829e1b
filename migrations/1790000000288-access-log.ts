import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant, withAppRole } from './grants.js';

/**
 * Who saw whose personal data, when, from where and for what (decision 42), and who looked through a month of that. The service's
 * role only adds: what is older than a year it forgets by a function of the owner, which forgets nothing younger.
 */
export class AccessLog1790000000288 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE access_entry (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor text NOT NULL,
        address text,
        act text NOT NULL,
        subject text CHECK (subject IN ('contact', 'account', 'import')),
        subject_ids uuid[] NOT NULL DEFAULT '{}',
        reason text
      )`);
    await queryRunner.query(`CREATE INDEX access_entry_at ON access_entry (at, id)`);
    await queryRunner.query(`
      CREATE TABLE access_review (
        id uuid PRIMARY KEY,
        month text NOT NULL CHECK (month ~ '^\\d{4}-\\d{2}$'),
        actor text NOT NULL,
        is_in_it boolean NOT NULL,
        note text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT access_review_once UNIQUE (month, actor)
      )`);
    await grant(queryRunner, 'append-only', 'access_entry', 'access_review');
    await queryRunner.query(`
      CREATE FUNCTION forget_accesses(before timestamptz) RETURNS integer LANGUAGE sql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
        WITH gone AS (
          DELETE FROM access_entry WHERE id IN (
            SELECT id FROM access_entry WHERE at < least(before, clock_timestamp() - interval '1 year')
            ORDER BY at LIMIT 1000)
          RETURNING 1)
        SELECT count(*)::integer FROM gone
      $$`);
    await queryRunner.query(`REVOKE ALL ON FUNCTION forget_accesses FROM PUBLIC`);
    await withAppRole(queryRunner, 'GRANT EXECUTE ON FUNCTION forget_accesses TO');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION forget_accesses`);
    await queryRunner.query(`DROP TABLE access_review, access_entry`);
  }
}
