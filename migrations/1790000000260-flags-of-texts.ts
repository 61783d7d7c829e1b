import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = `'not-told', 'number-swapped', 'put-off'`;
const ofTexts = `'new-number', 'staff-number', 'shared-number', 'other-country', 'late'`;

/**
 * Flags are raised of texts too, when they are frozen. A drain holds its alerts then, and must not wait for the rows that a
 * change of a contract, or a merger of departments, has locked before it waits for those alerts: the foreign keys go. What they
 * guarded cannot come about, since contracts, departments and officers are never deleted.
 */
export class FlagsOfTexts1790000000260 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag DROP CONSTRAINT flag_contract_id_fkey, DROP CONSTRAINT flag_department_id_fkey,
        DROP CONSTRAINT flag_officer_id_fkey, DROP CONSTRAINT flag_kind_check,
        ADD CONSTRAINT flag_kind_check CHECK (kind IN (${kinds}, ${ofTexts}))`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag DROP CONSTRAINT flag_kind_check,
        ADD CONSTRAINT flag_kind_check CHECK (kind IN (${kinds})) NOT VALID,
        ADD CONSTRAINT flag_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contract (id),
        ADD CONSTRAINT flag_department_id_fkey FOREIGN KEY (department_id) REFERENCES department (id),
        ADD CONSTRAINT flag_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer (id)`);
  }
}
