import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = `'not-told', 'number-swapped', 'put-off', 'new-number', 'staff-number', 'shared-number', 'other-country', 'late'`;

/** A change may send texts in another language than the contact was registered with. */
export class FlagsOfLanguages1790000000270 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag DROP CONSTRAINT flag_kind_check,
        ADD CONSTRAINT flag_kind_check CHECK (kind IN (${kinds}, 'language'))`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE flag DROP CONSTRAINT flag_kind_check,
        ADD CONSTRAINT flag_kind_check CHECK (kind IN (${kinds})) NOT VALID`);
  }
}
