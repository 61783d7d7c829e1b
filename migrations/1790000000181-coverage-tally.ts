import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * Coverage as it is kept: a row for each milestone that calls for an alert, how many there are of a day and of a month, and
 * what else than rows they were counted by.
 */
export class CoverageTally1790000000181 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE coverage_milestone (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL,
        department_id uuid NOT NULL,
        kind text NOT NULL,
        officer_id uuid,
        at timestamptz NOT NULL,
        day date NOT NULL,
        outcome text NOT NULL,
        reason text,
        neutral boolean NOT NULL,
        parties integer,
        untold integer,
        -- Whether a brake decides over its reason.
        waits boolean NOT NULL,
        -- When it has to be counted again though no row is changed: what is to come is called for by then.
        changes_at timestamptz
      )`);
    await queryRunner.query(`
      CREATE INDEX coverage_milestone_day
        ON coverage_milestone (department_id, day, outcome, coalesce(reason, ''), at, id)`);
    await queryRunner.query(`
      CREATE INDEX coverage_milestone_changes ON coverage_milestone (changes_at) WHERE changes_at IS NOT NULL`);
    await queryRunner.query(`CREATE INDEX coverage_milestone_waits ON coverage_milestone (id) WHERE waits`);
    await queryRunner.query(`
      CREATE TABLE coverage_count (
        -- A day's, or those of a whole month, which its first day stands for.
        whole_month boolean NOT NULL,
        day date NOT NULL,
        department_id uuid NOT NULL,
        kind text NOT NULL,
        officer_id uuid,
        outcome text NOT NULL,
        reason text,
        count integer NOT NULL,
        neutral integer NOT NULL,
        UNIQUE NULLS NOT DISTINCT (whole_month, day, department_id, kind, officer_id, outcome, reason)
      )`);
    await queryRunner.query(`CREATE INDEX coverage_count_gone ON coverage_count (day) WHERE count = 0`);
    await queryRunner.query(`
      CREATE TABLE coverage_basis (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        -- The service's time up to which everything is counted.
        counted_to timestamptz NOT NULL,
        time_zone text NOT NULL,
        paused jsonb NOT NULL
      )`);
    await grant(queryRunner, 'read-write', 'coverage_milestone', 'coverage_count', 'coverage_basis');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE coverage_basis, coverage_count, coverage_milestone`);
  }
}
