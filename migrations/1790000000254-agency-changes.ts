import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was done to the whole agency is listed newest first, among the many changes of contracts. */
export class AgencyChanges1790000000254 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX change_of_agency ON change (id) WHERE contract_id IS NULL AND subject IN
         ('account', 'api-key', 'brake', 'department', 'officer', 'proposal', 'setting', 'template')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX change_of_agency`);
  }
}
