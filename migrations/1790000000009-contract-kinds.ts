import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which kinds of contract a department has: the log of one that has none of a kind is not read through for it. */
export class ContractKinds1790000000009 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX contract_department_kind ON contract (department_id, kind)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX contract_department_kind`);
  }
}
