import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contracts by a part of their reference or title, and by the day they end. */
export class ContractSearch1790000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX contract_words ON contract USING gin ((reference || ' ' || title) gin_trgm_ops)`,
    );
    await queryRunner.query(
      `CREATE INDEX contract_ends ON contract (coalesce(ends_on, 'infinity'::date), id)`,
    );
    await queryRunner.query(`CREATE INDEX counterparty_name ON counterparty (name_index)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX counterparty_name, contract_ends, contract_words`);
  }
}
