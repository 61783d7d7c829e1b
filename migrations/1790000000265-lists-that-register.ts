import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A list may have a department that takes those of its contracts that name none, where the agency has lists register contracts. */
export class ListsThatRegister1790000000265 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE reference_list ADD COLUMN department_id uuid REFERENCES department (id)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE reference_list DROP COLUMN department_id`);
  }
}
