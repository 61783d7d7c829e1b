import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Figures by officer read by period which values were changed after a contract was registered. */
export class ChangedValues1790000000284 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX change_of_amount ON change (at, contract_id) WHERE subject = 'contract' AND before ? 'amount'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX change_of_amount`);
  }
}
