import type { MigrationInterface, QueryRunner } from 'typeorm';

const before = `'not-told', 'number-swapped', 'language', 'put-off', 'new-number', 'staff-number', 'shared-number', 'other-country', 'late'`;
const signs = `'dates-moved-back', 'changed-before-alert', 'moved-department', 'registered-late'`;

/**
 * What the auditors' lists looked for in the history becomes kinds of flag, raised from now on: nothing is flagged afterwards of
 * what was done before. The lists' indexes and candidates go.
 */
export class Signs1790000000272 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag ADD COLUMN changed jsonb, DROP CONSTRAINT flag_kind_check,
        ADD CONSTRAINT flag_kind_check CHECK (kind IN (${before}, ${signs}))`);
    await queryRunner.query(`DROP INDEX change_of_dates, change_of_contacts, change_moved`);
    await queryRunner.query(`DELETE FROM work_candidate WHERE list IN ('registered-late', 'shared-numbers')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag DROP COLUMN changed, DROP CONSTRAINT flag_kind_check,
        ADD CONSTRAINT flag_kind_check CHECK (kind IN (${before})) NOT VALID`);
    await queryRunner.query(`
      CREATE INDEX change_of_dates ON change (at, id)
        WHERE subject = 'contract' AND before ?| ARRAY['signedOn', 'startsOn', 'endsOn']`);
    await queryRunner.query(`
      CREATE INDEX change_of_contacts ON change (at, id) WHERE subject = 'contact' AND before IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX change_moved ON change (at, id) WHERE subject = 'contract' AND before ? 'departmentId'`);
  }
}
