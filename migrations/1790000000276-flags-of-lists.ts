import type { MigrationInterface, QueryRunner } from 'typeorm';

const before = `'not-told', 'number-swapped', 'language', 'put-off', 'new-number', 'staff-number', 'shared-number', 'other-country', 'late',
  'dates-moved-back', 'changed-before-alert', 'moved-department', 'registered-late', 'number-not-theirs'`;
const ofLists = `'not-registered', 'not-recorded', 'other-kind', 'other-value', 'other-dates', 'other-company', 'partner-left-out', 'value-split'`;

/**
 * What a reference list states otherwise becomes kinds of flag. A flag of what was never registered stands under the id of the
 * list's record where others have that of their contract, and may know no department.
 */
export class FlagsOfLists1790000000276 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag ALTER COLUMN department_id DROP NOT NULL,
        DROP CONSTRAINT flag_kind_check, ADD CONSTRAINT flag_kind_check CHECK (kind IN (${before}, ${ofLists}))`);
    await queryRunner.query(`ALTER TABLE flag_case DROP CONSTRAINT flag_case_contract_id_fkey`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag_case ADD CONSTRAINT flag_case_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contract NOT VALID`);
    await queryRunner.query(`
      ALTER TABLE flag DROP CONSTRAINT flag_kind_check, ADD CONSTRAINT flag_kind_check CHECK (kind IN (${before})) NOT VALID`);
  }
}
